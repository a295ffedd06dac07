"""The pages of training tables: the list, a build, one table with its files."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from signals.forms import DatasetForm
from signals.queries import datasets as reads
from signals.services import datasets
from tscore.core import ids
from tscore.core.errors import Invalid
from tscore.core.http import HtmxRequest, page, see_other
from tscore.core.idempotency import once_long


def dataset_list(request: HtmxRequest) -> HttpResponse:
    """Show one page of tables, the newest build first."""
    found = reads.dataset_page(cursor=request.GET.get("after") or None)
    rows = [(ids.row_ref("ds", version.pk), version) for version in found.rows]
    context = {"now": timezone.now(), "found": found, "rows": rows}
    return page(request, "signals/datasets.html", context)


def build(request: HtmxRequest) -> HttpResponse:
    """Ask for a table, and build it."""
    now = timezone.now()
    if request.method != "POST":
        form = DatasetForm(initial={"as_of": now.replace(microsecond=0), "key": secrets.token_urlsafe(16)})
        return page(request, "signals/dataset_build.html", {"form": form, "specs": datasets.SPECS})
    form = DatasetForm(request.POST)
    if form.is_valid():
        try:
            ref = _build(request, now=now, **form.cleaned_data)
        except Invalid as problem:
            form.add_error(None, problem.detail)
        else:
            return see_other(request, "signals:dataset", ref)
    return page(request, "signals/dataset_build.html", {"form": form, "specs": datasets.SPECS}, status=422)


def dataset(request: HtmxRequest, ref: str) -> HttpResponse:
    """Show one table: what it holds, how it came to be, its files."""
    version = reads.dataset_for(ref)
    context = {"now": timezone.now(), "ref": ref, "version": version, "card": reads.card_of(version)}
    return page(request, "signals/dataset.html", context)


def dataset_file(request: HtmxRequest, ref: str, name: str) -> HttpResponseBase:
    """Hand out a file: card and manifest to read, the data itself on the record."""
    version = reads.dataset_for(ref)
    path, form = reads.file_of(version, name)
    if name in datasets.DATA_FILES and request.method != "POST":
        return see_other(request, "signals:dataset", ref)
    if request.method == "POST":
        datasets.note_download(version=version, file=name, actor=request.user, now=timezone.now())
    filename = f"{version.abuse_type_id}-{ref}-{name}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=filename, content_type=form)


def _build(request: HtmxRequest, *, abuse_type: str, as_of: datetime, key: str, now: datetime) -> str:
    """Build once for one press of the button, however often the browser sends it; return the table's reference."""
    actor = f"user:{request.user.pk}"
    # Named after the press of the button: a repetition finds what it built, or builds again in the same place.
    press = hashlib.sha256(f"{actor}\x1f{key}".encode()).hexdigest()[:16]
    folder = f"{abuse_type}-{as_of:%Y%m%dT%H%M%S}-{press}"

    def run() -> tuple[int, dict[str, Any]]:
        version = datasets.build(
            abuse_type=abuse_type,
            as_of=as_of,
            out=reads.store() / folder,
            folder=folder,
            actor=request.user,
            now=now,
        )
        return 303, {"dataset": ids.row_ref("ds", version.pk)}

    def find() -> tuple[int, dict[str, Any]] | None:
        built = reads.built_in(folder)
        return (303, {"dataset": ids.row_ref("ds", built.pk)}) if built else None

    body = json.dumps([abuse_type, as_of.isoformat()]).encode()
    _, answer = once_long(key=key, actor=actor, request=body, now=now, run=run, find=find)
    return str(answer["dataset"])
