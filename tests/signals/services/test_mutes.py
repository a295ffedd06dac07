"""Muted findings are stored and counted, and ask nobody anything."""

from datetime import timedelta

import pytest

from cases.models import Case
from cases.services import correlation
from signals.models import Detector, Mute, Signal
from signals.services import assess_rows, mutes
from signals.services.signals.rows import SignalDraft, raise_signals
from tests import factories
from tests.factories import NOON, after
from tscore.core.db import in_transaction
from tscore.core.errors import Missing
from tscore.core.models import AuditEvent

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def detector() -> Detector:
    return Detector.objects.create(name="odd", version="1", abuse_type_id="account_takeover", title="Something odd")


def mute(detector, actor, account="a-1", *, at=NOON, length=DAY, reason="A known tester") -> Mute:
    entity = factories.entity("account", account) if account else None
    return mutes.mute(
        detector_id=detector.pk, entity_id=entity and entity.pk, reason=reason, length=length, actor=actor, now=at
    )


def found(detector, account="a-1", *, at=after(1), mode="live", key="") -> str:
    """Store one finding and return its mode."""
    trigger = factories.event("login.succeeded", at, account=account, method="password")
    draft = SignalDraft(
        detector_id=detector.pk,
        detector_version="1",
        entity_id=trigger.entity_id,
        abuse_type="account_takeover",
        score=0.95,
        reasons=[{"code": "odd", "sentence": "Odd.", "value": 1, "usual": 0, "base_rate": None}],
        event_ids=[trigger.pk],
        dedupe_key=key or trigger.external_id,
        observed_at=at,
        mode=mode,
    )
    [pk] = in_transaction(lambda: raise_signals([draft], received_at=at))
    return Signal.objects.get(pk=pk).mode


def test_mute_keeps_a_finding_from_opening_a_case(detector, cleo):
    mute(detector, cleo)

    mode = found(detector)
    correlation.correlate_pending(limit=10, now=after(2))

    assert (mode, Case.objects.count(), Signal.objects.get().routed_at) == ("muted", 0, after(2))
    assert Signal.objects.get().muted_by == Mute.objects.get()


def test_mute_leaves_an_open_case_as_it_is(detector, cleo):
    found(detector)
    correlation.correlate_pending(limit=10, now=after(2))
    before = Case.objects.values().get()
    mute(detector, cleo, at=after(3))

    found(detector, at=after(4))
    correlation.correlate_pending(limit=10, now=after(5))

    assert Case.objects.values().get() == before


def test_mute_holds_for_its_detector_and_entity_only(detector, cleo):
    other = Detector.objects.create(name="other", version="1", abuse_type_id="account_takeover", title="Other")
    mute(detector, cleo)

    modes = [found(detector), found(detector, "a-2"), found(other)]

    assert modes == ["muted", "live", "live"]


def test_mute_without_entity_holds_for_all(detector, cleo):
    mute(detector, cleo, account="")

    assert [found(detector, "a-1"), found(detector, "a-2")] == ["muted", "muted"]


def test_mute_begins_when_it_is_set_and_ends_by_itself(detector, cleo):
    mute(detector, cleo, length=timedelta(minutes=10))

    modes = [found(detector, at=at) for at in (after(-1), NOON, after(9.9), after(10))]

    assert modes == ["live", "muted", "muted", "live"]


def test_mute_leaves_findings_of_the_shadow_in_the_shadow(detector, cleo):
    mute(detector, cleo)

    assert (found(detector, mode="shadow"), Signal.objects.get().muted_by) == ("shadow", None)


def test_lifting_lets_later_findings_ask_and_leaves_the_others_muted(detector, cleo, analyst):
    held = mute(detector, cleo)
    found(detector)

    mutes.lift(mute_id=held.pk, actor=analyst, now=after(2))
    found(detector, at=after(3))

    assert list(Signal.objects.order_by("pk").values_list("mode", flat=True)) == ["muted", "live"]
    with pytest.raises(mutes.NotStanding):
        mutes.lift(mute_id=held.pk, actor=cleo, now=after(4))
    with pytest.raises(Missing):
        mutes.lift(mute_id=0, actor=cleo, now=after(4))


def test_muting_and_lifting_are_written_down(detector, cleo, analyst):
    held = mute(detector, cleo)
    mutes.lift(mute_id=held.pk, actor=analyst, now=after(2))

    told = list(AuditEvent.objects.order_by("pk").values_list("actor", "verb", "reason"))

    assert told == [(cleo.pk, "mute.set", "A known tester"), (analyst.pk, "mute.lifted", "A known tester")]


@pytest.mark.parametrize("length", [timedelta(0), timedelta(days=-1), timedelta(days=91)])
def test_mute_has_an_end_within_the_longest(detector, cleo, length):
    with pytest.raises(mutes.NoEnd):
        mute(detector, cleo, length=length)

    assert Mute.objects.count() == 0


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_mute_has_a_reason(detector, cleo, reason):
    with pytest.raises(mutes.NoReason):
        mute(detector, cleo, reason=reason)


def test_what_is_muted_is_not_muted_twice(detector, cleo, analyst):
    mute(detector, cleo, length=DAY)

    with pytest.raises(mutes.MutedAlready):
        mute(detector, analyst, at=after(5))

    assert mute(detector, analyst, at=after(days=2)).pk


def test_muted_findings_enter_no_verdict(detector, cleo):
    mute(detector, cleo)
    found(detector)
    found(detector, "a-2", at=after(2))

    quiet, loud = (assess_rows.known(signal.evidence.get().event_id).found for signal in Signal.objects.order_by("pk"))

    assert ([one.detector for one in quiet], [one.detector for one in loud]) == ([], ["odd"])


def test_muted_finding_of_a_corrected_event_is_withdrawn_without_touching_its_case(detector, cleo):
    found(detector)
    correlation.correlate_pending(limit=10, now=after(2))
    mute(detector, cleo, at=after(3))
    found(detector, at=after(4))
    before = Case.objects.values().get()
    Signal.objects.filter(mode="muted").update(retracted_at=after(5), routed_at=None)

    correlation.correlate_pending(limit=10, now=after(6))

    assert Case.objects.values().get() == before
