"""What Django calls when no view could: unknown address, refused form token, fault outside any view."""

from django.http import HttpRequest, HttpResponse

from tscore.core.errors import problems
from tscore.core.errors.render import render
from tscore.core.errors.translate import problem_of


class FormTooOld(problems.Refused):
    """This form is too old or was opened elsewhere. Reload the page and send it again."""

    code = "csrf"
    granted_by = ""


class TokenTooOld(problems.Problem):
    """You signed in anew since this page was drawn. What you wrote is still on it: send it again."""

    status = 401
    code = "csrf"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token does not fit; scripts fetch a fresh one and send it again, but once only."""
    may_ask = "HX-Request" in request.headers and "Again" not in request.headers
    return render(request, TokenTooOld() if may_ask else FormTooOld())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that was refused before any view saw it."""
    return render(request, problem_of(exception) or problems.BadRequest())


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a refusal raised outside a view."""
    return render(request, problem_of(exception) or problems.Refused())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an unknown address."""
    return render(request, problems.Missing())


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault raised outside a view; Django has logged it."""
    return render(request, problems.Fault())
