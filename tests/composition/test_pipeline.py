"""Every stage has its tick."""

from tscore import pipeline
from tscore.celery import TICKS, app


def test_every_stage_has_a_tick_and_every_tick_a_stage():
    assert list(TICKS) == [stage.name for stage in pipeline.STAGES]
    assert {entry["args"][0] for entry in app.conf.beat_schedule.values()} == set(pipeline.BY_NAME)
