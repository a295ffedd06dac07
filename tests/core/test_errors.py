import json
import logging

import pytest
from django.db import connection
from django.test import Client

from tscore.core import errors
from tscore.core.errors import FieldProblem
from tscore.core.errors.problems import default_detail

pytestmark = [pytest.mark.urls("tests.core.views"), pytest.mark.usefixtures("declared")]
MEMBERS = ["code", "detail", "fields", "request_id", "status", "title", "type"]


class Explained(errors.Invalid):
    """The first paragraph is
    the message.

    The rest is for programmers.
    """


class Silent(errors.Conflict):
    pass


def test_default_detail_is_the_first_paragraph_of_the_docstring():
    assert default_detail(Explained) == "The first paragraph is the message."


def test_default_detail_of_a_class_without_docstring_is_that_of_its_parent():
    assert default_detail(Silent) == errors.Conflict.__doc__


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (errors.BadRequest, 400, "bad_request"),
        (errors.BodyLength, 400, "body_length"),
        (errors.NoKey, 401, "no_key"),
        (errors.BadKey, 401, "bad_key"),
        (errors.Refused, 403, "forbidden"),
        (errors.ScopeRefused, 403, "scope"),
        (errors.Missing, 404, "not_found"),
        (errors.MethodRefused, 405, "method_not_allowed"),
        (errors.Conflict, 409, "stale"),
        (errors.BodyTooLarge, 413, "body_too_large"),
        (errors.WrongMedia, 415, "unsupported_media_type"),
        (errors.Invalid, 422, "invalid"),
        (errors.TooMany, 429, "too_many_requests"),
        (errors.Fault, 500, "fault"),
        (errors.Busy, 503, "unavailable"),
    ],
)
def test_describe_gives_rfc_9457_members(kind, status, code):
    problem = (
        kind("Say it so.", fields=[FieldProblem("/0/time", "missing", "Give a time.")])
        if kind is errors.Invalid
        else kind()
    )

    body = errors.describe(problem, "rq_1")

    assert sorted(body) == MEMBERS
    assert (body["status"], body["code"], body["request_id"]) == (status, code, "rq_1")
    assert body["detail"].endswith(".")


def test_page_partial_and_json_say_the_same(db):
    client = Client()

    page = client.get("/fail/conflict/")
    partial = client.get("/fail/conflict/", headers={"HX-Request": "true"})
    machine = client.get("/fail/conflict/", headers={"Accept": "application/json"})

    assert [answer.status_code for answer in (page, partial, machine)] == [409, 409, 409]
    body = json.loads(machine.content)
    assert sorted(body) == MEMBERS
    assert (body["code"], body["detail"]) == ("stale", "This moved on.")
    assert body["fields"] == [{"pointer": "/a", "code": "late", "detail": "Too late."}]
    assert machine["Content-Type"] == "application/problem+json"
    assert machine["X-Request-ID"] == body["request_id"]
    for answer in (page, partial):
        assert "This moved on." in answer.text
        assert answer["X-Request-ID"] in answer.text
    assert "<html" in page.text
    assert "<html" not in partial.text


def test_page_falls_back_to_the_general_template(db):
    answer = Client().post("/fail/conflict/")

    assert (answer.status_code, answer["Allow"]) == (405, "GET")
    assert "<html" in answer.text


def test_fault_gives_a_reference_and_no_inside(db, caplog):
    with caplog.at_level(logging.ERROR):
        answer = Client().get("/fail/fault/", headers={"Accept": "application/json"})

    assert answer.status_code == 500
    assert answer.json()["code"] == "fault"
    assert "secret" not in answer.text
    assert answer["X-Request-ID"] in caplog.text
    assert "a secret detail" in caplog.text


def test_expected_problem_is_not_logged(db, caplog):
    Client().get("/fail/conflict/")

    assert [record for record in caplog.records if record.name == "tscore.errors"] == []


def test_busy_says_when_to_come_back(db):
    answer = Client().get("/fail/busy/", headers={"Accept": "application/json"})

    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "7", "unavailable")


def test_unknown_address_has_the_same_form_for_machines_and_people(db):
    machine = Client().get("/api/v1/no/such")
    person = Client().get("/no/such/")

    assert (machine.status_code, machine.json()["code"]) == (404, "not_found")
    assert person.status_code == 404
    assert "<html" in person.text


def test_a_script_without_token_may_fetch_one_and_try_once_more(db):
    client, script = Client(enforce_csrf_checks=True), {"HX-Request": "true"}

    statuses = [client.post("/login/", {}, headers=script | more).status_code for more in ({}, {"Again": "1"})]

    assert statuses == [401, 403]


def test_form_without_token_is_told_what_to_do(db):
    answer = Client(enforce_csrf_checks=True).post("/login/", {}, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("parse", 400, "malformed_json"),
        ("media", 415, "unsupported_media_type"),
        ("throttled", 429, "too_many_requests"),
        ("invalid", 422, "invalid"),
        ("method", 405, "method_not_allowed"),
        ("conflict", 409, "stale"),
        ("fault", 500, "fault"),
    ],
)
def test_api_view_answers_in_the_same_form(events_token, how, status, code):
    answer = Client().get(f"/api/v1/{how}", headers={"Authorization": f"Bearer {events_token}"})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert sorted(answer.json()) == MEMBERS
    assert answer["Content-Type"] == "application/problem+json"


def test_api_problem_points_at_each_member(events_token):
    answer = Client().get("/api/v1/invalid", headers={"Authorization": f"Bearer {events_token}"})

    assert [(field["pointer"], field["detail"]) for field in answer.json()["fields"]] == [
        ("/a", "Wrong."),
        ("/b/0/c", "Also wrong."),
    ]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}, {"Accept": "application/json"}])
def test_dead_database_is_said_in_every_form(transactional_db, ada, sign_in, monkeypatch, headers):
    client = sign_in(ada)
    connection.close()

    with monkeypatch.context() as outage:
        outage.setitem(connection.settings_dict, "HOST", "/nowhere")
        answer = client.get("/well/", headers=headers)

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert errors.Busy.__doc__ in answer.text
