import gc
import subprocess
import sys

from tscore.core import heap

SCRIPT = """
import gc
from tscore.core import heap
heap.settle()
print(gc.get_freeze_count() > 1000, gc.get_threshold()[0], gc.isenabled())
"""


def test_settle_freezes_what_is_there_and_still_collects_what_comes():
    told = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60).stdout

    assert told.split() == ["True", str(heap.NEW_OBJECTS), "True"]
    assert gc.get_threshold()[0] != heap.NEW_OBJECTS  # in a process of its own: this one is left as it was
