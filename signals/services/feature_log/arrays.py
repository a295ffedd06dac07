"""Arrow arrays from lists, made of their buffers: `pyarrow.array` would first load pandas, 60 MB in every worker."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

Pairs = Sequence[tuple[str, int]]


def array(values: Sequence[Any], form: pa.DataType) -> pa.Array[Any]:
    """Return values of one type as an array; None is null. Instants are whole µs.

    Types: bool, int64, float64, string, timestamp, and maps from string to int64, whose values are lists of pairs.
    """
    import pyarrow as pa

    if pa.types.is_map(form):
        return _maps(values, form)
    known = _bits([value is not None for value in values])
    if pa.types.is_string(form):
        texts = [b"" if value is None else value.encode() for value in values]
        data = [_offsets(texts), pa.py_buffer(b"".join(texts))]
    elif pa.types.is_boolean(form):
        data = [_bits([value is True for value in values])]
    else:
        kind = np.float64 if pa.types.is_floating(form) else np.int64
        data = [pa.py_buffer(np.array([0 if value is None else value for value in values], kind))]
    return pa.Array.from_buffers(form, len(values), [known, *data])


def _maps(values: Sequence[Pairs], form: pa.DataType) -> pa.Array[Any]:
    import pyarrow as pa

    pairs = list(chain.from_iterable(values))
    keys, items = array([key for key, _ in pairs], pa.string()), array([item for _, item in pairs], pa.int64())
    entries = pa.StructArray.from_buffers(form.field(0).type, len(pairs), [None], children=[keys, items])
    return pa.Array.from_buffers(form, len(values), [None, _offsets(values)], children=[entries])


def _offsets(values: Sequence[Any]) -> pa.Buffer:
    import pyarrow as pa

    return pa.py_buffer(np.array([0, *accumulate(map(len, values))], np.int32))


def _bits(values: Sequence[bool]) -> pa.Buffer:
    import pyarrow as pa

    return pa.py_buffer(np.packbits(np.array(values, bool), bitorder="little"))
