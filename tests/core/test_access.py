import pytest
from django.test import Client

from tscore import checks
from tscore.core import access

pytestmark = [pytest.mark.urls("tests.core.views"), pytest.mark.usefixtures("declared")]


def test_undeclared_route_is_not_there(ada, sign_in):
    assert sign_in(ada).get("/undeclared/").status_code == 404


def test_undeclared_method_is_refused(ada, sign_in):
    answer = sign_in(ada).post("/well/")

    assert (answer.status_code, answer["Allow"]) == (405, "GET")


def test_head_is_allowed_where_get_is(ada, sign_in):
    assert sign_in(ada).head("/well/").status_code == 200


def test_signed_out_person_is_sent_to_the_login_page_and_back(db):
    answer = Client().get("/well/?a=1")

    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/well/%3Fa%3D1")


def test_a_signed_out_fragment_is_told_so_and_the_page_stays(db):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/queues/ato/"}

    answer = Client().get("/well/", headers=headers)

    assert answer.status_code == 401
    assert "HX-Redirect" not in answer
    assert "What you wrote is still on the page" in answer.text


def test_signed_out_machine_gets_a_problem(db):
    answer = Client().get("/well/", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


def test_page_of_a_group_does_not_exist_for_others(mallory, auditor, sign_in):
    assert sign_in(mallory).get("/audit-only/").status_code == 404
    assert sign_in(auditor).get("/audit-only/").status_code == 200


def test_group_must_exist():
    with pytest.raises(ValueError, match="No such group"):
        access.Group("wizard")


def test_api_takes_a_key_and_no_session(ada, sign_in, events_token):
    with_session = sign_in(ada).get("/api/v1/well")
    with_key = Client().get("/api/v1/well", headers={"Authorization": f"Bearer {events_token}"})

    assert (with_session.status_code, with_session.json()["code"]) == (401, "no_key")
    assert with_session["WWW-Authenticate"] == "Bearer"
    assert (with_key.status_code, with_key.json()) == (200, {"source": "shop-eu"})


def test_page_takes_no_key(events_token):
    answer = Client().get("/well/", headers={"Authorization": f"Bearer {events_token}"})

    assert answer.status_code == 302


def test_key_without_the_scope_is_refused(signals_token):
    answer = Client().get("/api/v1/well", headers={"Authorization": f"Bearer {signals_token}"})

    assert (answer.status_code, answer.json()["code"]) == (403, "scope")


def test_private_pages_are_never_stored(ada, sign_in):
    answer = sign_in(ada).get("/well/")

    assert answer["Cache-Control"] == "no-store"
    assert "HX-Request" in answer["Vary"]


def test_see_other_redirects_pages_and_fragments(ada, sign_in):
    client = sign_in(ada)

    page = client.post("/onward/")
    fragment = client.post("/onward/", headers={"HX-Request": "true"})

    assert (page.status_code, page["Location"]) == (303, "/me/display/")
    assert fragment["HX-Redirect"] == "/me/display/"


def test_check_names_undeclared_and_unknown_routes(monkeypatch):
    monkeypatch.setitem(access.TABLE, "no:such", {})

    messages = [error.msg for error in checks.every_route_is_declared()]

    assert "Route 'undeclared' is not declared in any ACCESS table, so nobody may use it." in messages
    assert "ACCESS declares 'no:such', but there is no such route." in messages


def test_check_names_a_scope_that_differs(monkeypatch):
    monkeypatch.setitem(access.TABLE, "api", {"GET": access.Key("assess")})

    messages = [error.msg for error in checks.every_api_view_asks_for_its_declared_scope()]

    assert messages == ["Route 'api' is declared with scope 'assess', its view asks for 'events:write'."]
