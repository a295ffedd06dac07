"""Addresses that fail in every way, for the tests of the error form and of the access table."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.exceptions import MethodNotAllowed, ParseError, Throttled, UnsupportedMediaType, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tscore.core import access, errors
from tscore.core import urls as core_urls
from tscore.core.errors import FieldProblem
from tscore.core.http import read_body, see_other


class Moved(errors.Conflict):
    """This moved on."""


FAILURES = {
    "conflict": Moved(fields=[FieldProblem("/a", "late", "Too late.")]),
    "fault": RuntimeError("a secret detail"),
    "busy": errors.Busy(retry_after_s=7),
}
DRF_FAILURES = {
    "parse": ParseError(),
    "media": UnsupportedMediaType("text/x"),
    "throttled": Throttled(wait=9),
    "invalid": ValidationError({"a": ["Wrong."], "b": [{"c": ["Also wrong."]}]}),
    "method": MethodNotAllowed("PUT"),
}


def fail(request: HttpRequest, how: str) -> HttpResponse:
    raise FAILURES[how]


def well(request: HttpRequest) -> HttpResponse:
    return HttpResponse("well")


def body(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(read_body(request, 1000))))


def onward(request: HttpRequest) -> HttpResponse:
    return see_other(request, "core:profile")


class Api(APIView):
    required_scope = "events:write"

    def get(self, request: Request, how: str) -> Response:
        if how == "well":
            return Response({"source": request.auth.source})
        raise {**FAILURES, **DRF_FAILURES}[how]


urlpatterns = [
    path("fail/<slug:how>/", fail, name="fail"),
    path("well/", well, name="well"),
    path("undeclared/", well, name="undeclared"),
    path("audit-only/", well, name="audit-only"),
    path("onward/", onward, name="onward"),
    path("api/v1/body", body, name="body"),
    path("api/v1/<slug:how>", Api.as_view(), name="api"),
    path("", include(core_urls)),
]
ACCESS = {
    "fail": {"GET": access.Public()},
    "well": {"GET": access.SignedIn()},
    "audit-only": {"GET": access.Group("auditor")},
    "onward": {"POST": access.SignedIn()},
    "body": {"POST": access.Public()},
    "api": {"GET": access.Key("events:write")},
}
handler404 = "tscore.core.errors.not_found"
handler500 = "tscore.core.errors.server_error"
