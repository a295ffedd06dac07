import json
import os
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from tests.core.trail import chain_anew, faults, tamper, write
from tscore.core import audit
from tscore.core.audit import seal, trail, verify
from tscore.core.models import AuditCheckpoint, AuditEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_anchors():
    seal.anchors_path().unlink(missing_ok=True)
    yield
    seal.anchors_path().unlink(missing_ok=True)


@pytest.fixture
def sealed(ada, now):
    write(5, actor=ada, now=now)
    seal.seal_pending(limit=100, now=now)


@pytest.fixture
def name():
    return connection.settings_dict["NAME"]


def test_each_worker_of_the_tests_reads_the_names_it_was_given():
    assert str(settings.ANCHORS) == os.environ["ANCHORS"]
    assert os.environ["BROKER_URL"] == settings.BROKER_URL


def test_seal_gives_rows_a_place_without_gaps(ada, now):
    write(5, actor=ada, now=now)

    handled = [seal.seal_pending(limit=2, now=now) for _ in range(4)]

    assert handled == [2, 2, 1, 0]
    assert list(AuditEvent.objects.order_by("id").values_list("seq", flat=True)) == [1, 2, 3, 4, 5]
    assert faults() == []


def test_row_that_commits_late_comes_later_in_the_chain(ada, now):
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                audit.record(actor=None, actor_name="slow", verb="v", object_type="t", object_ref="r", at=now)
                begun.set()
                assert go_on.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(10)
    write(1, actor=ada, now=now)
    seal.seal_pending(limit=10, now=now)
    go_on.set()
    thread.join(10)
    seal.seal_pending(limit=10, now=now)

    assert list(AuditEvent.objects.order_by("id").values_list("actor_name", "seq")) == [("slow", 2), ("", 1)]
    assert faults() == []


def test_two_sealers_never_share_a_place(ada, now):
    write(40, actor=ada, now=now)
    start = threading.Barrier(4, timeout=10)

    def work() -> None:
        start.wait()
        try:
            for _ in range(500):
                if seal.seal_pending(limit=3, now=now) == 0 and trail.unsealed() == 0:
                    break
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(AuditEvent.objects.values_list("seq", flat=True)) == list(range(1, 41))
    assert faults() == []


def test_checkpoint_at_most_once_a_minute_and_a_copy_outside(ada, now):
    for seconds in (0, 30, 59, 60, 61):
        write(1, actor=ada, now=now)
        seal.seal_pending(limit=10, now=now + timedelta(seconds=seconds))

    outside = [json.loads(line)["seq"] for line in seal.anchors_path().read_text().splitlines()]

    assert list(AuditCheckpoint.objects.order_by("seq").values_list("seq", flat=True)) == [1, 4]
    assert outside == [1, 4]


def test_checkpoint_on_demand_signs_the_head_once(sealed, ada, now):
    write(1, actor=ada, now=now, first=6)
    seal.seal_pending(limit=10, now=now)

    first, second = seal.checkpoint(now=now), seal.checkpoint(now=now)

    assert (first.seq, second.pk) == (6, first.pk)


def test_checkpoint_of_an_empty_trail_is_none(db, now):
    assert seal.checkpoint(now=now) is None


TAMPERINGS = {
    "edited text": (
        "UPDATE core_auditevent SET object_ref = 'C-99' WHERE seq = 3",
        "row seq 3 (id {id}): its content was edited",
    ),
    "edited actor": (
        "UPDATE core_auditevent SET actor_id = NULL WHERE seq = 3",
        "row seq 3 (id {id}): its content was edited",
    ),
    "shifted time": (
        "UPDATE core_auditevent SET at = at + '1 s' WHERE seq = 3",
        "row seq 3 (id {id}): its content was edited",
    ),
    "another verb": (
        "UPDATE core_auditevent SET verb = 'case.held' WHERE seq = 3",
        "row seq 3 (id {id}): its content was edited",
    ),
    "edited json": (
        "UPDATE core_auditevent SET after = after || '{{\"z\": 2}}' WHERE seq = 3",
        "row seq 3 (id {id}): its content was edited",
    ),
    "another number form": (
        "UPDATE core_auditevent SET after = after || '{{\"z\": 1.0}}' WHERE seq = 3",
        "row seq 3 (id {id}): its content was edited",
    ),
    "null for empty json": (
        "UPDATE core_auditevent SET before = '{{}}' WHERE seq = 3",
        "row seq 3 (id {id}): its content was edited",
    ),
    "deleted middle": ("DELETE FROM core_auditevent WHERE seq = 3", "row seq 4 (id {after}): rows are missing"),
    "deleted first": ("DELETE FROM core_auditevent WHERE seq = 1", "row seq 2 (id {before}): rows are missing"),
    "cut tail": (
        "DELETE FROM core_auditevent WHERE seq >= 3",
        "rows up to seq 5 were signed, but the trail ends at seq 2",
    ),
    "deleted everything": (
        "DELETE FROM core_auditevent; DELETE FROM core_auditcheckpoint",
        "rows up to seq 5 were signed, but the trail ends at seq 0",
    ),
    "recomputed one hash": (
        "UPDATE core_auditevent SET verb = 'x', hash = sha256('x') WHERE seq = 3",
        "row seq 3 (id {id}): its content was edited",
    ),
    "swapped bodies": (
        "UPDATE core_auditevent a SET object_ref = b.object_ref FROM core_auditevent b"
        " WHERE (a.seq, b.seq) IN ((3, 4), (4, 3))",
        "row seq 3 (id {id}): its content was edited",
    ),
    "forged signature": (
        "UPDATE core_auditcheckpoint SET signature = decode(repeat('00', 64), 'hex')",
        "the checkpoint at seq 5 is not signed by this key",
    ),
    "doubled row": (
        "INSERT INTO core_auditevent (at, verb, object_type, object_ref, seq, previous_hash, hash) SELECT at, verb,"
        " object_type, object_ref, 6, hash, sha256('x') FROM core_auditevent WHERE seq = 5",
        "row seq 6 (id {new}): its content was edited",
    ),
}


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_verify_names_what_was_tampered_with(sealed, services, name, kind):
    statement, expected = TAMPERINGS[kind]
    ids = list(AuditEvent.objects.order_by("id").values_list("id", flat=True))

    for part in statement.replace("{{", "{").replace("}}", "}").split("; "):
        tamper(services, name, part)

    newest = AuditEvent.objects.order_by("id").last()
    text = expected.format(before=ids[1], id=ids[2], after=ids[3], new=newest.pk if newest else "")
    assert faults()[0].startswith(text)


def test_verify_sees_a_trail_that_was_chained_anew(sealed, services, name):
    tamper(services, name, "UPDATE core_auditevent SET object_ref = 'C-99' WHERE seq = 3")
    chain_anew(services, name)

    assert [fault.partition(":")[0].split(" (")[0] for fault in faults()] == ["row seq 5"]


def test_verify_sees_a_deleted_row_behind_a_new_chain(sealed, services, name):
    tamper(services, name, "DELETE FROM core_auditevent WHERE seq = 3")
    chain_anew(services, name)

    assert faults() == ["rows up to seq 5 were signed, but the trail ends at seq 4"]


def test_verify_sees_a_new_chain_even_without_the_checkpoints_of_the_database(sealed, services, name):
    tamper(services, name, "DELETE FROM core_auditcheckpoint")
    tamper(services, name, "DELETE FROM core_auditevent WHERE seq > 1")

    assert faults() == ["rows up to seq 5 were signed, but the trail ends at seq 1"]


@pytest.mark.parametrize("alias", ["default", "owner", "sealer"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditevent SET object_ref = 'C-99' WHERE seq = 3",
        "UPDATE core_auditevent SET hash = sha256('x') WHERE seq = 3",
        "DELETE FROM core_auditevent WHERE seq = 3",
        "TRUNCATE core_auditevent",
        "UPDATE core_auditcheckpoint SET seq = 1",
        "DELETE FROM core_auditcheckpoint",
    ],
)
def test_database_refuses_to_change_the_trail(sealed, alias, statement):
    with pytest.raises(Exception, match=r"append-only|permission denied"), connections[alias].cursor() as cursor:
        cursor.execute(statement)

    assert faults() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditevent SET seq = 9 WHERE seq IS NULL",
        "INSERT INTO core_auditcheckpoint (seq, hash, at, signature, key_id) VALUES (9, '', now(), '', '')",
        "ALTER TABLE core_auditevent DISABLE TRIGGER ALL",
    ],
)
def test_serving_role_can_neither_seal_nor_disarm(sealed, statement):
    with pytest.raises(Exception, match=r"permission denied|must be owner"), connection.cursor() as cursor:
        cursor.execute(statement)


def verify_audit(*arguments):
    out = StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_verify_audit_says_the_figure_last(sealed, ada, now):
    write(1, actor=ada, now=now, first=6)

    code, lines = verify_audit()

    assert code == 0
    assert lines[-1].startswith("5 entries sealed, 1 waiting, 1 checkpoints, head ")
    assert lines[-1].endswith(", 0 faults")


def test_verify_audit_of_an_empty_trail_is_well(db):
    assert verify_audit()[0] == 0


def test_verify_audit_fails_for_an_edited_row(sealed, services, name):
    tamper(services, name, "UPDATE core_auditevent SET reason = 'x' WHERE seq = 2")

    code, lines = verify_audit()

    assert code == 1
    assert lines[0].startswith("FAULT row seq 2 (id ")
    assert lines[-1].endswith(", 1 faults")


def test_verify_audit_fails_when_the_outside_copy_is_gone(sealed):
    seal.anchors_path().unlink()

    assert verify_audit()[1][0] == "FAULT the outside copy of the checkpoints is missing (checkpoints.jsonl)"


def test_verify_audit_bears_a_line_torn_by_a_crash(sealed):
    with seal.anchors_path().open("a") as file:
        file.write('{"seq": 6, "ha')

    assert verify_audit()[0] == 0


def test_verify_audit_fails_when_a_trigger_is_off(sealed):
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER audit_no_update")

    try:
        assert verify_audit()[1][0] == "FAULT the trigger audit_no_update is missing or switched off"
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE core_auditevent ENABLE TRIGGER audit_no_update")


def test_exported_trail_is_checked_without_the_console(sealed, tmp_path, capsys):
    verify_audit("--export", str(tmp_path))
    key = (tmp_path / "public_key.hex").read_text().strip()

    code = verify.main([str(tmp_path / "rows.jsonl"), str(tmp_path / "checkpoints.jsonl"), key])

    assert (code, capsys.readouterr().out) == (0, "5 rows, 1 checkpoints, 0 faults\n")


def test_trail_is_read_in_batches(sealed, monkeypatch):
    monkeypatch.setattr(trail, "SEALED_SQL", trail.SEALED_SQL.replace("5000", "2"))

    assert [row["seq"] for row in trail.sealed()] == [1, 2, 3, 4, 5]
