"""The rows of the palette: the right thing first, only what the person may see, nothing in an address."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Recent
from cases.services import recents
from tests import factories
from tests.cases import build
from tests.cases.web.statements import counted
from tscore.core import crypto

pytestmark = pytest.mark.django_db
PARTIAL = {"HX-Request": "true"}


def rows(client, text=""):
    """Return address and words of each row."""
    html = client.post("/palette/", {"q": text}, headers=PARTIAL).text
    found = re.findall(r'<a role="option"[^>]*? href="([^"]+)">(.*?)</a>', html, re.DOTALL)
    return [(address, " ".join(re.sub(r"<[^>]+>", " ", words).split())) for address, words in found]


@pytest.fixture
def market(ada, queue_a):
    """One thing of each kind that somebody may paste."""
    email = factories.entity("email", crypto.token("email", "maria@mail.example"))
    ip = factories.entity("ip", crypto.token("ip", "203.0.113.7"))
    card = factories.entity("card", crypto.token("card", "fp_4242"))
    return {
        "case": build.case("a-1"), "email": email, "ip": ip, "card": card,
        "payment": factories.entity("payment", "pay-77"), "listing": factories.entity("listing", "L-900"),
    }  # fmt: skip


SAMPLES = {
    "case id": ("C-{case.pk}", "/cases/{case.ref}/"),
    "case id, typed in a hurry": ("c{case.pk}", "/cases/{case.ref}/"),
    "account": ("a-1", "/e/account/{case.entity.ref}/"),
    "e-mail": ("Maria@Mail.example", "/e/email/{email.ref}/"),
    "ip": ("203.0.113.7", "/e/ip/{ip.ref}/"),
    "card fingerprint": ("fp_4242", "/e/card/{card.ref}/"),
    "order or payment": ("pay-77", "/e/payment/{payment.ref}/"),
    "listing address": ("https://shop.example/item/L-900?ref=mail", "/e/listing/{listing.ref}/"),
    "console address": ("http://testserver/cases/{case.ref}/", "/cases/{case.ref}/"),
    "page": ("decisions", "/me/decisions/"),
    "page by its first letters": ("sea", "/search/"),
    "queue": ("account", "/queues/ato/"),
}


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_right_thing_comes_first(sample, market, ada, sign_in):
    typed, address = (text.format(**market) for text in SAMPLES[sample])

    assert rows(sign_in(ada), typed)[0][0] == address


def test_what_may_not_be_seen_is_not_offered(market, ben, mallory, sign_in):
    ref = market["case"].ref

    assert rows(sign_in(ben), ref) == []
    assert rows(sign_in(mallory), "maria@mail.example") == []
    recents.opened(user=ben, kind="case", number=market["case"].pk)
    assert [words for _, words in rows(sign_in(ben)) if "opened lately" in words] == []


def test_what_was_opened_last_is_offered_first(market, ada, sign_in):
    client = sign_in(ada)
    client.get(f"/cases/{market['case'].ref}/"), client.get(f"/e/email/{market['email'].ref}/")

    assert [address for address, _ in rows(client)[:2]] == [
        f"/e/email/{market['email'].ref}/",
        f"/cases/{market['case'].ref}/",
    ]


def test_a_dozen_references_are_kept_and_no_text(ada):
    for number in [*range(20), 5, 5]:
        recents.opened(user=ada, kind="entity", number=number)

    assert Recent.objects.get().things == [f"entity:{number}" for number in (5, *range(19, 8, -1))]


def test_pages_show_their_keys(ada, sign_in):
    html = sign_in(ada).post("/palette/", {"q": "queues"}, headers=PARTIAL).text

    assert "<kbd>g q</kbd>" in html


def test_more_things_opened_cost_no_more_statements(ada, sign_in):
    def asked():
        with CaptureQueriesContext(connection) as statements:
            rows(client)
        return len(counted(statements))

    client = sign_in(ada)
    recents.opened(user=ada, kind="case", number=build.case("a-1").pk)
    recents.opened(user=ada, kind="entity", number=factories.entity("account", "a-1").pk)
    few = asked()
    for name in ("a-2", "a-3"):
        recents.opened(user=ada, kind="case", number=build.case(name).pk)
        recents.opened(user=ada, kind="entity", number=factories.entity("account", name).pk)

    assert asked() == few <= 5


def test_without_scripts_there_is_the_search_page(ada, sign_in):
    answer = sign_in(ada).post("/palette/", {"q": "maria@mail.example"})

    assert (answer.status_code, answer["Location"]) == (303, "/search/")
