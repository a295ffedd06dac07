"""Several people send the same refused item in again, and several senders fill the place for dead letters."""

import json
from datetime import timedelta

from django.db.models import Sum

from signals.models import DeadLetter, DeadLetterReplay, DeadLetterTally, Detector, Event, Mute
from signals.services import dead_letter_batches as batches
from signals.services import dead_letter_repair, ingest, mutes
from signals.services.dead_letter_batches import Filter
from tests.cast import person
from tests.factories import NOON
from tests.races.threads import side_by_side
from tscore.core.errors import Conflict
from tscore.core.models import AuditEvent

PEOPLE = 6


def item(name: str, **members) -> bytes:
    return json.dumps({"id": name, "type": "login.failed", "data": {"account": "a"}, **members}).encode()


def test_of_several_people_one_sends_the_item(transactional_db):
    ingest.ingest(source="shop", items=[item("e")], received_at=NOON)
    letter, people = DeadLetter.objects.get(), [person(f"Keeper{number}", "analyst") for number in range(PEOPLE)]

    def send(number: int) -> str:
        body = item(f"e-{number}", time="2026-03-01T10:00:00Z").decode()  # each repairs it in another way
        try:
            line = dead_letter_repair.replay(dead_letter_id=letter.pk, actor=people[number], body=body, now=NOON)
        except Conflict:
            return "busy"
        return line.status if line else "settled"

    answers = side_by_side(send, threads=PEOPLE)

    assert (answers.count("new"), Event.objects.count(), DeadLetter.objects.get().state) == (1, 1, "replayed")
    assert AuditEvent.objects.filter(verb="dead_letter.replayed").count() == 1


def test_workers_and_a_person_send_every_letter_once(transactional_db):
    actor = person("Keeper", "analyst")
    ingest.ingest(source="shop", items=[item(f"e{number}") for number in range(60)], received_at=NOON)
    ingest.ingest(source="shop", items=[item("known", time="2026-03-01T10:00:00Z")], received_at=NOON)
    for _ in range(2):
        batches.ask(wanted=Filter(), actor=actor, now=NOON)

    def work(number: int) -> int:
        handled = 0
        while done := batches.replay_asked(limit=7, now=NOON):
            handled += done
        return handled

    side_by_side(work, threads=4)

    assert DeadLetterReplay.objects.filter(finished_at=None).count() == 0
    tried = AuditEvent.objects.filter(verb="dead_letter.refused_again").values_list("object_ref")
    assert len(set(tried)) == 60
    assert set(DeadLetter.objects.values_list("state", "leased_until")) == {("open", None)}
    assert sum(DeadLetter.objects.values_list("attempts", flat=True)) == tried.count()


def test_senders_of_one_source_never_pass_its_bound(transactional_db, settings):
    settings.DEAD_LETTERS_MOST_PER_SOURCE, settings.DEAD_LETTERS_SAMPLE = 20, 0

    def refuse(number: int) -> None:
        for turn in range(3):
            ingest.ingest(
                source="shop", items=[item(f"{number}-{turn}-{place}") for place in range(3)], received_at=NOON
            )

    side_by_side(refuse, threads=PEOPLE)

    counted = DeadLetterTally.objects.aggregate(letters=Sum("letters"), unkept=Sum("unkept"))
    assert (DeadLetter.objects.count(), counted) == (20, {"letters": 20, "unkept": PEOPLE * 9 - 20})


def test_of_several_people_one_mutes(transactional_db):
    detector = Detector.objects.create(name="odd", version="1", abuse_type_id="account_takeover", title="Odd")
    people = [person(f"Lead{number}", "lead") for number in range(PEOPLE)]

    def mute(number: int) -> bool:
        try:
            mutes.mute(
                detector_id=detector.pk,
                entity_id=None,
                reason="Noise",
                length=timedelta(days=1),
                actor=people[number],
                now=NOON,
            )
        except mutes.MutedAlready:
            return False
        return True

    assert sum(side_by_side(mute, threads=PEOPLE)) == 1
    assert Mute.objects.count() == 1
