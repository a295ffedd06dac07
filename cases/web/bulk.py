"""Many cases decided alike: listing them, the gallery with evidence, the spot check, how a job stands."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh

from cases import permissions
from cases.enums import BulkState
from cases.models import BulkJob, Queue
from cases.models.bulk import MOST_CASES
from cases.queries import bulk as reads
from cases.queries import filter_addresses
from cases.services import catalogue
from cases.services.bulk import drafts, runs, standing
from cases.web import keys
from cases.web.refs import case_id_of
from signals.enums import Severity
from tscore.core.errors import Invalid, Missing
from tscore.core.http import HtmxRequest, is_partial, page, partial, see_other

LONGEST_ID = 18
AT_WORK = (BulkState.RUNNING, BulkState.REVERSING)


class SeveralQueues(Invalid):
    """Cases of one queue are decided alike: what may follow differs from queue to queue. Choose cases of one queue."""


class UnknownFilter(Invalid):
    """This filter is not understood here, so nothing was listed. Choose cases, or a severity."""


def jobs(request: HtmxRequest) -> HttpResponse:
    """Show the jobs of the queues in which the person may do this."""
    found = reads.jobs(user=request.user, cursor=request.GET.get("after") or None)
    context = {"now": timezone.now(), "found": found, "queues": reads.queues_for(request.user)}
    return page(request, "cases/bulk_jobs.html", context)


def new(request: HtmxRequest) -> HttpResponse:
    """List cases that shall be decided alike: those that were chosen, or those of a queue that fit."""
    if request.method == "POST":
        return _made(request)
    context = {
        "queues": reads.queues_for(request.user),
        "severities": reversed(Severity.choices),
        "most": MOST_CASES,
        "form_key": keys.new(),
    }
    return page(request, "cases/bulk_new.html", context)


def _made(request: HtmxRequest) -> HttpResponse:
    now = timezone.now()

    def run() -> dict[str, Any]:
        queue, case_ids, found = _asked(request)
        return {"job": drafts.make(actor=request.user, queue=queue, case_ids=case_ids, found=found, now=now).pk}

    return see_other(request, "cases:bulk_job", keys.once(request, now=now, run=run)["job"])


def _asked(request: HtmxRequest) -> tuple[Queue, list[int], int]:
    """Return the queue, the cases, and how many the question matched."""
    refs, slug = request.POST.getlist("case"), request.POST.get("queue", "")
    if refs:
        case_ids = [case_id_of(ref) for ref in refs]
        return _queue_of(request, case_ids), case_ids, len(set(case_ids))
    queue = permissions.visible_queue(request.user, slug)
    severity = request.POST.get("severity", "")
    address = f"{request.POST.get('f', '')} {f'severity:{severity}' if severity else ''}"
    asked = filter_addresses.read(address).shown
    if asked.mistakes:
        raise UnknownFilter
    return queue, *reads.fitting(queue=queue, asked=asked, user=request.user, now=timezone.now())


def _queue_of(request: HtmxRequest, case_ids: list[int]) -> Queue:
    visible = [pk for pk in reads.queue_of(case_ids) if permissions.may_review(request.user, pk)]
    if not visible:
        raise Missing
    if len(visible) > 1:
        raise SeveralQueues
    return catalogue.holding(visible).queues[visible[0]]


def job(request: HtmxRequest, job_id: int) -> HttpResponse:
    """Show a draft with its gallery, or how far a job has come."""
    found = reads.job_for(request.user, job_id)
    if found.state == BulkState.DRAFT:
        return page(request, "cases/bulk_draft.html", _draft(request, found))
    if is_partial(request) and found.state not in AT_WORK:
        return HttpResponseClientRefresh()  # the page of a finished job has other buttons
    return page(request, "cases/bulk_job.html", _standing(request, found))


def choice(request: HtmxRequest, job_id: int) -> HttpResponse:
    """Let the ticked cases of those that were shown take part, and leave out the others."""
    shown = _numbers(request.POST.get("shown", "").split(","))
    drafts.choose(job_id=job_id, actor=request.user, shown=shown, ticked=_numbers(request.POST.getlist("item")))
    if not is_partial(request):
        return see_other(request, f"{reverse('cases:bulk_job', args=[job_id])}?at={_place(request.POST.get('at', ''))}")
    found = reads.job_for(request.user, job_id)
    return partial(request, "cases/_bulk_tally.html", _sums(request, found, standing.of(found)))


def note_opening(request: HtmxRequest, ref: str) -> str:
    """Write down that a case was opened from a draft, and return the address of the job it was opened from."""
    number = request.GET.get("bulk", "")
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_ID):
        return ""
    is_mine = drafts.note_opening(job_id=int(number), case_id=case_id_of(ref), actor=request.user, now=timezone.now())
    return reverse("cases:bulk_job", args=[int(number)]) if is_mine else ""


def _draft(request: HtmxRequest, found: BulkJob) -> dict[str, Any]:
    everyone, at = standing.of(found), _place(request.GET.get("at", ""))
    rows = reads.gallery(everyone[at : at + reads.EACH_PAGE])
    groups = (
        ("Protected: tick each by itself", [row for row in rows if row.protected and row.standing.may_choose]),
        (
            "Decided alike unless you leave them out",
            [row for row in rows if not row.protected and row.standing.may_choose],
        ),
        ("Left out already", [row for row in rows if not row.standing.may_choose]),
    )
    return {
        **_sums(request, found, everyone),
        "groups": [(title, members) for title, members in groups if members],
        "shown": ",".join(str(row.standing.item_id) for row in rows if row.standing.may_choose),
        "at": at,
        "pages": _pages(len(everyone), at),
        "form_key": keys.new(),
    }


def _sums(request: HtmxRequest, found: BulkJob, everyone: list[standing.Standing]) -> dict[str, Any]:
    return {
        "now": timezone.now(),
        "job": found,
        "tally": reads.tally(found, everyone),
        "is_mine": found.actor_id == request.user.pk,
    }


def _standing(request: HtmxRequest, found: BulkJob) -> dict[str, Any]:
    at, progress = _place(request.GET.get("at", "")), reads.progress(found)
    return {
        "now": timezone.now(),
        "job": found,
        "progress": progress,
        "reason": runs.reason_of(found),
        "rows": reads.outcomes(found, at=at),
        "pages": _pages(sum(progress.states.values()), at),
        "is_mine": found.actor_id == request.user.pk,
        "is_working": found.state in AT_WORK,
        "may_retry": bool(progress.states.get("failed")),
        "may_reverse": bool(progress.states.get("done")),
        "form_key": keys.new(),
    }


def _pages(count: int, at: int) -> list[dict[str, Any]]:
    """Return the pages of a list, none where it fits on one."""
    starts = range(0, count, reads.EACH_PAGE) if count > reads.EACH_PAGE else ()
    return [
        {"at": start, "label": f"{start + 1}–{min(count, start + reads.EACH_PAGE)}", "current": start == at}
        for start in starts
    ]


def _place(text: str) -> int:
    """Return a place on the list that begins a page."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    return number - number % reads.EACH_PAGE


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID]
