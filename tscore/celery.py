"""The Celery app: one task, "look now", and the beat timetable. Nothing depends on a message arriving."""

import os
from typing import Any

from celery import Celery, signals
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tscore.settings")

from django.conf import settings
from django.utils import timezone

# Without Celery's own care for Django: it closes every connection after every task, several times a second, and with it
# go all plans and caches of that connection. `look` closes those that are old or broken.
app = Celery("tscore", fixups=[])
app.conf.update(
    broker_url=settings.BROKER_URL,
    result_backend=None,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_default_queue="wake",
    # Nobody acknowledges an alarm clock. An acknowledgement that is lost with the broker would count against what a
    # worker may hold for ever: after two of them it lives, and takes nothing any more.
    task_queues=[Queue("wake", Exchange("wake"), routing_key="wake", no_ack=True)],
    task_acks_late=False,
    task_publish_retry=False,
    timezone="UTC",
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_soft_shutdown_timeout=2.0,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"visibility_timeout": 60, "socket_connect_timeout": 1, "socket_timeout": 5}
    if settings.BROKER_URL.startswith("redis")
    else {},
    beat_max_loop_interval=5,
)


@signals.worker_init.connect
def get_ready(**kwargs: Any) -> None:
    """Load the console in a worker; the clock does without."""
    import django

    django.setup()


@app.task(name="look")
def look(stage: str) -> None:
    """Run one stage now."""
    from django.db import close_old_connections

    from tscore import pipeline

    close_old_connections()
    pipeline.run_stage(stage, clock=timezone.now)
    close_old_connections()


TICKS = {
    "score": 1.0,
    "correlate": 1.0,
    "rerank": 1.0,
    "release": 1.0,
    "wake": 1.0,
    "promises": 1.0,
    "deliver": 1.0,
    "bulk": 1.0,
    "seal": 1.0,
    "forget_answers": 600.0,
    "forget_tries": 600.0,
    "forget_letters": 600.0,
    "forget_pictures": 600.0,
    "pictures": 1.0,
    "replay_letters": 2.0,
    "feature_log": 10.0,
    "rings": 600.0,
    "sample": 60.0,
    "calibrate": 600.0,
    "recalibrate": 30.0,
    "alarms": 15.0,
    "forecast": 300.0,
    "tell": 5.0,
}
app.conf.beat_schedule = {
    name: {"task": "look", "schedule": seconds, "args": (name,), "options": {"expires": max(5, seconds / 2)}}
    for name, seconds in TICKS.items()
}
