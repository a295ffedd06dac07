import json
import re

import pytest
from django.test import Client

from tscore.core.models import AuditEvent

PASSWORD = "correct horse battery"


@pytest.fixture
def with_password(mallory):
    mallory.set_password(PASSWORD)
    mallory.save()
    return mallory


def sign_in_with(password, email="Mallory@cast.test ", **more):
    return Client().post("/login/", {"username": email, "password": password, **more})


def test_login_page_is_shown_to_anybody(db):
    answer = Client().get("/login/?next=/queues/")

    assert answer.status_code == 200
    assert 'name="next" value="/queues/"' in answer.text


def test_login_signs_in_and_is_recorded(with_password):
    answer = sign_in_with(PASSWORD, next="/me/display/")

    assert (answer.status_code, answer["Location"]) == (303, "/me/display/")
    assert list(AuditEvent.objects.values_list("actor", "verb", "object_ref")) == [
        (with_password.pk, "user.signed_in", with_password.pseudonym)
    ]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_login_leads_nowhere_else(with_password, elsewhere):
    assert "evil" not in sign_in_with(PASSWORD, next=elsewhere)["Location"]


@pytest.mark.parametrize(("email", "password"), [("mallory@cast.test", "wrong"), ("nobody@cast.test", PASSWORD)])
def test_login_refuses_any_wrong_pair_with_one_message(with_password, email, password):
    answer = sign_in_with(password, email=email)

    assert answer.status_code == 422
    assert "E-mail and password do not match. Check both and try again." in answer.text
    event = AuditEvent.objects.get()
    assert (event.actor, event.actor_name, event.verb) == (None, "anonymous", "user.sign_in_refused")
    assert event.object_ref.startswith("tok_")


def test_login_refuses_an_inactive_person(with_password):
    with_password.is_active = False
    with_password.save()

    assert sign_in_with(PASSWORD).status_code == 422


def test_signed_in_person_is_sent_on_from_the_login_page(mallory, sign_in):
    assert sign_in(mallory).get("/login/?next=/me/display/")["Location"] == "/me/display/"


def test_people_of_the_demo_are_shown_only_in_the_demo(db, settings, tmp_path):
    settings.DATA = tmp_path
    people = [{"email": "lead@demo.test", "password": "demo-password", "role": "lead"}]
    (tmp_path / "demo.json").write_text(json.dumps({"users": people}))

    outside = Client().get("/login/").text
    settings.DEMO = True
    inside = Client().get("/login/").text

    assert "lead@demo.test" not in outside
    assert "lead@demo.test" in inside


def test_logout_needs_a_post_and_ends_the_session(mallory, sign_in):
    client = sign_in(mallory)

    assert client.get("/logout/").status_code == 405
    answer = client.post("/logout/")

    assert (answer.status_code, answer["Location"]) == (303, "/login/")
    assert client.get("/me/display/").status_code == 302
    assert AuditEvent.objects.get().verb == "user.signed_out"


def test_display_settings_are_kept(mallory, sign_in):
    chosen = {"theme": "dark", "density": "compact", "text_size": "115", "time_zone": "Europe/Berlin"}

    answer = sign_in(mallory).post("/me/display/", chosen)

    mallory.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (303, "/me/display/")
    assert (mallory.theme, mallory.density, mallory.text_size, mallory.time_zone) == (
        "dark",
        "compact",
        115,
        "Europe/Berlin",
    )


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"text_size": "9000"}, {"time_zone": "../etc/passwd"}])
def test_display_settings_refuse_what_is_not_offered(mallory, sign_in, wrong):
    chosen = {"theme": "dark", "density": "compact", "text_size": "115", "time_zone": "UTC", **wrong}

    answer = sign_in(mallory).post("/me/display/", chosen)

    mallory.refresh_from_db()
    assert (answer.status_code, mallory.theme) == (422, "system")


def test_display_settings_page_shows_the_settings(mallory, sign_in):
    answer = sign_in(mallory).get("/me/display/")

    assert answer.status_code == 200
    assert "Display" in answer.text


@pytest.mark.parametrize("email", ["mallory@cast.test", "nobody@cast.test"])
def test_login_makes_whoever_guesses_wait_with_one_message(with_password, email, caplog):
    answers = [sign_in_with(f"guess-{number}", email=email) for number in range(5)]

    refused = sign_in_with(PASSWORD, email=email)

    assert [answer.status_code for answer in answers] == [422] * 5
    assert (refused.status_code, 25 <= int(refused["Retry-After"]) <= 30) == (429, True)
    assert re.findall(r"<p>(Too many .*?)</p>", refused.text) == [
        f"Too many attempts to sign in. Try again in {refused['Retry-After']} seconds."
    ]
    assert "_auth_user_id" not in refused.client.session
    last = AuditEvent.objects.order_by("-id").first()
    assert (AuditEvent.objects.count(), last.verb, last.after) == (5, "user.sign_in_refused", {"next_try_after_s": 30})
    assert [record.levelname for record in caplog.records if record.name == "tscore.core.web.sessions"] == ["WARNING"]
    assert (PASSWORD in caplog.text, email in caplog.text) == (False, False)


def test_login_after_some_failures_starts_afresh(with_password):
    for number in range(4):
        sign_in_with(f"guess-{number}")

    assert sign_in_with(PASSWORD).status_code == 303
    assert [sign_in_with("wrong").status_code for _ in range(4)] == [422] * 4


def test_forwarded_address_of_a_stranger_changes_nothing(with_password):
    for number in range(20):
        headers = {"X-Forwarded-For": f"192.0.2.{number}"}
        Client(headers=headers).post("/login/", {"username": f"n{number}@cast.test", "password": "wrong"})

    assert sign_in_with(PASSWORD).status_code == 429


PARTIAL = {"HX-Request": "true"}


def go_on(client, person, password):
    return client.post("/login/again/", {"who": person.pseudonym, "password": password}, headers=PARTIAL)


def test_the_same_person_goes_on_with_the_password_alone(with_password):
    client = Client()

    answer = go_on(client, with_password, PASSWORD)

    assert answer.status_code == 200
    assert f'data-of="{with_password.pseudonym}"' in answer.text
    assert client.get("/me/display/").status_code == 200
    assert AuditEvent.objects.get().verb == "user.signed_in"


def test_a_fresh_token_comes_with_it_and_is_accepted(with_password):
    client = Client(enforce_csrf_checks=True)
    form = client.get("/login/again/", headers=PARTIAL).text
    stale = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
    sent = {"who": with_password.pseudonym, "password": PASSWORD, "csrfmiddlewaretoken": stale}

    fresh = re.search(r'data-token="(\w+)"', client.post("/login/again/", sent, headers=PARTIAL).text)[1]

    settings = {"theme": "dark", "density": "compact", "text_size": 100, "time_zone": "UTC"}
    assert client.post("/me/display/", settings, headers={"X-CSRFToken": stale}).status_code == 403
    assert client.post("/me/display/", settings, headers={"X-CSRFToken": fresh}).status_code == 303


def test_another_password_or_person_does_not_go_on(with_password):
    client = Client()

    refused = go_on(client, with_password, "wrong")

    assert refused.status_code == 422
    assert "That is not your password." in refused.text
    assert client.post("/login/again/", {"who": "nobody", "password": PASSWORD}, headers=PARTIAL).status_code == 422
    assert client.get("/me/display/").status_code == 302


def test_going_on_waits_like_signing_in(with_password):
    client = Client()
    for _ in range(5):
        go_on(client, with_password, "wrong")

    refused = go_on(client, with_password, PASSWORD)

    assert "Too many attempts to sign in." in refused.text
    assert client.get("/me/display/").status_code == 302


def test_whoever_is_signed_in_only_fetches_the_token(with_password, ada, sign_in):
    answer = go_on(sign_in(ada), with_password, "wrong")

    assert f'data-of="{ada.pseudonym}"' in answer.text
    assert AuditEvent.objects.count() == 0
