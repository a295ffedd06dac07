"""The process dies after a command was stored and before anybody heard the answer: asked again, it is the same one."""

import json
import subprocess
import sys
from urllib.parse import urlencode

import pytest
from django.test import Client

from cases.enums import SkipReason
from cases.models import Case, CaseSkip, Decision, Note
from signals.models import DatasetVersion
from signals.services import scoring
from tests.cases import build
from tests.factories import after, event, label
from tests.faults import stages
from tscore.core.models import IdempotencyKey

SEND = """
import sys, json, django
django.setup()
from django.test import Client
client = Client(HTTP_COOKIE=sys.argv[1])
answer = client.post(sys.argv[2], sys.argv[3], content_type="application/x-www-form-urlencoded")
print(json.dumps([answer.status_code, answer.get("Location", "")]))
"""


def send(client: Client, address: str, sent: dict[str, object], *, crash_at: str = "") -> list[object]:
    """Post a form in a process of its own; return status and Location, or [-9] where the process was killed."""
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    environment = stages._environment(crash_at, "")
    ended = subprocess.run(
        [sys.executable, "-c", SEND, cookie, address, urlencode(sent)],
        env=environment, cwd=stages.ROOT, timeout=stages.PATIENCE_S, capture_output=True, check=False,
    )  # fmt: skip
    assert ended.returncode in (0, -9), ended.stderr.decode()[-2000:]
    return [ended.returncode] if ended.returncode else json.loads(ended.stdout)


def decision_form(held: Case) -> dict[str, object]:
    """Return what the workspace sends for the first preset."""
    seen = {"queue": "ato", "version": held.version, "fence": held.fence, "form_key": "key-1"}
    return {**seen, "preset": "1", "then": "next", "note": "Called the owner."}


def test_decision_sent_again_after_a_crash_gets_its_answer_and_one_next_case(transactional_db, ada, sign_in):
    held, client = build.held_case(ada, "a-1"), sign_in(ada)
    build.case("a-2", score=0.9), build.case("a-3", score=0.5)
    address, sent = f"/cases/{held.ref}/decision/", decision_form(held)

    killed = [send(client, address, sent, crash_at=point) for point in ("once.committed", "once.added")]
    between = (Decision.objects.count(), Case.objects.filter(state="reviewing").count())
    answers = [send(client, address, sent) for _ in range(2)]

    following = Case.objects.get(state="reviewing")
    assert (killed, between) == ([[-9], [-9]], (1, 1))
    assert answers == [[303, f"/cases/{following.ref}/?decided={Decision.objects.get().pk}"]] * 2
    assert (following.entity.external_id, Note.objects.count()) == ("a-2", 1)


def test_killed_decision_alone_takes_no_next_case_and_keeps_its_answer(transactional_db, ada, sign_in):
    held, client = build.held_case(ada, "a-1"), sign_in(ada)
    build.case("a-2")

    killed = send(client, f"/cases/{held.ref}/decision/", decision_form(held), crash_at="once.committed")

    assert killed == [-9]
    assert (Decision.objects.count(), Case.objects.filter(state="reviewing").count()) == (1, 0)
    assert IdempotencyKey.objects.get().ref == {"decision": Decision.objects.get().pk, "queue": held.queue_id}


@pytest.mark.parametrize("crash_at", ["once.committed", "once.added"])
def test_skip_sent_again_after_a_crash_is_made_once(transactional_db, ada, sign_in, crash_at):
    held, client = build.held_case(ada, "a-1"), sign_in(ada)
    following = build.case("a-2", score=0.5)
    address, sent = f"/cases/{held.ref}/skip/", {"reason": SkipReason.values[0], "form_key": "key-1"}

    killed = send(client, address, sent, crash_at=crash_at)
    answer = send(client, address, sent)

    assert (killed, answer) == ([-9], [303, f"/cases/{following.ref}/"])
    assert CaseSkip.objects.count() == 1


def test_note_and_reversal_sent_again_after_a_crash_are_made_once(transactional_db, ada, sign_in):
    held, client = build.held_case(ada, "a-1"), sign_in(ada)
    note = (f"/cases/{held.ref}/notes/", {"text": "Called.", "form_key": "key-1"})
    killed = [send(client, *note, crash_at="once.committed")]
    noted = send(client, *note)
    held.refresh_from_db()
    reversal = (f"/decisions/{build.decision(held).pk}/reversal/", {"form_key": "key-2"})

    killed.append(send(client, *reversal, crash_at="once.committed"))
    taken_back = send(client, *reversal)

    assert killed == [[-9], [-9]]
    assert (noted, taken_back) == ([303, f"/cases/{held.ref}/"],) * 2
    assert (Note.objects.count(), Decision.objects.count()) == (1, 2)


def test_table_asked_for_again_after_a_crash_is_built_once(transactional_db, analyst, sign_in):
    for number in range(5):
        row = event("payment.captured", after(days=number), payment=f"p{number}", buyer="ada", amount=100)
        label(row, "legit", after(days=number + 1), abuse_type="payment_fraud", role="payment", verdict="good")
    scoring.score_pending(limit=500, now=after(days=9))
    client = sign_in(analyst)
    sent = {"abuse_type": "payment_fraud", "as_of": "2026-03-20T00:00:00", "key": "press-1"}

    killed = send(client, "/datasets/new/", sent, crash_at="dataset.recorded")
    answers = [send(client, "/datasets/new/", sent) for _ in range(2)]

    assert killed == [-9]
    assert DatasetVersion.objects.count() == 1
    assert answers[0] == answers[1]
    assert answers[0][0] == 303
