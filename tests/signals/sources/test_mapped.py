"""Files of others become events by a mapping, which is checked whole before the first row is read."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from signals.sources import BadSource, Item, Truth, open_source, source_of
from signals.sources.opening import Opened

HEADER = "order_id,at,customer,total,cur,ip,fraud,note"
ROW = "o1,2026-03-01 10:00:00,ada,12.34,EUR,192.0.2.4,1,gift"
MAPPING: dict[str, Any] = {
    "source": "shop-old",
    "kind": "payment.captured",
    "id": "{order_id}/captured",
    "time": "at",
    "timezone": "Europe/Berlin",
    "members": {
        "payment": "order_id",
        "buyer": "customer",
        "amount": {"column": "total", "currency": {"column": "cur"}},
        "context.ip": "ip",
    },
    "constants": {"extra.channel": "import"},
    "truth": {
        "entity": "payment",
        "id": "order_id",
        "abuse_type": "payment_fraud",
        "column": "fraud",
        "classes": {"1": "payment.third_party", "0": "legit"},
        "known_after_days": 30,
    },
    "ignore": ["note"],
}


def opened(folder: Path, mapping: dict[str, Any], *rows: str, header: str = HEADER, name: str = "orders.csv") -> Opened:
    (folder / "mapping.json").write_text(json.dumps(mapping))
    (folder / name).write_text("\n".join((header, *rows)) + "\n")
    exponent = {"JPY": 0, "KWD": 3}
    return open_source(
        source_of(folder / name), folder / name, mapping=folder / "mapping.json", exponent=lambda c: exponent.get(c, 2)
    )


def items(folder: Path, mapping: dict[str, Any], *rows: str, **given: Any) -> list[Item]:
    return list(opened(folder, mapping, *rows, **given).items)


def data(folder: Path, *rows: str, **changed: Any) -> list[dict[str, Any]]:
    return [item.envelope["data"] for item in items(folder, MAPPING | changed, *rows)]


def test_row_becomes_an_event_with_its_truth_beside_it(tmp_path):
    (item,) = items(tmp_path, MAPPING, ROW)

    assert item.envelope == {
        "id": "o1/captured",
        "source": "shop-old",
        "type": "payment.captured",
        "time": "2026-03-01T10:00:00+01:00",
        "data": {
            "payment": "o1",
            "buyer": "ada",
            "amount": {"minor": 1234, "currency": "EUR"},
            "context": {"ip": "192.0.2.4"},
            "extra": {"channel": "import"},
        },
    }
    known_at = datetime(2026, 3, 31, 9, tzinfo=UTC)
    assert item.truth == Truth("payment", "o1", "payment_fraud", "payment.third_party", known_at)


def test_toml_gzip_and_columns_that_nothing_reads(tmp_path):
    (tmp_path / "m.toml").write_text(
        'kind = "login.failed"\nid = "n"\ntime = "t"\n[members]\naccount = "who"\n', encoding="utf-8"
    )
    with gzip.open(tmp_path / "logins.csv.gz", "wt") as file:
        file.write("\ufeffn,t,who,age\n1,2026-03-01T10:00:00Z,ada,30\n")

    found = open_source("csv", tmp_path / "logins.csv.gz", mapping=tmp_path / "m.toml", exponent=lambda c: 2)

    assert found.left_out == ["age"]
    assert [item.envelope["data"] for item in found.items] == [{"account": "ada"}]


@pytest.mark.parametrize(
    ("written", "given", "minor"),
    [
        ("12.34", {}, 1234),
        ("1.234,5", {"decimal": ","}, 123450),
        ("1234", {"unit": "minor"}, 1234),
        ("12.345", {}, 1234),
        ("free", {}, "free"),
        ("1e999999", {}, "1e999999"),
    ],
)
def test_amounts_are_read_exactly_and_what_is_none_stays_as_it_is(tmp_path, written, given, minor):
    row = f'o1,2026-03-01 10:00:00,ada,"{written}",EUR,,,'

    assert data(tmp_path, row, **given)[0]["amount"] == {"minor": minor, "currency": "EUR"}


def test_currency_says_how_many_digits_it_has(tmp_path):
    rows = [f"o1,2026-03-01 10:00:00,ada,7,{currency},,," for currency in ("JPY", "KWD")]

    assert [row["amount"]["minor"] for row in data(tmp_path, *rows)] == [7, 7000]


@pytest.mark.parametrize(
    ("written", "given", "time"),
    [
        ("2026-07-01T10:00:00", {}, "2026-07-01T10:00:00+02:00"),
        ("2026-07-01T10:00:00Z", {}, "2026-07-01T10:00:00+00:00"),
        ("01.07.2026 10:00", {"time_format": "%d.%m.%Y %H:%M"}, "2026-07-01T10:00:00+02:00"),
        ("1772359200", {"time_format": "unix"}, "2026-03-01T10:00:00+00:00"),
        ("1772359200500", {"time_format": "unix_ms"}, "2026-03-01T10:00:00.500000+00:00"),
        ("tomorrow", {}, "tomorrow"),
    ],
)
def test_times_have_an_offset_and_what_is_none_stays_as_it_is(tmp_path, written, given, time):
    (item,) = items(tmp_path, MAPPING | given, f"o1,{written},ada,1,EUR,,,")

    assert item.envelope["time"] == time


def test_words_of_a_column_choose_the_kind(tmp_path):
    words = {"ok": "login.succeeded", "no": "login.failed"}
    mapping = {
        "kind": {"column": "fraud", "words": words},
        "id": "order_id",
        "time": "at",
        "members": {"account": "customer", "failure": {"column": "note", "words": {"pw": "wrong_password"}}},
    }
    rows = ["1,2026-03-01,ada,,,,ok,", "2,2026-03-01,ada,,,,no,pw", "3,2026-03-01,ada,,,,perhaps,"]

    found = [item.envelope for item in items(tmp_path, mapping, *rows)]

    assert [(event["type"], event["data"]) for event in found] == [
        ("login.succeeded", {"account": "ada"}),
        ("login.failed", {"account": "ada", "failure": "wrong_password"}),
        ("perhaps", {}),
    ]


def test_row_of_another_length_is_sent_on_to_be_refused(tmp_path):
    short, good = items(tmp_path, MAPPING, "o1,2026", ROW)

    assert (short.encoded(), good.envelope["id"]) == (b'["o1","2026"]', "o1/captured")


def test_parquet_keeps_times_numbers_and_gaps(tmp_path):
    at = datetime(2026, 3, 1, 10)  # noqa: DTZ001  (the mapping names the zone)
    columns = {"n": [1.0, float("nan")], "at": [at, at], "who": ["ada", None], "total": [7.5, 2.0], "extra": [1, 2]}
    pq.write_table(pa.table(columns), tmp_path / "rows.parquet")
    mapping = {
        "kind": "payment.captured", "id": "p-{n}", "time": "at", "currency": "EUR",
        "members": {"payment": "n", "buyer": "who", "amount": "total"},
    }  # fmt: skip
    (tmp_path / "m.json").write_text(json.dumps(mapping))

    found = open_source("parquet", tmp_path / "rows.parquet", mapping=tmp_path / "m.json", exponent=lambda c: 2)

    assert found.left_out == ["extra"]
    first, second = [item.envelope for item in found.items]
    assert (first["id"], first["time"]) == ("p-1", "2026-03-01T10:00:00+00:00")
    assert first["data"] == {"payment": "1", "buyer": "ada", "amount": {"minor": 750, "currency": "EUR"}}
    assert ("id" in second, second["data"]) == (False, {"amount": {"minor": 200, "currency": "EUR"}})


def test_json_lines_of_others_may_be_nested(tmp_path):
    lines = ['{"id": 7, "when": "2026-03-01T10:00:00Z", "user": {"name": "ada"}, "tags": ["a"]}', "no json"]
    mapping = {"kind": "login.failed", "id": "id", "time": "when", "members": {"account": "user.name"}}

    first, second = items(tmp_path, mapping, lines[1], header=lines[0], name="logins.jsonl")

    assert (first.envelope["id"], first.envelope["data"]) == ("7", {"account": "ada"})
    assert second.encoded() == b"no json"


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in MAPPING.items() if key != name}


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (MAPPING | {"kind": "payment.capture"}, r"no kind 'payment\.capture'\. Did you mean payment\.captured\?"),
        (MAPPING | {"members": {"byuer": "customer"}}, r"payment\.captured has no member 'byuer'\. Did you mean buyer"),
        (MAPPING | {"members": {"payment": "order_id"}}, "payment.captured needs amount"),
        (MAPPING | {"members": {"context.ipp": "ip"}}, r"context has no member 'ipp'\. Did you mean ip"),
        (MAPPING | {"members": {"buyer.name": "ip"}}, "buyer has no members of its own"),
        (MAPPING | {"members": {"extra": "ip"}}, "extra holds members of its own"),
        (MAPPING | {"id": "{order}/x"}, r"The file has no column 'order'\. Did you mean order_id"),
        (MAPPING | {"timezone": "Europe/Berlim"}, "no time zone 'Europe/Berlim'"),
        (MAPPING | {"memebers": {}}, r"no member 'memebers'\. Did you mean members"),
        (without("time"), "The mapping lacks time"),
        (MAPPING | {"time": 7}, "time is a column"),
        (MAPPING | {"unit": "cents"}, 'unit is "major" or "minor"'),
        (MAPPING | {"constants": {"refusa": "x"}}, r"no member 'refusa'\. Did you mean refusal"),
        (MAPPING | {"truth": MAPPING["truth"] | {"classes": {"1": "fraud"}}}, "truth.classes has no class 'fraud'"),
        (MAPPING | {"truth": MAPPING["truth"] | {"known_at": "at"}}, "either known_at"),
        (MAPPING | {"kind": "account.updated", "members": {"changes": "note"}}, "changes has no place in a table"),
        (MAPPING | {"members": {"payment": "order_id", "amount": "total"}}, "members.amount needs a currency"),
    ],
)
def test_mapping_that_does_not_fit_is_one_clear_sentence(tmp_path, mapping, said):
    with pytest.raises(BadSource, match=said):
        opened(tmp_path, mapping, ROW)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("m.toml", "kind = ", "is no TOML"),
        ("m.json", "{", "is no JSON"),
        ("m.json", "[]", "is one table"),
        ("gone.toml", None, "cannot be read"),
    ],
)
def test_mapping_that_cannot_be_read_is_named(tmp_path, name, text, said):
    (tmp_path / "orders.csv").write_text(HEADER)
    if text is not None:
        (tmp_path / name).write_text(text)

    with pytest.raises(BadSource, match=said):
        open_source("csv", tmp_path / "orders.csv", mapping=tmp_path / name, exponent=lambda c: 2)


@pytest.mark.parametrize(("header", "said"), [("", "is empty"), (HEADER + ",at", "names the column 'at' twice")])
def test_header_that_is_none_is_named(tmp_path, header, said):
    with pytest.raises(BadSource, match=said):
        (tmp_path / "m.json").write_text(json.dumps(MAPPING))
        (tmp_path / "orders.csv").write_text(header)
        open_source("csv", tmp_path / "orders.csv", mapping=tmp_path / "m.json", exponent=lambda c: 2)


def test_csv_needs_no_memory_for_a_line_without_end(tmp_path):
    found = opened(tmp_path, MAPPING, ROW, "x" * 600_000)

    with pytest.raises(BadSource, match="a line is longer than"):
        list(found.items)


def test_file_without_a_mapping_or_an_ending_says_what_to_give(tmp_path):
    with pytest.raises(BadSource, match="needs --mapping"):
        open_source("csv", tmp_path / "a.csv", mapping=None, exponent=lambda c: 2)
    with pytest.raises(BadSource, match="give --source"):
        source_of(tmp_path / "events.dat")
    with pytest.raises(BadSource, match="Did you mean parquet"):
        open_source("parqet", tmp_path / "a", mapping=None, exponent=lambda c: 2)
