"""Signals over HTTP: stored once with their evidence, refused by themselves."""

import json
from typing import Any

import pytest
from django.test import Client

from signals.detectors.registry import DETECTORS
from signals.models import DeadLetter, Detector, Entity, Signal
from tests.signals.api.items import login
from tscore.core import ids

pytestmark = pytest.mark.django_db


def finding(number: int = 1, **members: Any) -> dict[str, Any]:
    """Return a signal about the account of the documentation's event; a member set to ... is left out."""
    data = {
        "detector": "velocity-9",
        "detector_version": "1.4",
        "entity": {"kind": "account", "id": "a-17"},
        "abuse_type": "account_takeover",
        "score": 0.8,
        "reasons": [
            {"code": "burst", "sentence": "9 failures in a minute.", "value": 9, "usual": 0, "base_rate": None}
        ],
        "events": [{"source": "shop-eu", "id": "evt-1"}],
    } | members
    return {
        "id": f"sig-{number}",
        "type": "signal.raised",
        "time": "2026-03-01T10:00:05Z",
        "data": {name: value for name, value in data.items() if value is not ...},
    }


@pytest.fixture
def raise_(send, signals_token):
    """Return a sender of signals; the documentation's event is held already."""
    send(login(1))

    def post(items: Any) -> Any:
        headers = {"Authorization": f"Bearer {signals_token}"}
        return Client().post("/api/v1/signals", json.dumps(items), content_type="application/json", headers=headers)

    return post


def test_signal_is_stored_with_its_trigger(raise_):
    answer = raise_(finding())

    signal = Signal.objects.get()
    assert answer.status_code == 200
    assert answer.json()["items"][0]["status"] == "new"
    assert answer.json()["items"][0]["ref"].startswith("sg_")
    assert (signal.severity, signal.mode, signal.routed_at, signal.entity.external_id) == (
        "medium",
        "live",
        None,
        "a-17",
    )
    assert [part.event.external_id for part in signal.evidence.order_by("position")] == ["evt-1"]
    assert Detector.objects.values_list("name", "version", "abuse_type").get() == (
        "velocity-9",
        "1.4",
        "account_takeover",
    )


def test_same_signal_again_is_a_duplicate(raise_):
    first = raise_(finding()).json()["items"][0]

    again = raise_([finding(), finding()]).json()["items"]

    assert [(item["status"], item["ref"]) for item in again] == [("duplicate", first["ref"])] * 2
    assert Signal.objects.count() == 1


def test_same_key_under_another_id_is_a_duplicate(raise_):
    raise_(finding(1, dedupe_key="k"))

    answer = raise_([finding(2, dedupe_key="k"), finding(3, dedupe_key="l"), finding(4, dedupe_key="l")])

    assert [item["status"] for item in answer.json()["items"]] == ["duplicate", "new", "duplicate"]


def test_other_content_under_the_same_id_is_a_conflict(raise_):
    raise_(finding())

    answer = raise_(finding(score=0.9))

    assert answer.json()["items"][0]["error"]["code"] == "id_conflict"


REFUSED = {
    "unknown_event": ({"events": [{"source": "shop-eu", "id": "evt-9"}]}, "unknown_event", "/0/data/events/0"),
    "unknown_abuse_type": ({"abuse_type": "rudeness"}, "unknown_abuse_type", "/0/data/abuse_type"),
    "own_detector": ({"detector": next(iter(DETECTORS))}, "own_detector", "/0/data/detector"),
    "own_detector_in_capitals": ({"detector": next(iter(DETECTORS)).upper()}, "own_detector", "/0/data/detector"),
    "score_above_one": ({"score": 1.2}, "bad_value", "/0/data/score"),
    "no_reasons": ({"reasons": []}, "bad_value", "/0/data/reasons"),
    "unknown_member": ({"sevrity": "high"}, "unknown_field", "/0/data/sevrity"),
    "unknown_entity_kind": ({"entity": {"kind": "shop", "id": "x"}}, "bad_value", "/0/data/entity/kind"),
    "card_as_entity": ({"entity": {"kind": "card", "id": "4111111111111111"}}, "card_number", "/0/data/entity/id"),
    "negative_stake": (
        {"money_at_stake": {"minor": -1, "currency": "EUR"}},
        "bad_amount",
        "/0/data/money_at_stake/minor",
    ),
}


@pytest.mark.parametrize(("members", "code", "pointer"), REFUSED.values(), ids=REFUSED)
def test_bad_signal_is_refused_by_itself(raise_, members, code, pointer):
    answer = raise_([finding(1, **members), finding(2)])

    items = answer.json()["items"]
    assert [item["status"] for item in items] == ["refused", "new"]
    assert (items[0]["error"]["code"], items[0]["error"]["pointer"]) == (code, pointer)
    assert (DeadLetter.objects.get().stream, Signal.objects.count()) == ("signals", 1)


def test_signal_under_the_name_of_one_of_our_detectors_stays_as_a_dead_letter(raise_):
    name = next(iter(DETECTORS))

    item = raise_([finding(detector=name)]).json()["items"][0]

    letter = DeadLetter.objects.get()
    assert item["error"]["detail"] == "This is the name of one of our own detectors. Give yours another name."
    assert item["dead_letter"] == ids.row_ref("dl", letter.pk)
    assert (letter.code, letter.pointer, letter.external_id) == ("own_detector", "/data/detector", "sig-1")
    assert (Detector.objects.filter(name=name).count(), Signal.objects.count()) == (0, 0)


def test_large_stake_raises_the_default_severity_one_step(raise_):
    raise_([
        finding(1, score=0.9),
        finding(2, score=0.9, money_at_stake={"minor": 50_000, "currency": "EUR"}),
        finding(3, score=0.1, money_at_stake={"minor": 50_000, "currency": "EUR"}),
        finding(4, score=0.1, severity="info", money_at_stake={"minor": 50_000, "currency": "EUR"}),
    ])  # fmt: skip

    assert list(Signal.objects.values_list("severity", flat=True).order_by("id")) == [
        "high",
        "critical",
        "medium",
        "info",
    ]


def test_personal_values_in_sentences_become_tokens(raise_):
    sentence = "bob@mail.example was used from 192.0.2.4."

    raise_(finding(reasons=[{"code": "x", "sentence": sentence, "value": 1, "usual": None, "base_rate": None}]))

    kept = Signal.objects.get().reasons[0]["sentence"]
    ip = Entity.objects.get(kind="ip").external_id
    assert kept.startswith("{tok_")
    assert kept.endswith(f"was used from {{{ip}}}.")
