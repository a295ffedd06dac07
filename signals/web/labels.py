"""The page of labels."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from signals.enums import LabelSource, Verdict
from signals.models import AbuseType
from signals.queries.labels import label_page
from tscore.core import access
from tscore.core.http import HtmxRequest, page


def labels(request: HtmxRequest) -> HttpResponse:
    """Show one page of labels with their provenance, filtered by abuse type, source or verdict."""
    choices = {
        "abuse_type": list(AbuseType.objects.order_by("position").values_list("slug", "name")),
        "source": [(word, word.replace("_", " ")) for word in LabelSource.values],
        "verdict": [(word, word.replace("_", " ")) for word in Verdict.values],
    }
    asked = {name: _known(request.GET.get(name, ""), words) for name, words in choices.items()}
    found = label_page(**asked, cursor=request.GET.get("after") or None)
    filters = [
        {"name": name, "label": name.replace("_", " ").capitalize(), "words": words, "chosen": asked[name]}
        for name, words in choices.items()
    ]
    context = {
        "now": timezone.now(),
        "found": found,
        "filters": filters,
        "is_filtered": any(asked.values()),
        "may_open": access.may(request.user, "cases:entity"),
    }
    return page(request, "signals/labels.html", context)


def _known(word: str, words: list[tuple[str, str]]) -> str:
    return word if word in dict(words) else ""
