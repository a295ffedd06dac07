"""The page that checks the trail names the entry that does not fit, between its neighbours."""

import re

import pytest
from django.db import connection

from tests.core.trail import tamper, write
from tscore.core.audit import seal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_anchors():
    seal.anchors_path().unlink(missing_ok=True)
    yield
    seal.anchors_path().unlink(missing_ok=True)


def test_a_broken_entry_is_named_between_its_neighbours(ada, auditor, now, services, sign_in):
    write(5, actor=ada, now=now)
    seal.seal_pending(limit=100, now=now)
    client = sign_in(auditor)
    tamper(services, connection.settings_dict["NAME"], "UPDATE core_auditevent SET reason = 'x' WHERE seq = 3")

    html = client.post("/audit/verification/").content.decode()

    around = re.search(r'aria-label="Where the chain first breaks.*?</table>', html, re.DOTALL)[0]
    rows = re.findall(r'<td class="num">(\d+)</td><th scope="row">(.*?)</th>', around, re.DOTALL)
    assert "The trail is not intact: 1 fault" in html
    assert re.search(r"row seq 3 \(id \d+\): its content was edited after it was sealed", html)
    assert [(place, "does not fit" in words) for place, words in rows] == [("2", False), ("3", True), ("4", False)]
