"""What the pages of routing and promises send, read and checked before any service is called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django import forms

from cases.enums import ScoreDisplay
from cases.models import Queue, WorkingCalendar
from cases.services.queue_edits import LONGEST_MINUTES, Promise
from cases.services.routing_edits import Change, What
from cases.services.rulebook.rules import MOST_CONDITIONS, BadRule, read
from cases.services.working_time import DAYS
from signals.enums import Severity

ROWS: Final = 5
_STRETCH: Final = re.compile(r"(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)", re.ASCII)


class RuleForm(forms.Form):
    """One rule: its name, where it leads, and rows of attribute, operator, value; an empty row is no condition."""

    name = forms.CharField(max_length=80, label="Name", help_text="For people, such as “Much at stake”.")
    queue = forms.TypedChoiceField(
        coerce=int, label="Queue", help_text="The rule takes only cases of this queue's abuse type."
    )

    def __init__(self, *args: Any, queues: Iterable[Queue], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["queue"].choices = [(queue.pk, queue.name) for queue in queues]  # type: ignore[attr-defined]

    def rows(self) -> list[tuple[str, str, str]]:
        """Return the rows that ask something, as they were typed."""
        numbers = range(MOST_CONDITIONS)
        typed = [tuple(self.data.get(f"{part}_{number}", "")[:1000].strip() for part in PARTS) for number in numbers]
        return [row for row in typed if row[0]]

    def clean(self) -> dict[str, Any]:
        """Read the conditions; each that cannot be read is named by its row."""
        cleaned = super().clean() or {}
        try:
            cleaned["conditions"] = read(self.rows())
        except BadRule as problem:
            for field in problem.fields:
                number = field.pointer.rpartition("/")[2]
                where = f"Condition {int(number) + 1}: " if number.isdigit() else ""
                self.add_error(None, where + field.detail)
        return cleaned

    def change(self, rule_id: int) -> Change:
        """Return the change that a valid form asks for."""
        what = What.EDIT if rule_id else What.ADD
        data = self.cleaned_data
        return Change(what, rule_id, name=data["name"], queue_id=data["queue"], conditions=data["conditions"])


PARTS: Final = ("attribute", "operator", "value")


class QueueForm(forms.Form):
    """A queue split off from another."""

    like = forms.TypedChoiceField(
        coerce=int, label="Split from", help_text="Same abuse type, presets, promises and people; change them after."
    )
    name = forms.CharField(max_length=64, label="Name")
    slug = forms.SlugField(max_length=32, label="Word in its address", help_text="Such as ato-big; it stays for ever.")

    def __init__(self, *args: Any, queues: Iterable[Queue], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["like"].choices = [(queue.pk, queue.name) for queue in queues]  # type: ignore[attr-defined]


class PromiseForm(forms.Form):
    """What one queue promises: minutes and calendar for each severity, the gravest first."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        calendars = [("", "Day and night"), *WorkingCalendar.objects.order_by("name").values_list("pk", "name")]
        for severity in reversed(Severity.values):
            label = severity.title()
            self.fields[f"minutes_{severity}"] = forms.IntegerField(
                min_value=1, max_value=LONGEST_MINUTES, label=f"{label}: minutes"
            )
            self.fields[f"calendar_{severity}"] = forms.TypedChoiceField(
                choices=calendars, coerce=int, empty_value=None, required=False, label=f"{label}: calendar"
            )

        self.fields["score_display"] = forms.ChoiceField(
            choices=ScoreDisplay.choices, required=False, label="Scores of detectors"
        )

    def lines(self) -> list[tuple[str, Any, Any]]:
        """Return severity, field of minutes and field of the calendar, the gravest first."""
        return [
            (severity, self[f"minutes_{severity}"], self[f"calendar_{severity}"])
            for severity in reversed(Severity.values)
        ]

    def promises(self) -> dict[str, Promise]:
        """Return what a valid form promises."""
        data = self.cleaned_data
        return {word: Promise(data[f"minutes_{word}"], data[f"calendar_{word}"]) for word in Severity.values}


class CalendarForm(forms.Form):
    """Opening hours as stretches a day, such as `09:00-12:30, 13:30-18:00`; an empty day is closed."""

    name = forms.CharField(max_length=64, label="Name")
    time_zone = forms.CharField(max_length=64, label="Time zone", help_text="Such as Europe/Lisbon.")
    holidays = forms.CharField(
        required=False, max_length=5000, label="Holidays", widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One day a line, such as 2026-12-25.",
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number, day in enumerate(DAYS):
            self.fields[f"day_{number}"] = forms.CharField(required=False, max_length=120, label=day)
        self.order_fields(["name", "time_zone", *(f"day_{number}" for number in range(len(DAYS))), "holidays"])

    def clean(self) -> dict[str, Any]:
        """Read days and holidays."""
        cleaned = super().clean() or {}
        cleaned["hours"] = [self._stretches(f"day_{number}", cleaned) for number in range(len(DAYS))]
        cleaned["days_off"] = self._days_off(cleaned.get("holidays", ""))
        return cleaned

    def _stretches(self, name: str, cleaned: dict[str, Any]) -> list[tuple[int, int]]:
        found = []
        for part in filter(None, (part.strip() for part in cleaned.get(name, "").split(","))):
            match = _STRETCH.fullmatch(part)
            if match is None:
                self.add_error(name, "Write hours as 09:00-17:00, several parted by commas.")
                return []
            hours = [int(number) for number in match.groups()]
            found.append((hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]))
        return found

    def _days_off(self, text: str) -> list[date]:
        try:
            return [date.fromisoformat(line.strip()) for line in text.splitlines() if line.strip()]
        except ValueError:
            self.add_error("holidays", "Write each day as 2026-12-25.")
            return []


def written_hours(day: Iterable[Iterable[int]]) -> str:
    """Return one day's stretches as the form shows them."""
    return ", ".join("-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in stretch) for stretch in day)
