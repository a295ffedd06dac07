"""Changing and pinning notes: what was said is kept, and only its author changes it."""

import pytest

from cases.models import InboxItem, Note, NoteVersion
from cases.queries.notes import notes_of
from cases.services import note_edits, notes
from tests.cases import build
from tests.factories import after
from tscore.core.errors import Missing
from tscore.core.models import AuditEvent


def noted(case, author, text="First."):
    return notes.add(case_id=case.pk, actor=author, text=text, now=after(1))


def test_edit_keeps_what_the_note_said_and_says_so_in_the_trail(ada):
    case = build.case()
    note = noted(case, ada)
    for minute, text in ((2, "Second."), (3, "Third."), (4, "Third.")):
        note_edits.edit(case_id=case.pk, note_id=note.pk, actor=ada, text=text, now=after(minute))

    [found] = notes_of(case, queue_ids=[case.queue_id])

    assert (found.text, found.edited_at) == ("Third.", after(3))
    assert found.earlier == [(after(1), "First."), (after(2), "Second.")]
    assert b"First" not in bytes(NoteVersion.objects.earliest("pk").body)
    rows = AuditEvent.objects.filter(verb="note.edited").order_by("pk")
    assert [row.after for row in rows] == [{"note": note.pk, "version": 2}, {"note": note.pk, "version": 3}]
    case.refresh_from_db()
    assert case.version == 4


def test_edit_is_for_the_author_of_a_note_that_can_be_read(ada, ben, cleo):
    case = build.case()
    note = noted(case, ada)
    asked = {"case_id": case.pk, "note_id": note.pk, "text": "x", "now": after(2)}

    with pytest.raises(note_edits.NotYourNote):
        note_edits.edit(actor=cleo, **asked)
    with pytest.raises(Missing):
        note_edits.edit(actor=ben, **asked)
    with pytest.raises(Missing):
        note_edits.edit(actor=ada, **asked | {"case_id": build.case("a-2").pk})
    note.body_key.delete()
    with pytest.raises(note_edits.NoteErased):
        note_edits.edit(actor=ada, **asked)

    assert not NoteVersion.objects.exists()


def test_edit_tells_only_those_who_were_not_told(ada, cleo):
    case = build.case()
    note = noted(case, ada, "@Cleo, look.")
    note_edits.edit(case_id=case.pk, note_id=note.pk, actor=ada, text="@Cleo and @Ada, look.", now=after(2))

    told = InboxItem.objects.order_by("pk").values_list("person", "kind", "note", "made_at")

    assert list(told) == [(cleo.pk, "mention", note.pk, after(1)), (ada.pk, "mention", note.pk, after(2))]


def test_pinned_note_is_shown_on_every_case_of_its_subject_that_one_may_see(ada, ben, queue_b):
    first, other = build.case("a-1"), build.case("a-1", abuse_type="payment_fraud")
    old, new = noted(first, ada, "Old."), noted(first, ada, "New.")
    for note in (old, new):
        note_edits.pin(case_id=first.pk, note_id=note.pk, actor=ada, pinned=True, now=after(2))

    everywhere = notes_of(other, queue_ids=[first.queue_id, queue_b.pk])

    assert [(note.text, note.case_ref, note.is_pinned) for note in everywhere] == [("New.", first.ref, True)]
    assert notes_of(other, queue_ids=[queue_b.pk]) == []
    assert build.verbs(first)[-2:] == ["note.pinned", "note.pinned"]


def test_pin_twice_and_off_again(ada):
    case = build.case()
    note = noted(case, ada)
    for pinned in (True, True, False, False):
        note_edits.pin(case_id=case.pk, note_id=note.pk, actor=ada, pinned=pinned, now=after(2))

    assert build.verbs(case)[-2:] == ["note.pinned", "note.unpinned"]
    assert not Note.objects.get().is_pinned


@pytest.mark.parametrize("count", [1, 3])
def test_notes_are_read_in_three_statements_however_many(count, ada, cleo, django_assert_num_queries):
    case = build.case()
    for _ in range(count):
        note = noted(case, ada, "@Cleo @Ada, look.")
        note_edits.edit(case_id=case.pk, note_id=note.pk, actor=ada, text="@Cleo, see.", now=after(2))

    with django_assert_num_queries(3):
        found = notes_of(case, queue_ids=[case.queue_id])

    assert [note.told for note in found] == [["Ada", "Cleo"]] * count
