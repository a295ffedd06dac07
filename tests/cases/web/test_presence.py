"""Who else has a case open, whose it is in words, and being told when it is free."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from cases.models import Case, InboxItem, Presence
from cases.services import decisions, leaving, presence, waiting
from tests import factories
from tests.cases import build
from tests.factories import NOON

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def look(client, case, state):
    return client.post(f"/cases/{case.ref}/presence/", {"state": state}, **HTMX).content.decode()


def chip(html):
    """Return the words of the lock indicator."""
    inside = html[html.index('id="lease"') :]
    return " ".join("".join(part.partition(">")[2] for part in inside[: inside.index("</span>")].split("<")).split())


def test_a_colleague_who_looks_is_named_and_fades(ada, cleo, sign_in):
    case = build.held_case(ada)
    look(sign_in(cleo), case, "other")

    seen = look(sign_in(ada), case, "mine")
    Presence.objects.filter(actor=cleo).update(seen_at=Now() - timedelta(seconds=11))
    faded = look(sign_in(ada), case, "mine")

    assert "Cleo is viewing" in seen
    assert "Cleo" not in faded
    assert 'id="lease"' not in seen  # nothing changed hands


def test_whoever_decides_is_not_named_twice(ada, cleo, sign_in):
    case = build.held_case(ada)
    look(sign_in(ada), case, "mine")

    assert "viewing" not in look(sign_in(cleo), case, "other")


def test_looking_elsewhere_leaves_the_case_after_a_minute(ada):
    first, second = build.case("a-1"), build.case("a-2")
    presence.look(case_id=first.pk, actor=ada)
    Presence.objects.update(seen_at=Now() - timedelta(seconds=61))

    presence.look(case_id=second.pk, actor=ada)

    assert list(Presence.objects.values_list("case", flat=True)) == [second.pk]


def test_presence_of_a_case_one_may_not_see_is_missing(mallory, ada, sign_in):
    case = build.held_case(ada)

    assert sign_in(mallory).post(f"/cases/{case.ref}/presence/", {"state": "free"}, **HTMX).status_code == 404
    assert Presence.objects.count() == 0


def test_the_six_states_of_the_lock_are_words(ada, cleo, sign_in):
    case = build.held_case(ada)
    mine, other = sign_in(ada), sign_in(cleo)

    yours = chip(mine.get(f"/cases/{case.ref}/").content.decode())
    Case.objects.update(claim_until=Now() + timedelta(seconds=45))
    ending = chip(look(mine, case, "mine"))
    deciding = chip(other.get(f"/cases/{case.ref}/").content.decode())
    viewing = look(mine, case, "mine") if look(other, case, "other") else ""
    Case.objects.update(claim_until=Now() - timedelta(seconds=1))
    lost = chip(look(mine, case, "mine"))
    Case.objects.update(claim_until=Now() + timedelta(seconds=600))
    build.decision(Case.objects.get(), at=NOON)
    decided = chip(other.get(f"/cases/{case.ref}/").content.decode())

    assert (yours.startswith("Yours for"), ending[:18], ending[-6:]) == (True, "Yours, ending in 4", "extend")
    assert deciding == "Ada is deciding"
    assert "Cleo is viewing" in viewing
    assert lost == "Lease lost, draft kept take again"
    assert decided.startswith("Decided by Ada")


def test_a_case_that_becomes_free_is_told_on_the_page_that_waits(ada, cleo, sign_in):
    case = build.held_case(ada)
    leaving.release(case_id=case.pk, actor=ada, now=NOON)

    assert "Nobody holds this case now." in look(sign_in(cleo), case, "other")


def test_tell_me_when_free_puts_it_in_the_inbox_once(ada, cleo, sign_in):
    case, client = build.held_case(ada), sign_in(cleo)
    client.post(f"/cases/{case.ref}/wish/", {"form_key": "k"})
    told = "You will be told in your inbox" in client.get(f"/cases/{case.ref}/").content.decode()
    waiting.wake_due(limit=10, now=NOON)
    early = InboxItem.objects.count()
    leaving.release(case_id=case.pk, actor=ada, now=NOON)

    waiting.wake_due(limit=10, now=NOON)
    waiting.wake_due(limit=10, now=NOON)

    items = list(InboxItem.objects.values_list("person", "kind", "case", "words"))
    assert (told, early, items) == (True, 0, [(cleo.pk, "free", case.pk, "nobody holds it now")])


def test_a_case_decided_meanwhile_is_told_too(ada, cleo):
    case = build.held_case(ada)
    presence.wish_free(case_id=case.pk, actor=cleo, now=NOON)
    build.decision(case)

    waiting.wake_due(limit=10, now=NOON)

    assert InboxItem.objects.get().words == "decided meanwhile"


@pytest.mark.parametrize(
    ("kind", "members", "state"),
    [
        ("login.failed", {"account": "a-1", "failure": "wrong_password", "method": "password"}, "queued"),
        ("login.succeeded", {"account": "a-2", "method": "password"}, "waiting"),
        ("account.updated", {"account": "a-1", "changes": [{"field": "email"}]}, "waiting"),
    ],
)
def test_an_event_of_the_kind_waited_for_brings_the_case_back(kind, members, state, ada):
    case = build.held_case(ada)
    waiting.snooze(case_id=case.pk, actor=ada, until=factories.after(600), wake_on="login", now=factories.after(1))
    waiting.wake_due(limit=10, now=factories.after(2))
    case.refresh_from_db()
    before = case.state
    factories.event(kind, factories.after(3), **members)

    waiting.wake_due(limit=10, now=factories.after(4))

    case.refresh_from_db()
    assert (before, case.state) == ("waiting", state)


@pytest.mark.parametrize(("happens", "words"), [(True, "a new sign-in"), (False, "")])
def test_whoever_put_a_case_aside_is_told_that_it_is_back_and_why(happens, words, ada, sign_in):
    case = build.held_case(ada)
    waiting.snooze(case_id=case.pk, actor=ada, until=factories.after(60), wake_on="login", now=factories.after(1))
    if happens:
        build.login("a-1", factories.after(3))

    for minutes in (4, 60, 61):
        waiting.wake_due(limit=10, now=factories.after(minutes))

    items = list(InboxItem.objects.values_list("person", "kind", "case", "words"))
    assert items == [(ada.pk, "returned", case.pk, words)]
    assert "Came back to you" in sign_in(ada).get("/inbox/").content.decode()


def test_snooze_says_what_the_case_waits_for(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)

    client.post(f"/cases/{case.ref}/snooze/", {"form_key": "k", "hours": "72", "wake_on": "payout"})

    assert chip(client.get(f"/cases/{case.ref}/").content.decode()) == "Waiting for a payout asked for"


def test_hand_over_takes_a_note_along(ada, cleo, sign_in):
    case = build.held_case(ada)

    sign_in(ada).post(f"/cases/{case.ref}/holder/", {"form_key": "k", "to": cleo.pk, "note": "Please call them."})

    html = sign_in(cleo).get(f"/cases/{case.ref}/").content.decode()
    assert "Please call them." in html
    assert chip(html).startswith("Yours for")


def test_whoever_lost_the_case_may_not_decide_it(ada, cleo):
    case = build.held_case(ada)
    leaving.hand_over(case_id=case.pk, actor=ada, to=cleo, now=NOON)

    with pytest.raises(decisions.Conflict):
        decisions.decide(
            case_id=case.pk, actor=ada, seen_version=case.version, fence=case.fence, now=NOON, **build.choice()
        )
