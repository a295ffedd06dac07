"""The file of a case: a page that prints, and a PDF whose hash stands in the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse, QueryDict
from django.utils import timezone

from cases.enums import Redaction
from cases.models import Case
from cases.queries.case_file import case_for_file, material, may_open_values
from cases.services import case_files
from cases.web.case_file.document import PARTS, CaseFile, case_file
from cases.web.case_file.pdf import pdf
from cases.web.case_file.tables import instant
from cases.web.refs import case_id_of
from cases.web.zones import zone_of
from tscore.core.errors import Refused
from tscore.core.http import HtmxRequest, page

FIRST_CHOICE: Final = Redaction.PEOPLE


class ValuesNotYours(Refused):
    """A file with personal values is for reviewers of the case's queue; choose one without them."""

    right = "review the queue of this case"
    granted_by = "a lead of the queue or an administrator"


def show(request: HtmxRequest, ref: str) -> HttpResponse:
    """Show the file as a page to print, and what can be chosen."""
    case = case_for_file(request.user, case_id_of(ref))
    chosen, may_open = _chosen(request.GET), may_open_values(request.user, case)
    context = {
        "ref": case.ref,
        "file": _file(request, case, chosen),
        "made": _made(request, timezone.now()),
        "redactions": [one for one in Redaction.choices if may_open or one[0] != Redaction.NONE],
        "parts": PARTS.items(),
        **chosen,
    }
    return page(request, "cases/case_file.html", context)


def download(request: HtmxRequest, ref: str) -> HttpResponse:
    """Return the PDF, and write down who took which."""
    case, chosen, now = case_for_file(request.user, case_id_of(ref)), _chosen(request.POST), timezone.now()
    file = _file(request, case, chosen)
    body = pdf(file, made=_made(request, now))
    case_files.made(case=case, actor=request.user, redaction=chosen["redaction"], sha256=file.sha256, now=now)
    headers = {"Content-Disposition": f'attachment; filename="case-file-{case.ref}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


def _chosen(form: QueryDict) -> dict[str, Any]:
    redaction = form.get("redaction", "")
    known = redaction in Redaction.values
    asked = [part for part in form.getlist("part") if part in PARTS] if known else [*PARTS]
    return {"redaction": Redaction(redaction) if known else FIRST_CHOICE, "asked": asked}


def _file(request: HtmxRequest, case: Case, chosen: dict[str, Any]) -> CaseFile:
    opened = chosen["redaction"] == Redaction.NONE
    if opened and not may_open_values(request.user, case):
        raise ValuesNotYours
    return case_file(material(case=case, opened=opened), redaction=chosen["redaction"], parts=chosen["asked"])


def _made(request: HtmxRequest, at: datetime) -> str:
    """Say when a file was made, also by the clock of whom it was made for."""
    zone = zone_of(request)
    here = "" if zone.key == "UTC" else f" ({at.astimezone(zone):%Y-%m-%d %H:%M} {zone.key})"
    return f"made {instant(at)}{here} for {request.user.name}"
