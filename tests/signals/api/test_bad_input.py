"""Bad input through the API: each kind gets its status and one sentence, and good items beside bad ones are stored."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from signals.models import DeadLetter, Event, PersonalText
from tests.signals.api.items import URL, login
from tscore.core import api_keys, crypto
from tscore.core.models import Alarm, ApiKey

pytestmark = pytest.mark.django_db


def nested(depth: int) -> bytes:
    return b'{"id":"deep","x":' + b"[" * depth + b"]" * depth + b"}"


def with_data(**data: Any) -> bytes:
    return json.dumps(login(7, data={"account": "a-17", **data})).encode()


def payment(minor: str) -> bytes:
    text = '{"id":"p","type":"payment.captured","time":"2026-03-01T10:00:00Z","data":{"payment":"p1","amount":'
    return (text + '{"minor":' + minor + ',"currency":"EUR"}}}').encode()


REFUSED_ITEMS = {
    "unknown_kind": (json.dumps(login(7, type="login.faild")).encode(), "unknown_kind", "/1/type"),
    "unknown_member": (with_data(divice="x"), "unknown_field", "/1/data/divice"),
    "unknown_member_inside": (with_data(context={"devise": "x"}), "unknown_field", "/1/data/context/devise"),
    "unknown_member_outside": (json.dumps(login(7, recordedTime="x")).encode(), "unknown_field", "/1/recordedTime"),
    "no_time": (json.dumps(login(7, time=...)).encode(), "missing_time", "/1/time"),
    "time_without_offset": (json.dumps(login(7, time="2026-03-01T10:00:00")).encode(), "bad_time", "/1/time"),
    "no_id": (json.dumps(login(7, id=...)).encode(), "missing_id", "/1/id"),
    "long_id": (json.dumps(login(7, id="x" * 201)).encode(), "bad_id", "/1/id"),
    "nul_in_id": (json.dumps(login(7, id="a\x00b")).encode(), "bad_id", "/1/id"),
    "surrogate_in_id": (json.dumps(login(7, id="a\ud800b")).encode(), "bad_id", "/1/id"),
    "nul_in_entity_id": (with_data(account="a\x00b"), "bad_id", "/1/data/account"),
    "nul_in_key": (with_data(**{"acc\x00ount": "x"}), "unknown_field", "/1/data/acc\ufffdount"),
    "surrogate_in_free_key": (with_data(extra={"a\ud800": 1}), "bad_extra", "/1/data/extra"),
    "five_megabytes": (with_data(username_typed="x" * 5_000_000), "item_too_large", "/1"),
    "nested_33": (nested(32), "too_deep", "/1"),
    "nested_1000": (nested(1000), "too_deep", "/1"),
    "nested_100000": (nested(100_000), "item_too_large", "/1"),
    "huge_amount": (payment("1" + "0" * 400), "bad_amount", "/1/data/amount/minor"),
    "huge_float_amount": (payment("1e400"), "bad_amount", "/1/data/amount/minor"),
    "negative_amount": (payment("-1"), "bad_amount", "/1/data/amount/minor"),
    "card_number": (with_data(account="4111111111111111"), "card_number", "/1/data/account"),
    "card_number_in_id": (json.dumps(login(7, id="5500005555555559")).encode(), "card_number", "/1/id"),
    "other_source": (json.dumps(login(7, source="other")).encode(), "other_source", "/1/source"),
    "not_utf8": (b'{"id":"\xff"}', "bad_encoding", "/1"),
    "bad_json": (b'{"id":"x" "y"}', "bad_json", "/1"),
    "scalar": (b"17", "not_an_object", "/1"),
    "nothing": (b"", "bad_json", "/1"),
    "key_twice": (
        b'{"id":"a","id":"b","type":"login.failed","time":"2026-03-01T10:00:00Z","data":{}}',
        "duplicate_key",
        "/1",
    ),
    "nobody": (json.dumps(login(7, data={"method": "otp"})).encode(), "no_entity", "/1/data"),
    "wrong_word": (with_data(method="magic"), "bad_value", "/1/data/method"),
    "password": (
        json.dumps(
            login(
                7, type="account.updated", data={"account": "a", "changes": [{"field": "password", "new": "hunter2"}]}
            )
        ).encode(),
        "secret_value",
        "/1/data/changes/0/new",
    ),
}


@pytest.mark.parametrize(("body", "code", "pointer"), REFUSED_ITEMS.values(), ids=REFUSED_ITEMS)
def test_bad_item_is_refused_by_itself(send, body, code, pointer):
    array = b"[" + json.dumps(login(1)).encode() + b"," + body + b"," + json.dumps(login(2)).encode() + b"]"

    answer = send(array)

    assert answer.status_code == 207
    items = answer.json()["items"]
    assert [item["status"] for item in items] == ["new", "refused", "new"]
    assert (items[1]["error"]["code"], items[1]["error"]["pointer"]) == (code, pointer)
    assert items[1]["error"]["detail"]
    assert list(Event.objects.values_list("external_id", flat=True).order_by("id")) == ["evt-1", "evt-2"]
    assert DeadLetter.objects.get().code == code


REFUSED_BODIES = {
    "cut_short": (b'[{"id":"x"}', "application/json", 400, "malformed_json"),
    "open_string": (b'[{"id":"x}]', "application/json", 400, "malformed_json"),
    "text_after_the_end": (b'[{"id":"x"}] 1', "application/json", 400, "malformed_json"),
    "no_json": (b"hello", "application/json", 400, "malformed_json"),
    "blank": (b" ", "application/json", 400, "malformed_json"),
    "brackets_only": (b"[" * 100_000, "application/json", 400, "malformed_json"),
    "no_items": (b"[]", "application/json", 422, "invalid"),
    "no_lines": (b"\n\n", "application/x-ndjson", 422, "invalid"),
    "1001_items": (b"[" + b",".join([b"{}"] * 1001) + b"]", "application/json", 413, "too_many_items"),
    "1001_lines": (b"{}\n" * 1001, "application/x-ndjson", 413, "too_many_items"),
    "twenty_megabytes": (b"[" + b" " * 20_000_000 + b"]", "application/json", 413, "body_too_large"),
    "a_form": (b"id=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    "another_character_set": (b"[]", "application/json; charset=latin-1", 415, "unsupported_media_type"),
    "all_of_another_source": (json.dumps([login(1, source="b")]).encode(), "application/json", 403, "scope"),
}


@pytest.mark.parametrize(("body", "content_type", "status", "code"), REFUSED_BODIES.values(), ids=REFUSED_BODIES)
def test_bad_body_is_refused_whole(send, body, content_type, status, code):
    answer = send(body, content_type)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert answer.json()["detail"]
    assert (Event.objects.count(), DeadLetter.objects.count()) == (0, 0)


def test_1000_items_are_taken(send):
    answer = send([login(number) for number in range(1000)])

    assert answer.json()["counts"]["new"] == 1000


def test_time_two_years_off_is_kept_and_flagged(send):
    now = datetime.now(UTC)

    answer = send([login(1, time=(now - timedelta(days=730)).isoformat(), recordedtime=now.isoformat())])

    assert answer.json()["items"][0]["flags"] == ["time_far_off"]
    assert Event.objects.get().flags == ["time_far_off"]


def test_nul_and_surrogates_in_a_value_are_replaced_and_flagged(send):
    now = datetime.now(UTC).isoformat()

    answer = send(json.dumps(login(1, time=now, data={"account": "a", "username_typed": "a\x00b\ud800c"})).encode())

    assert answer.json()["items"][0]["flags"] == ["replaced_characters"]
    assert PersonalText.objects.get().text == "a\ufffdb\ufffdc"


def test_card_number_in_a_text_is_masked_and_flagged(send):
    data = {"message": "m1", "sender": "a", "text": "pay to 4111 1111 1111 1111 now"}

    answer = send([login(1, type="message.sent", time=datetime.now(UTC).isoformat(), data=data)])

    assert answer.json()["items"][0]["flags"] == ["card_masked"]
    assert PersonalText.objects.get().text == "pay to **** **** **** 1111 now"


def test_card_number_is_nowhere_in_a_dead_letter(send):
    send([login(1, data={"account": "4111111111111111"})])

    letter = DeadLetter.objects.get()
    body = crypto.open_erasable(letter.body_key, bytes(letter.body))
    assert body is not None
    assert "4111111111111111" not in body
    assert "************1111" in body


def test_password_is_nowhere_in_a_dead_letter(send):
    send(REFUSED_ITEMS["password"][0])

    letter = DeadLetter.objects.get()
    assert "hunter2" not in str(crypto.open_erasable(letter.body_key, bytes(letter.body)))


def test_missing_key_is_told(send):
    answer = send(login(), token="")

    assert (answer.status_code, answer.json()["code"]) == (401, "no_key")


def test_revoked_key_is_told(send, events_token, ada):
    api_keys.revoke(key_id=ApiKey.objects.get().pk, actor=ada, now=datetime.now(UTC))

    answer = send(login())

    assert (answer.status_code, answer.json()["code"]) == (401, "bad_key")


def test_key_of_another_scope_is_told(send, signals_token):
    answer = send(login(), token=signals_token)

    assert (answer.status_code, answer.json()["code"]) == (403, "scope")


def test_same_id_with_other_content_is_a_conflict_and_an_alarm(send: Callable[..., Any]):
    send(login(1))
    answer = send(login(1, type="login.succeeded"))

    assert answer.json()["items"][0]["error"]["code"] == "id_conflict"
    assert Alarm.objects.get().key == "id_conflict:shop-eu"
    assert Client().get(URL).status_code == 405
