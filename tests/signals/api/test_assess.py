"""A verdict over HTTP: keys, repeats, bounds, and bad input that is treated as the intake treats it."""

import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from cases.models import Case
from signals.models import DeadLetter, Event, PersonalText
from signals.services import in_time
from tests.signals.api.items import login
from tests.signals.api.test_bad_input import REFUSED_ITEMS
from tests.signals.services.assessing import detector, finding
from tscore.core.db import rows
from tscore.core.models import IdempotencyKey

URL = "/api/v1/assess"
PATIENT = {"budget_ms": 2000}
# What is no JSON at all, or cannot be told from what stands around it, is refused with the whole request.
WHOLE = {"nothing", "bad_json", "nested_1000", "nested_100000"}


@pytest.fixture(autouse=True)
def _threads(transactional_db):
    """Let no work go on when the tables are emptied."""
    yield
    in_time.stop()


@pytest.fixture
def token(transactional_db, make_token):
    return make_token("assess")


@pytest.fixture
def ask(token):
    """Return a sender of one request."""

    def post(body: Any, *, key: str = "k1", query: str = "", kind: str = "application/json", token: str = token) -> Any:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        return Client().post(URL + query, text, content_type=kind, headers=headers)

    return post


def now() -> str:
    return timezone.now().isoformat()


def test_quiet_event_is_allowed(ask):
    answer = ask({"event": login(time=now()), **PATIENT})

    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer.json() == {
        "verdict": "allow",
        "verdict_by": "detectors",
        "score": 0.0,
        "matched": [],
        "event_status": "new",
        "ref": answer.json()["ref"],
    }


def test_found_event_is_blocked_and_its_case_is_named(ask, monkeypatch):
    detector(monkeypatch, finding(0.95))

    answer = ask({"event": login(type="login.succeeded", time=now()), **PATIENT}).json()

    assert (answer["verdict"], answer["score"], answer["case"]) == ("block", 0.95, Case.objects.get().ref)
    assert [one["detector"] for one in answer["matched"]] == ["ato.test"]
    assert answer["matched"][0]["reasons"][0]["sentence"] == "It always is."


def test_same_key_and_body_get_the_same_answer(ask):
    body = {"event": login(time=now()), **PATIENT}

    first, again = ask(body), ask(body)

    assert (again.status_code, again.json()) == (200, first.json())
    assert again.json()["event_status"] == "new"
    assert Event.objects.count() == 1


def test_same_event_under_another_key_is_a_duplicate(ask):
    body = {"event": login(time=now()), **PATIENT}
    first = ask(body).json()

    again = ask(body, key="k2").json()

    assert again == first | {"event_status": "duplicate"}


def test_key_with_another_body_is_refused(ask):
    ask({"event": login(time=now()), **PATIENT})

    answer = ask({"event": login(2, time=now()), **PATIENT})

    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert Event.objects.count() == 1


def test_key_is_needed(ask):
    answer = ask({"event": login()}, key="")

    assert (answer.status_code, answer.json()["fields"][0]["pointer"]) == (422, "Idempotency-Key")
    assert Event.objects.count() == 0


def test_keys_of_two_senders_are_apart(ask, make_token):
    body = {"event": login(time=now()), **PATIENT}
    ask(body)

    answer = ask({"event": login(2, time=now()), **PATIENT}, token=make_token("assess", source="other"))

    assert (answer.status_code, answer.json()["event_status"]) == (200, "new")


def test_event_that_is_not_stored_in_time_is_503_and_its_key_stays_free(ask):
    body = {"event": login(time=now()), "budget_ms": 150}
    ask({"event": login(2, time=now()), **PATIENT}, key="k2")

    with transaction.atomic(using="owner"):
        rows("SELECT id FROM signals_entity WHERE external_id = 'a-17' FOR UPDATE", using="owner")
        answer = ask(body)

    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "unavailable", "2")
    in_time.stop()
    assert ask(body).status_code == 200
    assert (Event.objects.filter(external_id="evt-1").count(), IdempotencyKey.objects.count()) == (1, 2)


BAD_REQUESTS = {
    "no_event": ({}, 422, "/"),
    "unknown_member": ({"event": login(), "budget": 3}, 422, "/"),
    "budget_too_small": ({"event": login(), "budget_ms": 19}, 422, "/budget_ms"),
    "budget_too_large": ({"event": login(), "budget_ms": 2001}, 422, "/budget_ms"),
    "budget_no_number": ({"event": login(), "budget_ms": "200"}, 422, "/budget_ms"),
    "unknown_default": ({"event": login(), "default": "deny"}, 422, "/default"),
    "an_array": ([{"event": login()}], 422, ""),
}


@pytest.mark.parametrize(("body", "status", "pointer"), BAD_REQUESTS.values(), ids=BAD_REQUESTS)
def test_bad_request_is_refused_with_the_place(ask, body, status, pointer):
    answer = ask(body)

    assert (answer.status_code, answer.json()["code"]) == (status, "invalid")
    assert answer.json()["fields"][0]["pointer"] == pointer.removesuffix("/")
    assert Event.objects.count() == 0


def test_malformed_body_and_other_types_are_refused(ask):
    answers = [ask(b'{"event": {"a" 1}}'), ask(b'{"event":'), ask(b" "), ask(b"{}\n", kind="application/x-ndjson")]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 415]
    assert [answer.json()["code"] for answer in answers[:3]] == ["malformed_json"] * 3


def test_what_cannot_be_stored_as_it_is_sent_is_repaired_and_flagged(ask):
    item = json.dumps(login(time=now(), data={"account": "a", "username_typed": "a\x00b\ud800c"})).encode()

    answer = ask(b'{"default":"block","budget_ms":2000,"event": ' + item + b" }").json()

    assert (answer["verdict_by"], answer["flags"]) == ("detectors", ["replaced_characters"])
    assert PersonalText.objects.get().text == "a\ufffdb\ufffdc"


def test_array_instead_of_an_event_is_refused_by_itself(ask):
    answer = ask({"event": [login()], **PATIENT})

    assert (answer.json()["event_status"], answer.json()["error"]["code"]) == ("refused", "not_an_object")


@pytest.mark.parametrize(
    ("item", "code", "pointer"),
    [(*REFUSED_ITEMS[name],) for name in REFUSED_ITEMS if name not in WHOLE],
    ids=[name for name in REFUSED_ITEMS if name not in WHOLE],
)
def test_bad_event_is_refused_as_the_intake_refuses_it(ask, item, code, pointer):
    answer = ask(b'{"default":"review","budget_ms":2000,"event":' + item + b"}")

    if code == "other_source":
        assert (answer.status_code, answer.json()["code"]) == (403, "scope")
        return
    found = answer.json()
    assert (found["verdict"], found["verdict_by"], found["event_status"]) == ("review", "default", "refused")
    assert (found["error"]["code"], found["error"]["pointer"]) == (code, pointer.replace("/1", "/event", 1))
    assert (DeadLetter.objects.get().code, Event.objects.count()) == (code, 0)


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_event_that_is_no_json_is_refused_with_the_request(ask, name):
    answer = ask(b'{"event":' + REFUSED_ITEMS[name][0] + b"}")

    assert answer.status_code in {400, 422}
    assert Event.objects.count() == 0


def test_dry_run_checks_the_event_and_stores_nothing(ask):
    good, bad = (ask({"event": login(time=at), "default": "review"}, query="?dry_run=1") for at in (now(), "never"))

    assert [(a.json()["verdict_by"], a.json()["event_status"]) for a in (good, bad)] == [
        ("default", "new"),
        ("default", "refused"),
    ]
    assert (Event.objects.count(), DeadLetter.objects.count(), IdempotencyKey.objects.count()) == (0, 0, 0)


def test_key_of_another_scope_is_told(ask, events_token):
    answer = ask({"event": login()}, token=events_token)

    assert (answer.status_code, answer.json()["code"]) == (403, "scope")
    assert Client().get(URL).status_code == 405


def test_document_describes_request_and_answer():
    schemas = json.loads(Client().get("/api/v1/schema/").content)

    operation = schemas["paths"]["/api/v1/assess"]["post"]
    assert sorted(operation["responses"]) == ["200", "400", "401", "403", "409", "413", "415", "422", "503"]
    assert [(one["name"], one.get("required", False)) for one in operation["parameters"]] == [
        ("Idempotency-Key", True),
        ("dry_run", False),
    ]
    answer = schemas["components"]["schemas"]["Assessment"]
    assert answer["required"] == ["verdict", "verdict_by", "score", "matched", "event_status"]
    assert answer["properties"]["verdict"] == {"enum": ["allow", "review", "block"]}
