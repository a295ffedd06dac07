"""The ground the other tests stand on: roles, cleaning, a closed network, a browser before a real server."""

import socket
from typing import Any

import pytest
from django.db import ProgrammingError, connections

from tests import database
from tscore.embedded import valkey

CREATE = "CREATE TABLE IF NOT EXISTS harness (id bigint GENERATED ALWAYS AS IDENTITY, word text)"


def ask(alias: str, statement: str) -> list[Any]:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def table(transactional_db: None) -> Any:
    ask("owner", CREATE)
    ask("owner", "GRANT SELECT, INSERT ON harness TO app")
    yield "harness"
    ask("owner", "DROP TABLE harness")


@pytest.mark.parametrize(("alias", "role"), [("default", "app"), ("owner", "owner"), ("sealer", "sealer")])
def test_each_alias_is_its_role_on_one_database(db: None, alias: str, role: str) -> None:
    assert ask(alias, "SELECT current_user, current_database()") == [(role, database.NAME)]


def test_app_may_not_create_tables(transactional_db: None) -> None:
    with pytest.raises(ProgrammingError, match="permission denied for schema public"):
        ask("default", "CREATE TABLE mine (id int)")


def test_clean_empties_what_app_may_not_delete_and_counts_anew(table: str) -> None:
    ask("default", "INSERT INTO harness (word) VALUES ('one'), ('two')")

    database.clean()
    ask("default", "INSERT INTO harness (word) VALUES ('three')")

    assert ask("default", "SELECT id, word FROM harness") == [(1, "three")]


def test_broker_is_empty_and_real(broker: str, services: Any) -> None:
    assert valkey.ask(services.data, f"SELECT {database.WORKER_NUMBER}", "DBSIZE").endswith(b":0\r\n")


def test_the_network_is_closed() -> None:
    with pytest.raises(UserWarning, match=r"tried to use socket.*192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


@pytest.mark.browser
def test_a_page_opens_in_a_real_browser(transactional_db: None, page: Any) -> None:
    answer = page.goto("/healthz")

    assert answer.status == 200
