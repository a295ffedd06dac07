"""Notes and drafts: encrypted, erasable, never in the audit trail."""

import pytest

from cases.models import Draft, Note
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
