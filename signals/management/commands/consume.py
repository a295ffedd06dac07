"""Takes events from the queue that INGEST_QUEUE_URL names, until it is stopped."""

import signal
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from signals.streams.consumer import Stream
from signals.streams.transports import SqsMissing, UnknownQueue, connect


class Command(BaseCommand):
    """Consume a queue. SIGTERM and Ctrl-C let the batch that is under way be stored and acknowledged first."""

    help = "Take events from INGEST_QUEUE_URL until stopped (docs/sources.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until-empty", action="store_true", help="stop when the queue holds no more messages")

    def handle(self, *args: Any, until_empty: bool, **options: Any) -> None:
        url, queue = settings.INGEST_QUEUE_URL, settings.INGEST_QUEUE_NAME
        if not url:
            raise CommandError("Set INGEST_QUEUE_URL, as in amqp://user:password@host:5672//, and run it again.")
        opened = partial(connect, url, queue=queue, visibility_s=settings.INGEST_QUEUE_VISIBILITY_S)
        try:
            where = opened().as_uri()
        except (UnknownQueue, SqsMissing) as error:
            raise CommandError(str(error)) from error
        stream = Stream(opened, queue, settings.INGEST_QUEUE_SOURCE or queue, timezone.now, say=self.stderr.write)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stream.stopping.set())
        self.stdout.write(f"taking events of {stream.source!r} from {queue!r} at {where}")
        stream.run(until_empty=until_empty)
        self.stdout.write(str(stream))
