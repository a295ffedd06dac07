"""Workers meet a new detector at the same moment: each of them learns its row."""

from signals.services.signals.rows import ensure_detectors
from tests.races.threads import side_by_side
from tscore.core.db import in_transaction, rows

WORKERS = 4


def test_new_detector_is_known_to_whoever_came_second(transactional_db):
    def meet(_number: int) -> list[str]:
        def ensure() -> list[str]:
            found = ensure_detectors([("ato.new", "1", "account_takeover", "New", "live")])
            rows("SELECT pg_sleep(0.1)")
            return list(found)

        return in_transaction(ensure)

    assert side_by_side(meet, threads=WORKERS) == [["ato.new"]] * WORKERS
