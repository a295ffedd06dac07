import subprocess
import sys

import pyarrow as pa
import pytest

from signals.services.feature_log.arrays import array

INSTANT = pa.timestamp("us", tz="UTC")
ROLES = pa.map_(pa.string(), pa.int64())


@pytest.mark.parametrize(
    ("values", "form"),
    [
        ([1, None, -(2**63)], pa.int64()),
        ([1.5, None, 2], pa.float64()),
        ([True, None, False] * 4, pa.bool_()),
        (["ä", None, "", "x"], pa.string()),
        ([1_772_000_000_000_000, None], INSTANT),
        ([[("a", 1), ("b", 2)], [], [("c", 3)]], ROLES),
        ([], pa.string()),
        ([], ROLES),
    ],
)
def test_array_is_what_arrow_itself_makes(values, form):
    made = array(values, form)

    made.validate(full=True)
    assert made.equals(pa.array(values, form))


def test_array_loads_no_pandas():
    code = """if True:
        import sys
        import pyarrow as pa
        from signals.services.feature_log.arrays import array
        array(["a", None], pa.string())
        print("pandas" in sys.modules)"""

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout == "False\n"
