import pytest
from django.db import transaction
from django.test import RequestFactory

from tscore.core import audit, origin
from tscore.core.db import NoTransaction
from tscore.core.models import AuditEvent


def record(ada, now, **more):
    audit.record(actor=ada, verb="case.claimed", object_type="case", object_ref="C-812", at=now, **more)


def test_record_needs_the_transaction_of_the_change(ada, now):
    with pytest.raises(NoTransaction):
        record(ada, now)

    assert AuditEvent.objects.count() == 0


def test_record_keeps_who_what_and_when(ada, now):
    with transaction.atomic():
        record(ada, now, before={"state": "queued"}, after={"state": "reviewing"}, reason="next")

    event = AuditEvent.objects.get()

    assert (event.actor, event.verb, event.object_type, event.object_ref, event.at) == (
        ada,
        "case.claimed",
        "case",
        "C-812",
        now,
    )
    assert (event.before, event.after, event.reason) == ({"state": "queued"}, {"state": "reviewing"}, "next")
    assert (event.seq, event.hash, event.request_id, event.ip) == (None, None, "", None)


def test_record_keeps_the_request_it_came_from(ada, now):
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")

    with origin.of_request(request) as here, transaction.atomic():
        record(ada, now)

    event = AuditEvent.objects.get()
    assert (event.request_id, event.ip) == (here.request_id, "192.0.2.7")
    assert origin.current() == origin.NOWHERE


@pytest.mark.parametrize(
    ("behind", "forwarded", "ip"),
    [
        (False, "203.0.113.9", "10.0.0.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (True, "junk", None),
        (True, None, "10.0.0.1"),
    ],
)
def test_address_is_the_one_our_own_proxy_saw(settings, behind, forwarded, ip):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if behind else None
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    with origin.of_request(RequestFactory().get("/", headers=headers, REMOTE_ADDR="10.0.0.1")) as here:
        assert here.ip == ip


def test_record_of_a_stage_names_the_stage(db, now):
    with transaction.atomic():
        audit.record(
            actor=None, actor_name="system:release", verb="case.released", object_type="case", object_ref="C-1", at=now
        )

    assert AuditEvent.objects.get().actor_name == "system:release"


def test_record_many_writes_its_entries_in_order_in_one_statement(ada, now, django_assert_num_queries):
    entries = [
        audit.Entry(actor=ada, verb=verb, object_type="case", object_ref="C-1", at=now)
        for verb in ("note.added", "case.decided")
    ]

    with transaction.atomic(), django_assert_num_queries(1):
        audit.record_many(entries)

    assert list(AuditEvent.objects.order_by("id").values_list("verb", flat=True)) == ["note.added", "case.decided"]
