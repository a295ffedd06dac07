"""The record beside the evidence: what it says will happen is what is asked of the marketplace, word for word."""

import re
from datetime import timedelta

import pytest

from cases.models import Action, Decision, Draft
from tests import factories
from tests.cases import build
from tests.cases.web.test_decision import form, post
from tests.cases.web.test_decision_statements import held_case, reviewer  # noqa: F401  (fixture)

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
SIX = [("ato", 1), ("ato", 2), ("ato", 3), ("phishing", 1), ("payments", 1), ("listings", 1)]


def previewed(client, case, **fields):
    """Return what the panel says: each effect's first words, and the messages."""
    html = client.post(f"/cases/{case.ref}/preview/", form(case, **fields), **HTMX).content.decode()
    effects = re.search(r'<div class="effect".*?</div>', html, re.DOTALL)[0]
    notices = re.findall(r"<summary>Message, in (\w+)</summary><p class=\"hint\">([^<]+)</p>", effects)
    lines = [re.sub(r"<[^>]+>", " ", line) for line in re.findall(r"<li>(.*?)</li>", effects, re.DOTALL)]
    return [line.strip() for line in lines], notices


def own(*kinds, **fields):
    choice = build.choice(1)
    parts = {"policy": choice["policy_id"], "label": choice["label_class"], "reason": choice["reason_id"]}
    return {"preset": "own", "record_of": "own", **parts, "action": list(kinds), **fields}


@pytest.mark.parametrize(("queue", "preset"), SIX)
def test_what_a_preset_says_is_what_is_asked_for(queue, preset, reviewer, sign_in):  # noqa: F811
    case, client = held_case(reviewer, queue), sign_in(reviewer)
    lines, notices = previewed(client, case, preset=str(preset), queue=queue)

    post(client, case, preset=str(preset), queue=queue, **HTMX)

    asked = list(Action.objects.order_by("pk"))
    words = {
        "account.suspend": "Now: locks the account until taken back",
        "account.revoke_sessions": "Now: ends every session of the account",
        "account.reset_password": "Now: makes the owner set a new password",
        "account.warn": "In 10 s: sends the account a warning",
        "payout.hold": "Now: holds the payout",
        "message.retract": "Now: takes the message back",
        "message.warn_recipients": "In 10 s: warns whoever got the message",
        "listing.hide": "Now: hides the listing",
    }
    told = [line for line in lines if "nothing happens" not in line and not line.startswith("No effect")]
    assert [words[action.kind] in line for action, line in zip(asked, told, strict=True)] == [True] * len(asked)
    sent = [action.parameters["notice"] for action in asked if "notice" in action.parameters]
    assert [notice["text"] for notice in sent] == [text for _, text in notices]


def test_a_message_is_in_the_language_of_the_country_where_the_story_began(ada, sign_in):
    build.login("a-1", factories.after(-90), country="PT")
    case, client = build.held_case(ada), sign_in(ada)
    chosen = own("account.suspend", "account.warn")

    _, [(language, text)] = previewed(client, case, **chosen)
    post(client, case, **chosen, **HTMX)

    [warning] = Action.objects.filter(kind="account.warn")
    assert language == "Portuguese"
    assert text.startswith("Bloqueámos a sua conta. É possível que outra pessoa")
    assert (warning.state, warning.parameters) == ("held", {"notice": {"language": "pt", "text": text}})


def test_a_chosen_language_counts_more_than_the_country(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)

    post(client, case, **own("account.warn", language="de"), **HTMX)

    assert Action.objects.get().parameters["notice"]["language"] == "de"


def test_a_lock_for_seven_days_says_so_and_ends_then(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)
    chosen = own("account.suspend", days="7")

    [line], _ = previewed(client, case, **chosen)
    post(client, case, **chosen, **HTMX)

    until = Decision.objects.get().decided_at + timedelta(days=7)
    assert line.startswith("Now: locks the account for 7 days")
    assert Action.objects.get().parameters == {"until": until.isoformat()}


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": ["listing.hide"]},
        {"action": ["account.suspend", "account.restrict"]},
        {"action": ["account.close"]},
        {"label": "legit"},
        {"label": "phishing.spam"},
        {"reason": "0"},
        {"days": "3"},
        {"language": "xx"},
    ],
)
def test_parts_that_do_not_fit_are_refused_and_store_nothing(wrong, ada, sign_in):
    case = build.held_case(ada)

    answer = post(sign_in(ada), case, **(own("account.suspend") | wrong), **HTMX)

    assert answer.status_code == 422
    assert (Decision.objects.count(), Action.objects.count()) == (0, 0)


def test_nothing_is_chosen_on_a_fresh_case(ada, sign_in):
    case = build.held_case(ada)

    html = sign_in(ada).get(f"/cases/{case.ref}/").content.decode()

    panel = html[html.index('id="decision"') : html.index("</form>", html.index('id="decision"'))]
    assert "checked" not in panel
    # The only policy of the queue, how long and in which language start as they always do; no outcome among them.
    assert re.findall(r'<option value="([^"]*)"[^>]* selected', panel) == [str(build.choice(1)["policy_id"]), "0"]


def test_choices_made_by_hand_are_kept_and_come_back_with_their_effect(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)

    previewed(client, case, **own("account.warn", days="7", language="de", note="Half a thought"))
    html = client.get(f"/cases/{case.ref}/").content.decode()

    assert 'value="own" required checked' in html
    assert re.search(r'value="account.warn" checked', html)
    assert '<option value="de" selected>' in html
    assert "In 10 s: sends the account a warning" in html
    assert "Half a thought</textarea>" in html


def test_looking_at_a_preset_writes_no_draft(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)

    previewed(client, case, preset="1")

    assert Draft.objects.count() == 0


@pytest.mark.parametrize(
    ("used", "lists_of", "stays"),
    [
        ("label", "{policy}/", ["label"]),
        ("reason", "{policy}/ato.confirmed", ["reason"]),
        ("reason", "{policy}/", []),
        ("label", "999/", []),
        ("days", "", ["days"]),
        ("note", "{policy}/", []),
        ("", "", []),
    ],
)
def test_the_list_in_use_stays_unless_it_offers_other_things_by_now(used, lists_of, stays, ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)
    chosen = own("account.suspend", "account.warn", lists_of=lists_of.format(policy=build.choice(1)["policy_id"]))

    html = client.post(
        f"/cases/{case.ref}/preview/", form(case, **chosen), HTTP_HX_REQUEST="true", HTTP_HX_TRIGGER=used
    ).content.decode()

    assert re.findall(r'<select id="(\w+)"[^>]* hx-preserve', html) == stays
