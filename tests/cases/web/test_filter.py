"""The field above a queue: text, choices and address agree, nothing personal stands in an address."""

import re
from html import unescape
from urllib.parse import unquote

import pytest

from tests.cases import build
from tests.cases.web.test_queue import refs

pytestmark = pytest.mark.django_db


def typed(answer):
    """Return what the field holds."""
    return unescape(re.search(r'name="f" value="([^"]*)"', answer.content.decode())[1])


def send(client, text, **more):
    return client.post("/queues/ato/filter/", {"f": text, **more}, follow=True)


def test_what_is_typed_stands_in_the_address_and_in_the_field(ada, sign_in):
    wanted = build.case("a-1", severity="critical")
    build.case("a-2", severity="low")

    answer = send(sign_in(ada), "  severity:>=high   state:open ")

    assert (typed(answer), refs(answer)) == ("severity:>=high state:open", [wanted.ref])
    assert unquote(answer.redirect_chain[0][0]) == "/queues/ato/?f=severity:>=high state:open"


def test_a_choice_writes_the_same_text(ada, sign_in):
    build.case()
    client = sign_in(ada)
    shown = client.get("/queues/ato/chooser/?f=severity:high").content.decode()
    address = unescape(re.search(r'<a href="([^"]*)">At risk<', shown)[1])

    both = client.get(address)
    offered = unescape(re.search(r'<a class="button" href="([^"]*)"', both.content.decode())[1])
    on = re.search(r'<a href="([^"]*)" aria-current="true">Without: At risk<', client.get(offered).content.decode())

    assert typed(both) == "severity:high is:risk"
    assert typed(client.get(unescape(on[1]))) == "severity:high"


@pytest.mark.parametrize(
    "text", ["maria", "maria@cast.test", "subject:a-personal-1", "assignee:Ada", '"Rua da Prata 5"', "-maria is:late"]
)
def test_nothing_personal_stands_in_an_address(text, ada, sign_in):
    case = build.case("a-personal-1", sentence="maria@cast.test and Rua da Prata 5")

    answer = send(sign_in(ada), text)

    addresses = [answer.redirect_chain[0][0], *re.findall(r'href="([^"]*)"', answer.content.decode())]
    told = unquote(" ".join(addresses)).lower()
    assert not [word for word in ("maria", "prata", "subject:a-", "assignee:ada") if word in told]
    assert refs(answer) == ([] if text.startswith(("assignee", "-")) else [case.ref])


def test_a_word_comes_back_into_the_field(ada, sign_in):
    build.case(sentence="A new device.")

    assert typed(send(sign_in(ada), '"new device" -ring')) == '"new device" -ring'


def test_a_word_somebody_wrote_into_an_address_is_left_out(ada, sign_in):
    case = build.case()

    answer = sign_in(ada).get("/queues/ato/?f=maria severity:high subject:maria@cast.test ~forged")

    assert (typed(answer), refs(answer)) == ("severity:high", [case.ref])
    assert answer.content.decode().count("so that it stands in no address") == 3


def test_a_mistake_is_underlined_and_the_last_list_stays(ada, sign_in):
    build.case("a-1", severity="low")
    wanted = build.case("a-2", severity="critical")

    answer = send(sign_in(ada), "sevrity:high is:late", last="severity:critical")

    text = answer.content.decode()
    assert (answer.status_code, typed(answer), refs(answer)) == (422, "sevrity:high is:late", [wanted.ref])
    assert "<u>sevrity:high</u>" in text
    assert '<button class="link" name="f" value="severity:high is:late">' in text


def test_a_mistake_with_scripts_is_only_the_field(ada, sign_in):
    build.case()

    answer = sign_in(ada).post("/queues/ato/filter/", {"f": "colour:red"}, headers={"HX-Request": "true"})

    assert (answer.status_code, "<u>colour:red</u>" in answer.content.decode()) == (422, True)
    assert "<table" not in answer.content.decode()


def test_an_unknown_subject_is_a_mistake_not_an_empty_list(ada, sign_in):
    case = build.case()

    answer = send(sign_in(ada), "subject:nobody@cast.test")

    assert (answer.status_code, refs(answer)) == (422, [case.ref])


def test_the_filter_of_a_queue_one_may_not_see_is_missing(ben, sign_in, queue_a):
    assert sign_in(ben).post("/queues/ato/filter/", {"f": "is:late"}).status_code == 404
