"""What a scrape reads: a key is needed, the format holds, numbers follow what happens, every worker says the same."""

from __future__ import annotations

import json
import multiprocessing
import re

import pytest
from django.test import Client
from django.utils import timezone

from signals.services import ingest
from tests.cases import build
from tests.signals.api.items import login
from tscore import pipeline
from tscore.core import alarms, counts
from tscore.watch import exposition, table

pytestmark = pytest.mark.django_db
LINE = re.compile(r'^[a-z_]+(\{[a-z]+="(?:[^"\\\n]|\\["\\n])*"(,[a-z]+="(?:[^"\\\n]|\\["\\n])*")*\})? -?[0-9.e+-]+$')


@pytest.fixture
def scrape(make_token):
    """Return what a scrape reads as a mapping from sample to number."""
    token = make_token("metrics:read", source="prometheus")

    def read() -> dict[str, float]:
        answer = Client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
        lines = answer.content.decode().splitlines()
        samples = [line for line in lines if not line.startswith("#")]
        assert [line for line in samples if not LINE.match(line)] == []
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in samples)}

    return read


def test_metrics_need_a_key_with_the_scope(ada, sign_in, events_token):
    answers = [
        Client().get("/metrics"),
        sign_in(ada).get("/metrics"),
        Client().get("/metrics", headers={"Authorization": f"Bearer {events_token}"}),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 403]


def test_each_name_is_declared_once_before_its_samples(make_token):
    headers = {"Authorization": f"Bearer {make_token('metrics:read')}"}

    lines = Client().get("/metrics", headers=headers).content.decode().splitlines()

    kinds = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    helps = [line.split()[2] for line in lines if line.startswith("# HELP")]
    named = {re.sub("_(bucket|sum|count)$", "", re.split("[{ ]", line)[0]) for line in lines if line[0] != "#"}
    assert (kinds, len(kinds)) == (helps, len(set(kinds)))
    assert named <= set(kinds)


def test_stages_are_counted_by_rows_and_runs(scrape):
    ingest.ingest(source="shop", items=[json.dumps(login(n)).encode() for n in (1, 2)], received_at=timezone.now())
    before = scrape()
    pipeline.run_stage("score", clock=timezone.now)

    after = scrape()

    assert (before['tscore_waiting{what="unscored_events"}'], after['tscore_waiting{what="unscored_events"}']) == (2, 0)
    assert after['tscore_stage_rows_total{stage="score"}'] == 2
    assert after['tscore_stage_runs_total{stage="score"}'] == 1


def test_answers_of_intake_are_counted_but_not_dry_runs(scrape):
    names = [
        f'tscore_intake_items_total{{stream="events",status="{word}"}}' for word in ("new", "duplicate", "refused")
    ]
    before = scrape()
    items = [json.dumps(login(1)).encode(), json.dumps(login(2, type="no.such")).encode()]
    for dry_run in (True, False, False):
        ingest.ingest(source="shop", items=items, received_at=timezone.now(), dry_run=dry_run)

    after = scrape()

    assert [after[name] - before[name] for name in names] == [1, 1, 2]


def test_oldest_waiting_and_queues_follow_the_rows(scrape):
    build.case("a-1")

    found = scrape()

    assert found['tscore_queue_cases{queue="ato"}'] == 1
    assert found['tscore_oldest_waiting_seconds{what="unscored_events"}'] > 3600
    assert found['tscore_oldest_waiting_seconds{what="unsent_actions"}'] == 0
    assert found['tscore_rows_drawn_total{table="events"}'] >= 1


def test_alarms_are_counted_by_what_they_are(scrape):
    alarms.raise_alarm("detector:a", "warning", "x", timezone.now())
    alarms.raise_alarm("detector:b", "warning", "x", timezone.now())
    alarms.raise_alarm("nobody:knows", "warning", "x", timezone.now())

    found = {name: value for name, value in scrape().items() if name.startswith("tscore_alarm_open")}

    assert len(found) == len(table.TABLE) + 1
    assert {name: value for name, value in found.items() if value} == {
        'tscore_alarm_open{alarm="detector:*",severity="high"}': 2,
        'tscore_alarm_open{alarm="undeclared",severity="high"}': 1,
    }


def test_requests_are_counted_by_what_they_ask_for(scrape):
    def counted(found, surface):
        return found[f'tscore_request_duration_seconds_count{{surface="{surface}"}}']

    before = scrape()
    for path in ("/healthz", "/login/", "/api/v1/labels", "/api/v1/events"):
        Client().get(path)
    after = scrape()

    grown = {surface: counted(after, surface) - counted(before, surface) for surface in counts.SURFACES}
    assert grown == {"page": 1, "api": 1, "ingest": 1, "assess": 0, "probe": 2}  # the scrape before is a probe too
    bucket = 'tscore_request_duration_seconds_bucket{surface="page",le="+Inf"}'
    assert after[bucket] == counted(after, "page")


def _count(times: int) -> None:
    for _ in range(times):
        counts.request_took("assess", 0.02)


def test_processes_add_to_the_same_numbers():
    before = counts.request_times("assess")
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_count, args=(200,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)

    grown = [round(now - was, 6) for was, now in zip(before, counts.request_times("assess"), strict=True)]
    assert grown == [0, 0, 800, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16.0]


def test_counting_never_fails_a_request(settings, tmp_path, caplog):
    settings.DATA = tmp_path / "no" / "such" / "folder"

    counts.request_took("page", 0.1)
    counts.request_took("page", 0.1)

    assert counts.request_times("page") == [0.0] * counts.TIMES
    assert len(caplog.records) == 1


def test_text_escapes_what_would_end_a_label():
    family = exposition.gauge("x", "y", [({"a": 'q"\\\n'}, 1.5)])

    assert exposition.text([family]) == '# HELP x y\n# TYPE x gauge\nx{a="q\\"\\\\\\n"} 1.5\n'


def test_histogram_adds_up():
    family = exposition.histogram("t", "y", (0.1, 1.0), [({}, [1, 2, 3, 9.5])])

    assert exposition.text([family]).splitlines()[2:] == [
        't_bucket{le="0.1"} 1',
        't_bucket{le="1"} 3',
        't_bucket{le="+Inf"} 6',
        "t_sum 9.5",
        "t_count 6",
    ]
