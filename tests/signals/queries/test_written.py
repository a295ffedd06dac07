"""Things by the words in them, and what is one letter away."""

import pytest
from django.db import connection

from signals.queries.one_letter_off import one_letter_off
from signals.queries.written import (
    Question,
    domains_like,
    entities_near,
    find_written,
    with_typos,
)
from tests import factories
from tests.factories import NOON, after
from tscore.core import crypto

pytestmark = pytest.mark.django_db


def listing(name: str, title: str, seller: str = "s-1", description: str = "As new", at=NOON):
    return factories.event("listing.created", at, listing=name, seller=seller, title=title, description=description)


def found(asked: Question, **narrowed) -> list[str]:
    held = find_written(asked, **narrowed)
    names = {one.entity_id: one for one in held.things}
    from signals.models import Entity

    by_id = Entity.objects.in_bulk(names)
    return [by_id[one.entity_id].external_id for one in held.things]


def test_all_words_must_stand_in_one_text_in_any_order_and_as_beginnings():
    listing("l-1", "Brand new iPhones, sealed"), listing("l-2", "iPhone with a crack"), listing("l-3", "Toy")

    assert found(Question(words=["seal", "iphone"])) == ["l-1"]
    assert sorted(found(Question(words=["IPHONE"]))) == ["l-1", "l-2"]
    assert found(Question(words=["hone"])) == []


def test_phrases_keep_their_order_and_words_can_be_left_out():
    listing("l-1", "gift card cheap"), listing("l-2", "card for a gift")

    assert found(Question(words=[], phrases=["gift card"])) == ["l-1"]
    assert found(Question(words=["gift"], without=["cheap"])) == ["l-2"]


@pytest.mark.parametrize("text", ["'", "\\", "' | 'x", "a & !b", ":*", "(((", "\x00", "x\x00y", "<->", "ⓧ'\\''", '"'])
def test_no_text_breaks_a_question(text):
    listing("l-1", "Toy")

    for asked in (Question(words=[text]), Question(words=["zzz"], phrases=[text], without=[text])):
        assert found(asked) == []


def test_what_is_left_out_alone_asks_for_nothing():
    listing("l-1", "bike")

    assert found(Question(without=["toy"])) == []
    assert found(Question()) == []


def test_members_kinds_and_entities_narrow_it_down():
    listing("l-1", "red bike", "s-1", description="blue"), listing("l-2", "red car", "s-2", description="red")
    factories.event("message.sent", NOON, message="m-1", sender="s-1", recipient="r-1", text="red wine")
    first, second = (factories.entity("account", name) for name in ("s-1", "r-1"))

    assert sorted(found(Question(words=["red"]))) == ["l-1", "l-2", "m-1"]
    assert found(Question(words=["red"]), kinds=["message"]) == ["m-1"]
    assert found(Question(words=["blue"]), members=["title"]) == []
    assert sorted(found(Question(words=["red"]), of=[first.pk])) == ["l-1", "m-1"]
    assert found(Question(words=["red"]), of=[first.pk, second.pk]) == ["m-1"]
    assert found(Question(), of=[first.pk], kinds=["listing"]) == ["l-1"]


def test_a_thing_stands_once_with_its_best_text_and_the_rest_is_counted():
    for number in range(25):
        listing(f"l-{number}", "bike", description="bike bike", at=after(number))

    held = find_written(Question(words=["bike"]))

    assert (len(held.things), held.totals, held.is_capped) == (20, {"listing": 25}, False)


def test_erased_text_is_found_no_more():
    listing("l-1", "bike").texts.all().delete()

    assert found(Question(words=["bike"])) == []


def test_the_index_of_words_serves_the_question():
    from signals.queries import written

    asked = {"members": ["title"], "loose": Question(words=["bike"]).loose}

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {written._BY_WORDS.format(near='', most=9, strict='')}", asked)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "personaltext_words" in plan


def test_one_letter_off_holds_each_kind_of_slip():
    near = one_letter_off("maria")

    assert {"amria", "maia", "marria", "mariq"} <= {*near}
    assert "maria" not in near
    assert len(near) == len({*near})
    assert (one_letter_off("abc"), one_letter_off("x" * 41)) == ([], [])


@pytest.mark.parametrize("typed", ["iphnoe", "ipone", "iphonee", "uphone"])
def test_words_one_letter_off_are_found(typed):
    listing("l-1", "Sealed iphone")

    assert found(Question(words=[typed])) == []
    assert found(with_typos(Question(["sealed", typed]))) == ["l-1"]


def test_a_whole_word_stands_before_a_beginning():
    listing("l-1", "carpet", at=after(1)), listing("l-2", "car")

    assert found(Question(["car"])) == ["l-2", "l-1"]


def test_no_other_word_is_asked_for_where_none_is_near():
    assert with_typos(Question(["zzzzzz"])) is None


def test_accounts_domains_and_mail_one_letter_off_are_found():
    account, domain = factories.entity("account", "marie_sells"), factories.entity("domain", "paypal-login.com")
    mail = factories.entity("email", crypto.token("email", "maria@mail.example"))

    assert entities_near("mraie_sells") == [account]
    assert entities_near("maria@mial.example") == [mail]
    assert entities_near("paypal-logn.com") == [domain]
    assert domains_like("PayPal") == [domain]
    assert domains_like("paypa1-log1n.com") == [domain]
    assert domains_like("100%") == []
