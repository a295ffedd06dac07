"""Where items begin and end, in one linear pass over any bytes."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.services.intake import scan
from signals.services.intake.repair import has_key_twice, repair

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(VALUES, min_size=1, max_size=8), st.sampled_from([None, 2]), st.booleans())
def test_split_finds_the_items_of_any_array(items, indent, ascii_only):
    body = json.dumps(items, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    found = scan.split(body, lines=False)

    assert [json.loads(item.raw.decode("utf-8", "surrogatepass")) for item in found] == items


@given(st.lists(VALUES, min_size=1, max_size=8))
def test_split_finds_the_items_of_lines(items):
    body = "\r\n".join(json.dumps(item) for item in items).encode()

    assert [json.loads(item.raw) for item in scan.split(body, lines=True)] == items


def test_split_takes_a_single_object_and_a_byte_order_mark():
    assert [item.raw for item in scan.split(b'\xef\xbb\xbf {"a":[1]} ', lines=False)] == [b'{"a":[1]}']


@pytest.mark.parametrize(
    "body",
    [b"", b"1", b'"x"', b"[", b"[1", b"[}", b'["', b'["\\"]', b"[]]", b"[1] [2]", b"{", b'{"a":"}', b"}", b"\x00"],
)
def test_split_refuses_what_does_not_close(body):
    with pytest.raises(scan.MalformedJson):
        scan.split(body, lines=False)


@pytest.mark.parametrize("body", [b"[]", b" [ \n ] "])
def test_split_refuses_no_items(body):
    with pytest.raises(scan.NoItems):
        scan.split(body, lines=False)


def test_split_keeps_neighbours_of_gaps_and_scalars():
    found = scan.split(b'[{"a":1},,7,{"b":2},]', lines=False)

    assert [item.raw for item in found] == [b'{"a":1}', b"", b"7", b'{"b":2}', b""]


@pytest.mark.parametrize(("depth", "code"), [(31, None), (32, None), (33, "too_deep"), (1000, "too_deep")])
def test_scan_counts_depth(depth, code):
    item = scan.scan(b"[" * depth + b"]" * depth)

    assert (item.problem.code if item.problem else None) == code


def test_scan_does_not_take_width_for_depth():
    assert scan.scan(b'{"a":[' + b"[],{}," * 500 + b"1]}").problem is None


def test_scan_ignores_brackets_in_strings():
    assert scan.scan(b'{"a":"' + b"[" * 1000 + b'"}').problem is None


@pytest.mark.parametrize(("size", "code"), [(64 * 1024, None), (64 * 1024 + 1, "item_too_large")])
def test_scan_counts_bytes(size, code):
    item = scan.scan(b"1" * size)

    assert (item.problem.code if item.problem else None) == code


HOSTILE = {
    "deep": b"[" * (4 << 20),
    "pairs": b"[" + b"[]" * (2 << 20) + b"]",
    "strings": b'[{"a":[' + b'"",' * (1 << 20) + b"1]}]",
    "escapes": b'["' + b'\\"' * (2 << 20) + b'"]',
    "commas": b"[" + b"," * (4 << 20),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_split_stays_linear_on_hostile_bodies(body):
    began = time.process_time()
    try:
        scan.split(body, lines=False)
    except (scan.MalformedJson, scan.TooManyItems):
        pass

    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("raw", "fixed"),
    [
        (rb'{"a":"\u0000"}', '{"a":"\ufffd"}'),
        (rb'{"a":"\ud800"}', '{"a":"\ufffd"}'),
        (rb'{"a":"\uDFFF\ud800"}', '{"a":"\ufffd\ufffd"}'),
        (rb'{"a":"\ud83d\ude00"}', r'{"a":"\ud83d\ude00"}'),
        (rb'{"a":"\ud83dx\ude00"}', '{"a":"\ufffdx\ufffd"}'),
        (rb'{"a":"\\u0000"}', r'{"a":"\\u0000"}'),
        (rb'{"a":"\\\u0000"}', '{"a":"\\\\\ufffd"}'),
        (b'{"a":"\x00"}', '{"a":"\ufffd"}'),
        (b'{"a":"\xed\xa0\x80"}', '{"a":"\ufffd"}'),
        ('{"a":"\ufffd é"}'.encode(), '{"a":"\ufffd é"}'),
    ],
)
def test_repair_replaces_exactly_nul_and_lone_surrogates(raw, fixed):
    assert repair(raw) == (fixed.encode(), fixed.encode() != raw)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a":1,"a":2}', True),
        ('{"a":1,"\\u0061":2}', True),
        ('{"b":[{"a":1,"a":2}]}', True),
        ('{"a":{"a":1},"b":[{"a":1},{"a":2}]}', False),
        ('{"a":"a\\": ","b":1}', False),
        ('{"a":1' + "0" * 5000 + "}", False),
    ],
)
def test_key_twice_is_found_in_one_object_only(text, expected):
    assert has_key_twice(text) == expected
