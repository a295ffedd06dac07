"""What happened is put in bands, reasons by strength, the rank in words."""

from zoneinfo import ZoneInfo

from cases.queries.case_header import RankTerms
from cases.web import story
from tests.cases.web.sample import event, signal

UTC = ZoneInfo("UTC")
SESSION = {"session": ("session", "s-1"), "device": ("device", "d-1")}


def test_bands_keep_a_session_together_and_name_its_device():
    events = [
        event("account.updated", 5, roles=SESSION, fields={"context.country": "RO"}),
        event("login.succeeded", 9, roles=SESSION),
        event("listing.sold", 2000),
    ]

    found = [(band.title, band.note, len(band.events)) for band in story.bands(events, zone=UTC)]

    assert found == [("Session 1 Mar 11:51–11:55", "RO · device d-1", 2), ("28 February 2026", "", 1)]


def test_band_shows_what_a_stranger_named_a_device_without_its_invisible_marks():
    events = [event("login.succeeded", 1, roles={**SESSION, "device": ("device", "d\u202e1")})]

    assert story.bands(events, zone=UTC)[0].note == "device d‹RLO›1"


def test_reasons_stand_strongest_first_and_withdrawn_last():
    signals = [
        signal("weak", code="a", contribution=0.2),
        signal("withdrawn", code="b", contribution=0.9, retracted=True),
        signal("strong", code="c", contribution=0.8),
    ]

    first, more = story.reasons(signals)

    assert ([why.reason.sentence for why in first], more) == (["strong", "weak", "withdrawn"], [])


def test_reasons_say_the_same_sentence_once_and_keep_the_rest_behind():
    signals = [signal("same"), signal("same"), *(signal(f"other {n}", code=str(n)) for n in range(5))]

    first, more = story.reasons(signals)

    assert [len(first), len(more)] == [4, 2]


def test_reasons_that_only_count_on_stand_behind_the_newest():
    signals = [signal(f"{number} cards in a day", code="cards", minutes_ago=9 - number) for number in (4, 5, 6)]

    first, more = story.reasons(signals)

    assert [why.reason.sentence for why in first] == ["6 cards in a day"]
    assert [why.reason.sentence for why in more] == ["5 cards in a day", "4 cards in a day"]


def test_rank_sentence_shows_every_term():
    terms = RankTerms(
        probability=0.8, is_calibrated=False, stake_minor=231000, used_share=0.25, priority=0.8 * 231000 * 1.25
    )

    assert story.rank_sentence(terms) == (
        "0.80 probability (not calibrated) × €2,310 at stake × 1.25 because 25% of the promised time is used = 2,310"
    )


def test_rank_sentence_of_a_late_case():
    terms = RankTerms(probability=0.5, is_calibrated=True, stake_minor=1000, used_share=2.0, priority=1500.0)

    assert story.rank_sentence(terms) == (
        "0.50 probability × €10 at stake × 3 because 200% or more of the promised time is used = 15"
    )
