"""The readable API page names everything that the API knows."""

import pytest
from django.core.management import call_command
from django.test import Client

from signals.kinds import KINDS
from signals.services.intake.problems import DETAILS
from tscore.core.models import ApiKey

pytestmark = pytest.mark.django_db


def test_page_is_public_and_names_every_kind_and_code():
    page = Client().get("/docs/api/")

    text = page.content.decode()
    assert page.status_code == 200
    assert [name for name in (*KINDS, *DETAILS) if f"<code>{name}</code>" not in text] == []
    assert "curl -sS http://testserver/api/v1/events" in text


def test_page_has_the_shell_for_people(ada, sign_in):
    assert 'id="live"' in sign_in(ada).get("/docs/api/").content.decode()


def test_command_prints_a_key_that_works_once(capsys):
    call_command("create_api_key", source="my-shop", scope=["events:write"])

    token = capsys.readouterr().out.strip()
    answer = Client().post(
        "/api/v1/events", b"[]", content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 422
    assert ApiKey.objects.get().source == "my-shop"
