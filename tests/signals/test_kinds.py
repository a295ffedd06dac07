"""The table of kinds holds together."""

import msgspec
import pytest

from signals.kinds import KINDS
from signals.kinds_members import ENTITY_KINDS, PERSONAL_KINDS, Shape
from signals.kinds_structs import DECODERS, struct

DOCUMENTED = [
    "account.created",
    "account.updated",
    "account.suspended",
    "account.restricted",
    "account.restored",
    "account.closed",
    "login.succeeded",
    "login.failed",
    "session.ended",
    "listing.created",
    "listing.updated",
    "listing.hidden",
    "listing.shown",
    "listing.removed",
    "listing.sold",
    "message.sent",
    "message.retracted",
    "message.restored",
    "payment.authorized",
    "payment.captured",
    "payment.refused",
    "payment.cancelled",
    "payment.refunded",
    "payout.requested",
    "payout.held",
    "payout.released",
    "payout.paid",
    "dispute.opened",
    "dispute.updated",
    "dispute.closed",
    "report.created",
    "entity.blocked",
    "entity.unblocked",
    "appeal.created",
]


def test_table_holds_the_documented_kinds():
    assert sorted(KINDS) == sorted(DOCUMENTED)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_kind_is_consistent(kind):
    names = [member.name for member in kind.members]

    assert len(names) == len(set(names))
    assert kind.actor is None or kind.entity_members[kind.actor] == "account"
    assert set(kind.entity_members.values()) <= {*ENTITY_KINDS, ""}
    assert {kind.by_name[name].entity for name in kind.personal_members} <= PERSONAL_KINDS
    assert list(struct(kind).__struct_fields__) == list(kind.by_name)
    assert max(map(len, kind.by_name)) <= 32
    assert len(kind.name) <= 32


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_kind_refuses_an_unknown_member(kind):
    with pytest.raises(msgspec.ValidationError):
        DECODERS[kind.name].decode(b'{"surely_unknown":1}')


@pytest.mark.parametrize(
    ("name", "text_members", "personal_members"),
    [
        ("account.created", ("name",), ("email", "phone", "address")),
        ("listing.created", ("title", "description"), ()),
        ("message.sent", ("text",), ()),
        ("message.retracted", (), ()),
        ("payment.captured", (), ("card", "email", "shipping_address")),
        ("payout.requested", (), ("payout_account",)),
    ],
)
def test_kind_says_where_texts_and_personal_values_are(name, text_members, personal_members):
    assert (KINDS[name].text_members, KINDS[name].personal_members) == (text_members, personal_members)


def test_shape_of_a_member_follows_its_entity_kind():
    shapes = {member.entity: member.shape for kind in KINDS.values() for member in kind.members if member.entity}

    assert {kind for kind, shape in shapes.items() if shape is Shape.VALUE} == {
        "email",
        "phone",
        "address",
        "card",
        "payout_account",
    }
