"""Changes of queues: a second queue for an abuse type, what a queue promises, and the hours it is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Max

from cases import permissions
from cases.enums import ScoreDisplay
from cases.models import Preset, Queue, SlaPolicy, WorkingCalendar
from cases.services import calendars, catalogue, service_levels, working_time
from cases.verbs import Verb
from signals.enums import Severity
from tscore.core import audit, db, groups, work
from tscore.core.errors import FieldProblem, Invalid
from tscore.core.models import User

LONGEST_MINUTES: Final = 90 * 24 * 60
MOST_HOLIDAYS: Final = 200

# Whoever holds a right on the queue it is split from holds it on the new one.
_COPY_GRANTS: Final = tuple(
    f"""INSERT INTO guardian_{kind}objectpermission (permission_id, content_type_id, object_pk, {kind}_id)
    SELECT permission_id, content_type_id, %(new)s, {kind}_id FROM guardian_{kind}objectpermission held
     WHERE held.object_pk = %(old)s AND held.content_type_id = (
       SELECT id FROM django_content_type WHERE app_label = 'cases' AND model = 'queue')"""
    for kind in ("user", "group")
)


class BadQueue(Invalid):
    """This queue cannot be added. Look at the marked fields."""


class BadPromises(Invalid):
    """These promises cannot be kept. Look at the marked fields."""


class BadCalendar(Invalid):
    """This calendar cannot be saved. Look at the marked fields."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A decision within so many minutes of opening time; without a calendar, day and night."""

    target_minutes: int
    calendar_id: int | None


def split(*, queue: Queue, slug: str, name: str, actor: User, now: datetime) -> Queue:
    """Add a queue for the same abuse type: same subjects, stakes, presets, promises and people. Rules fill it.

    Raises:
        BadQueue: the word in its address is taken.
        LeadsOnly: the person neither leads the queue nor administers.
    """
    _require_right(actor, queue)

    def added() -> Queue:
        if Queue.objects.filter(slug=slug).exists():
            raise BadQueue(fields=[FieldProblem("slug", "taken", "Another queue has this word in its address.")])
        last = Queue.objects.aggregate(last=Max("position"))["last"]
        new = Queue.objects.create(
            slug=slug, name=name, position=last + 1, abuse_type_id=queue.abuse_type_id, is_default=False,
            subject_roles=queue.subject_roles, due_minutes=queue.due_minutes, stake_rule=queue.stake_rule,
            stake_unit_minor=queue.stake_unit_minor, score_display=queue.score_display,
        )  # fmt: skip
        _copy(queue, new)
        audit.record(
            actor=actor, verb=Verb.QUEUE_ADDED, object_type="queue", object_ref=new.slug, at=now,
            after={"like": queue.slug, "name": name},
        )  # fmt: skip
        return new

    new = db.in_any_transaction(added)
    catalogue.forget()
    return new


def set_promises(*, queue: Queue, promises: Mapping[str, Promise], actor: User, now: datetime) -> None:
    """Change what a queue promises; a stage brings its open cases in line.

    Raises:
        BadPromises: a severity is missing, a target is out of range, or a graver case would be due later.
        LeadsOnly: the person neither leads the queue nor administers.
    """
    _require_right(actor, queue)
    _check(promises)

    def changed() -> None:
        before = _told(queue)
        for severity, promise in promises.items():
            SlaPolicy.objects.update_or_create(
                queue=queue,
                severity=severity,
                defaults={"target_minutes": promise.target_minutes, "calendar_id": promise.calendar_id},
            )
        after = _told(queue)
        if after != before:
            service_levels.ask_again([queue.pk])
            audit.record(
                actor=actor, verb=Verb.PROMISES_CHANGED, object_type="queue", object_ref=queue.slug, at=now,
                before=before, after=after,
            )  # fmt: skip
            work.wake("promises")

    db.in_any_transaction(changed)


def set_score_display(*, queue: Queue, display: ScoreDisplay, actor: User, now: datetime) -> None:
    """Change when the scores of detectors may be looked at in a queue.

    Raises:
        LeadsOnly: the person neither leads the queue nor administers.
    """
    _require_right(actor, queue)

    def changed() -> None:
        row = db.lock(Queue.objects).get(pk=queue.pk)
        before, row.score_display = row.score_display, display
        if display != before:
            row.save(update_fields=["score_display"])
            audit.record(
                actor=actor, verb=Verb.SCORE_DISPLAY_CHANGED, object_type="queue", object_ref=queue.slug, at=now,
                before={"score_display": before}, after={"score_display": display},
            )  # fmt: skip

    db.in_any_transaction(changed)
    catalogue.forget()


def save_calendar(
    *,
    calendar: WorkingCalendar | None,
    name: str,
    time_zone: str,
    hours: Sequence[Sequence[tuple[int, int]]],
    holidays: Sequence[date],
    actor: User,
    now: datetime,
) -> WorkingCalendar:
    """Store opening hours and write them out; a stage brings the open cases of queues that use them in line.

    Raises:
        BadHours: a day does not open before it closes, or no day is open.
        BadCalendar: the name is taken, there is no such time zone, or there are too many holidays.
        LeadsOnly: a queue that counts in it is led by others, and the person does not administer.
    """
    working_time.check(hours)

    def saved() -> WorkingCalendar:
        row = calendar or WorkingCalendar()
        _check_calendar(row, name, time_zone, holidays)
        users = [] if row.pk is None else list(Queue.objects.filter(sla_policies__calendar=row).distinct())
        for queue in users:
            _require_right(actor, queue)
        before = None if row.pk is None else _hours_told(row)
        row.name, row.time_zone, row.holidays = name, time_zone, sorted(set(holidays))
        row.hours = [[list(stretch) for stretch in day] for day in hours]
        row.save()
        calendars.write_out(row, now=now)
        service_levels.ask_again([queue.pk for queue in users])
        audit.record(
            actor=actor, verb=Verb.CALENDAR_CHANGED, object_type="calendar", object_ref=str(row.pk), at=now,
            before=before, after=_hours_told(row),
        )  # fmt: skip
        work.wake("promises")
        return row

    return db.in_any_transaction(saved)


def _require_right(actor: User, queue: Queue) -> None:
    if not groups.is_in(actor, "admin"):
        permissions.require_lead(actor, queue.pk)


def _copy(old: Queue, new: Queue) -> None:
    for preset in Preset.objects.filter(queue=old):
        preset.pk, preset.queue = None, new
        preset.save(force_insert=True)
    for policy in SlaPolicy.objects.filter(queue=old):
        policy.pk, policy.queue = None, new
        policy.save(force_insert=True)
    for statement in _COPY_GRANTS:
        db.rows(statement, {"old": str(old.pk), "new": str(new.pk)})


def _check(promises: Mapping[str, Promise]) -> None:
    problems = [
        FieldProblem(severity, "invalid", f"{severity.title()}: from 1 minute to 90 days.")
        for severity in Severity.values
        if severity not in promises or not 1 <= promises[severity].target_minutes <= LONGEST_MINUTES
    ]
    order = [] if problems else [promises[severity].target_minutes for severity in Severity.values]
    problems += [
        FieldProblem(
            Severity.values[place], "invalid", f"{Severity.values[place].title()}: not later than what is less grave."
        )
        for place in range(1, len(order))
        if order[place] > order[place - 1]
    ]
    if problems:
        raise BadPromises(fields=problems)


def _check_calendar(row: WorkingCalendar, name: str, time_zone: str, holidays: Sequence[date]) -> None:
    problems = []
    if WorkingCalendar.objects.filter(name=name).exclude(pk=row.pk).exists():
        problems.append(FieldProblem("name", "taken", "Another calendar has this name."))
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems.append(FieldProblem("time_zone", "invalid", "Give a time zone such as Europe/Lisbon."))
    if len(set(holidays)) > MOST_HOLIDAYS:
        problems.append(FieldProblem("holidays", "too_many", f"At most {MOST_HOLIDAYS} days."))
    if problems:
        raise BadCalendar(fields=problems)


def _told(queue: Queue) -> dict[str, list[int | None]]:
    rows = SlaPolicy.objects.filter(queue=queue).order_by("severity")
    return {row.severity: [row.target_minutes, row.calendar_id] for row in rows}


def _hours_told(row: WorkingCalendar) -> dict[str, object]:
    days = [day.isoformat() for day in row.holidays]
    return {"name": row.name, "time_zone": row.time_zone, "hours": row.hours, "holidays": days}
