"""What is answered: the verdict of the current revision, whatever the item turned out to be."""

import json

import pytest

from cases.models import Case, CaseSignal
from cases.services import correlation
from signals.models import DeadLetter, Detector, Event, Signal
from signals.services import in_time, ingest
from signals.services.assess import Matched
from signals.services.intake.answer import ItemError
from signals.services.verdicts import Advice
from tests.factories import after
from tests.signals.services.assessing import (
    NOW,
    SOURCE,
    ask,
    detector,
    finding,
    guess_password,
    login,
    said,
)
from tscore.core.errors import ScopeRefused


@pytest.fixture(autouse=True)
def _threads(transactional_db):
    """Let no work go on when the tables are emptied."""
    yield
    in_time.stop()


def test_quiet_event_is_stored_scored_and_allowed():
    answer = ask(login("evt-1"))

    event = Event.objects.get()
    assert said(answer) == ("allow", "detectors", "new")
    assert (answer.score, answer.matched, answer.case, answer.error) == (0.0, [], "", None)
    assert (event.external_id, event.scored_at, event.fence, event.leased_until) == ("evt-1", NOW, 1, None)


def test_takeover_is_for_review_with_the_reasons_and_its_case():
    guess_password()

    answer = ask(login("evt-1"), route=correlation.correlate_at_once)

    signal = Signal.objects.get()
    assert said(answer) == ("review", "detectors", "new")
    assert (answer.score, answer.matched) == (0.8, [Matched("ato.failures_then_success", signal.reasons)])
    assert (answer.case, signal.routed_at) == (Case.objects.get().ref, NOW)


@pytest.mark.parametrize(
    ("score", "severity", "verdict"),
    [
        (0.95, "", "block"),
        (0.9, "", "block"),
        (0.89, "", "review"),
        (0.7, "", "review"),
        (0.69, "", "allow"),
        (0.1, "critical", "block"),
        (0.99, "info", "allow"),
    ],
)
def test_verdict_follows_severity(monkeypatch, score, severity, verdict):
    detector(monkeypatch, finding(score, severity))

    answer = ask(login("evt-1"), default=Advice.REVIEW)

    assert (answer.verdict, answer.verdict_by, answer.score) == (verdict, "detectors", score)


def test_gravest_signal_comes_first_and_decides(monkeypatch):
    detector(monkeypatch, finding(0.95), name="ato.sure", alone=False)
    guess_password()

    answer = ask(login("evt-1"))

    assert answer.verdict == "block"
    assert [one.detector for one in answer.matched] == ["ato.sure", "ato.failures_then_success"]


def test_shadow_signals_never_count(monkeypatch):
    detector(monkeypatch, finding(0.95))
    ask(login("evt-1"))
    Detector.objects.filter(name="ato.test").update(mode="shadow")

    answer = ask(login("evt-2", minutes=1))

    assert (said(answer), answer.matched) == (("allow", "detectors", "new"), [])
    assert list(Signal.objects.order_by("pk").values_list("mode", flat=True)) == ["live", "shadow"]


def test_duplicate_is_answered_its_stored_verdict_and_changes_nothing():
    guess_password()
    first = ask(login("evt-1"), route=correlation.correlate_at_once)

    again = ask(login("evt-1"), route=correlation.correlate_at_once)

    assert said(again) == ("review", "detectors", "duplicate")
    assert (again.score, again.matched, again.case, again.ref) == (first.score, first.matched, first.case, first.ref)
    assert (Signal.objects.count(), CaseSignal.objects.count(), Event.objects.get(external_id="evt-1").fence) == (
        1,
        1,
        1,
    )


def test_correction_is_scored_again_and_counts_instead():
    guess_password()
    ask(login("evt-1"))

    answer = ask(login("evt-1", ip="~home", recordedtime=after(9).isoformat()))

    assert said(answer) == ("allow", "detectors", "superseding")
    assert Signal.objects.get().retracted_at == NOW


def test_stale_item_is_answered_the_verdict_of_the_current_revision():
    guess_password()
    ask(login("evt-1", recordedtime=after(9).isoformat()))

    answer = ask(login("evt-1", ip="~home", recordedtime=after(3).isoformat()))

    assert said(answer) == ("review", "detectors", "stale")
    assert Signal.objects.count() == 1


def test_duplicate_of_a_replaced_revision_is_answered_the_verdict_of_the_current_one():
    guess_password()
    ask(login("evt-1"))
    ask(login("evt-1", ip="~home", recordedtime=after(9).isoformat()))

    answer = ask(login("evt-1"))

    assert said(answer) == ("allow", "detectors", "duplicate")


def test_refused_event_is_answered_the_default_and_kept_as_a_dead_letter():
    answer = ask(login("evt-1", time="yesterday"), default=Advice.BLOCK)

    letter = DeadLetter.objects.get()
    assert said(answer) == ("block", "default", "refused")
    assert answer.error == ItemError("bad_time", "/event/time", answer.error.detail)
    assert (letter.external_id, letter.code, answer.dead_letter[:3]) == ("evt-1", "bad_time", "dl_")
    assert Event.objects.count() == 0


def test_other_content_under_a_known_id_is_refused():
    ask(login("evt-1"))

    answer = ask(login("evt-1", ip="~home"))

    assert (said(answer), answer.error.code) == (("allow", "default", "refused"), "id_conflict")


def test_event_of_another_source_is_refused_whole():
    with pytest.raises(ScopeRefused):
        ask(login("evt-1", source="other"))

    assert (Event.objects.count(), DeadLetter.objects.count()) == (0, 0)


def test_event_that_waits_for_the_stage_is_scored_at_once():
    ingest.ingest(source=SOURCE, items=[json.dumps(login("evt-1")).encode()], received_at=NOW)

    answer = ask(login("evt-1"))

    assert said(answer) == ("allow", "detectors", "duplicate")
    assert Event.objects.get().scored_at == NOW
