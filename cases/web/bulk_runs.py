"""What a bulk job would do, running it, and everything that can be done to it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from cases.enums import BulkState
from cases.models import BulkJob
from cases.queries import bulk as reads
from cases.queries import bulk_effects
from cases.services import catalogue
from cases.services.bulk import drafts, runs, standing
from cases.web import keys
from tscore.core.errors import Conflict, Invalid, Problem
from tscore.core.http import HtmxRequest, page, see_other


def preview(request: HtmxRequest, job_id: int) -> HttpResponse:
    """Show what a preset would do to the cases that take part, before anything happens."""
    found = reads.job_for(request.user, job_id)
    if found.state != BulkState.DRAFT:
        return see_other(request, "cases:bulk_job", job_id)
    return _previewed(request, found, position=_position(request.GET.get("preset", "")))


def run(request: HtmxRequest, job_id: int) -> HttpResponse:
    """Let the job run, if everything is as it was shown."""
    wanted = runs.Wanted(
        preset=_position(request.POST.get("preset", "")),
        reason=request.POST.get("why", ""),
        seen=request.POST.get("seen", ""),
        typed=request.POST.get("typed", ""),
    )
    try:
        return _once(request, job_id, lambda now: runs.start(job_id=job_id, actor=request.user, wanted=wanted, now=now))
    except drafts.NotADraft:
        raise
    except (Invalid, Conflict) as problem:
        found = reads.job_for(request.user, job_id)
        return _previewed(request, found, position=wanted.preset, problem=problem, why=wanted.reason)


def stop(request: HtmxRequest, job_id: int) -> HttpResponse:
    """Stop a job: what is not decided yet is left."""
    return _once(request, job_id, lambda now: runs.stop(job_id=job_id, actor=request.user, now=now))


def retry(request: HtmxRequest, job_id: int) -> HttpResponse:
    """Try again what failed."""
    return _once(request, job_id, lambda now: runs.retry(job_id=job_id, actor=request.user, now=now))


def reversal(request: HtmxRequest, job_id: int) -> HttpResponse:
    """Take the whole job back."""
    return _once(request, job_id, lambda now: runs.reverse(job_id=job_id, actor=request.user, now=now))


def discarding(request: HtmxRequest, job_id: int) -> HttpResponse:
    """Throw a draft away."""
    return _once(request, job_id, lambda now: drafts.discard(job_id=job_id, actor=request.user, now=now))


def _once(request: HtmxRequest, job_id: int, act: Callable[[datetime], object]) -> HttpResponse:
    now = timezone.now()

    def run() -> dict[str, Any]:
        act(now)
        return {"job": job_id}

    keys.once(request, now=now, run=run)
    return see_other(request, "cases:bulk_job", job_id)


def _previewed(
    request: HtmxRequest, found: BulkJob, *, position: int, problem: Problem | None = None, why: str = ""
) -> HttpResponse:
    everyone = standing.of(found)
    presets = catalogue.holding([found.queue_id]).presets_of(found.queue_id)
    preset = next((one for one in presets if one.position == position), None)
    context = {
        "job": found,
        "tally": reads.tally(found, everyone),
        "is_mine": found.actor_id == request.user.pk,
        "presets": presets,
        "preset": preset,
        "policy": catalogue.current().policies[preset.policy_id] if preset else None,
        "effects": bulk_effects.effects(queue=found.queue, preset=preset, found=everyone) if preset else [],
        "is_final": runs.is_final(preset.action_kinds) if preset else False,
        "seen": standing.digest(everyone, preset=position),
        "problem": problem,
        "why": why,
        "form_key": keys.new(),
    }
    return page(request, "cases/bulk_preview.html", context, status=problem.status if problem else 200)


def _position(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
