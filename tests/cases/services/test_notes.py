"""Notes and drafts: encrypted, erasable, never in the audit trail."""

import pytest

from cases.models import Draft, InboxItem, Note
from cases.services import drafts, notes
from tests.cases import build
from tests.factories import after
from tscore.core.errors import Missing
from tscore.core.models import AuditEvent, ErasableKey


def test_add_stores_no_readable_word(ada):
    case = build.case()

    notes.add(case_id=case.pk, actor=ada, text="Called the owner.", now=after(1))

    note = Note.objects.get()
    row = AuditEvent.objects.get(verb="note.added")
    assert b"owner" not in bytes(note.body)
    assert (notes.text_of(note), row.after, row.reason) == ("Called the owner.", {"note": note.pk}, "")


def test_add_raises_the_version_that_deciders_must_have_seen(ada):
    case = build.case()

    notes.add(case_id=case.pk, actor=ada, text="x", now=after(1))

    case.refresh_from_db()
    assert case.version == 2


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001, "a\x00b"])
def test_add_refuses_what_is_no_note(ada, text):
    case = build.case()

    with pytest.raises(notes.BadNote):
        notes.add(case_id=case.pk, actor=ada, text=text, now=after(1))

    assert (Note.objects.count(), ErasableKey.objects.count()) == (0, 0)


def test_add_hides_cases_of_other_queues(ben):
    case = build.case()

    with pytest.raises(Missing):
        notes.add(case_id=case.pk, actor=ben, text="x", now=after(1))


def test_add_tells_whom_it_calls_and_nobody_else(ada, cleo):
    case = build.case()

    note = notes.add(case_id=case.pk, actor=ada, text="@Cleo, is this yours?", now=after(1))

    item = InboxItem.objects.get()
    assert (item.person, item.kind, item.actor, item.case_id, item.note) == (cleo, "mention", ada, case.pk, note)
    assert (item.words, item.link, item.made_at, item.done_at) == ("", "", after(1), None)


@pytest.mark.parametrize("name", ["Ben", "Mallory", "Nobody", "admin"])
def test_add_refuses_to_call_who_may_not_see_the_queue(name, ada, ben, mallory):
    case = build.case()

    with pytest.raises(notes.UnknownName, match=f"@{name}: nobody of this name may see this queue"):
        notes.add(case_id=case.pk, actor=ada, text=f"Ask @{name}.", now=after(1))

    assert (Note.objects.count(), InboxItem.objects.count(), ErasableKey.objects.count()) == (0, 0, 0)


def test_add_asks_every_other_lead_and_leaves_the_lease(ada, cleo):
    case = build.held_case(ada)

    notes.add(case_id=case.pk, actor=ada, text="Is this policy? @Cleo", asks_lead=True, now=after(1))

    case.refresh_from_db()
    assert list(InboxItem.objects.values_list("person", "kind")) == [(cleo.pk, "question")]
    assert (case.state, case.claimed_by) == ("reviewing", ada)


def test_add_asks_nobody_where_nobody_else_leads(cleo):
    case = build.case()

    with pytest.raises(notes.NoLead):
        notes.add(case_id=case.pk, actor=cleo, text="Who decides?", asks_lead=True, now=after(1))

    assert not Note.objects.exists()


def test_note_of_a_decision_calls_too(ada, cleo):
    case = build.held_case(ada)

    build.decision(case, note="As @Cleo said.")

    assert list(InboxItem.objects.values_list("person", "kind", "note")) == [
        (cleo.pk, "mention", Note.objects.get().pk)
    ]


def test_save_replaces_the_draft_and_its_key(ada):
    case = build.case()
    for text in ("one", "two"):
        drafts.save(case_id=case.pk, actor=ada, fields={"note": text}, now=after(1))

    assert drafts.find(case_id=case.pk, actor=ada) == {"note": "two"}
    assert (Draft.objects.count(), ErasableKey.objects.count()) == (1, 1)


def test_save_refuses_a_draft_without_end(ada):
    case = build.case()

    with pytest.raises(drafts.DraftTooLong):
        drafts.save(case_id=case.pk, actor=ada, fields={"note": "x" * 20_001}, now=after(1))
