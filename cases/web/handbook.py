"""The policy handbook: for reading, and beside the field where a policy is chosen."""

from __future__ import annotations

from django.http import HttpResponse

from cases.queries import handbook
from tscore.core.http import HtmxRequest, is_partial, page, partial


def policy_list(request: HtmxRequest) -> HttpResponse:
    """Show the policies in force."""
    return page(request, "cases/handbook.html", {"policies": handbook.policies()})


def policy(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show one policy, as a page or as what opens under the field."""
    context = {"policy": handbook.policy(slug)}
    if is_partial(request):
        return partial(request, "cases/_policy.html", context)
    return page(request, "cases/policy.html", context)
