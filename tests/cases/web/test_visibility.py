"""What a person may not see is not found, by page and by form, and stays unchanged."""

import pytest

from cases.models import Case, Decision
from tests.cases import build

pytestmark = pytest.mark.django_db

FORMS = ("claim", "heartbeat", "release", "hold", "holder", "skip", "escalation", "snooze", "notes", "draft", "preview")


def test_pages_send_a_stranger_to_sign_in(client):
    answer = client.get("/queues/")

    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/queues/")


@pytest.mark.parametrize("address", ["/queues/ato/", "/audit/", "/e/account/en_account_a-1/", "/search/"])
def test_mallory_finds_nothing(address, mallory, sign_in):
    build.case()

    assert sign_in(mallory).get(address).status_code == 404


def test_mallory_sees_an_empty_home_that_says_whom_to_ask(mallory, sign_in):
    answer = sign_in(mallory).get("/")

    assert answer.status_code == 200
    assert "No queue is open to you" in answer.content.decode()


def test_ben_finds_neither_queue_nor_case_of_ada(ben, sign_in):
    case, client = build.case(), sign_in(ben)

    assert [client.get(url).status_code for url in ("/queues/ato/", f"/cases/{case.ref}/")] == [404, 404]


@pytest.mark.parametrize("form", FORMS)
def test_ben_cannot_change_a_case_of_ada(form, ada, ben, sign_in):
    case = build.held_case(ada)

    answer = sign_in(ben).post(
        f"/cases/{case.ref}/{form}/", {"form_key": "k", "fence": case.fence, "hours": 1, "to": 1}
    )

    assert answer.status_code == 404
    assert Case.objects.values_list("state", "fence", "version").get() == ("reviewing", case.fence, case.version)


def test_ben_cannot_decide_a_case_of_ada(ada, ben, sign_in):
    case = build.held_case(ada)

    for queue in ("ato", "payments"):
        data = {"form_key": queue, "queue": queue, "fence": case.fence, "version": case.version, "preset": "1"}
        assert sign_in(ben).post(f"/cases/{case.ref}/decision/", data).status_code == 404

    assert list(Decision.objects.all()) == []


@pytest.mark.parametrize(
    "address", ["/cases/C-0/", "/cases/812/", "/cases/C-x/", "/queues/none/", "/e/account/en_none/"]
)
def test_what_does_not_exist_is_not_found(address, ada, sign_in):
    assert sign_in(ada).get(address).status_code == 404


@pytest.mark.parametrize("address", ["/queues/ato/next/", "/cases/C-1/decision/", "/cases/C-1/claim/"])
def test_forms_do_not_answer_to_get(address, ada, sign_in):
    assert sign_in(ada).get(address).status_code == 405


def test_pages_of_signed_in_people_are_not_stored(ada, sign_in):
    answer = sign_in(ada).get("/queues/ato/")

    assert (answer["Cache-Control"], "HX-Request" in answer["Vary"]) == ("no-store", True)
