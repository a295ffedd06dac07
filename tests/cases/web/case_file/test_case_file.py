"""The file of a case: what it holds, what it leaves out, who may have it, and that its hash is in the trail."""

import re
import zlib
from base64 import a85decode

import pytest

from cases.models import Case
from cases.services import claims, correlation, notes
from signals.models import PersonalValue
from signals.services.intake.entities import aad
from tests import factories
from tests.cases import build
from tscore.core import crypto
from tscore.core.models import AuditEvent

pytestmark = pytest.mark.django_db
HOSTILE = '<img src="file:///etc/passwd"> https://evil.example/x \u202egpj <script>alert(1)</script> Привет'


def decided(ada) -> Case:
    held = build.held_case(ada, sentence=HOSTILE)
    notes.add(case_id=held.pk, actor=ada, text="Owner called support", now=factories.NOON)
    held.refresh_from_db()
    build.decision(held)
    return Case.objects.get(pk=held.pk)


def written_about(ada, mail: str) -> Case:
    """Make a decided case with a personal value and a listing as evidence."""
    token = crypto.token("email", mail)
    joined = factories.event("account.created", factories.NOON, account="a-1", email=token)
    listed = factories.event("listing.created", factories.NOON, account="a-1", listing="l-1", title="Buy my bike")
    email = factories.entity("email", token)
    PersonalValue.objects.create(entity=email, ciphertext=crypto.seal(mail, aad("email", token)), key_id=crypto.KEY_ID)
    build.signal(factories.entity("account", "a-1"), events=(joined, listed))
    correlation.correlate_pending(limit=10, now=factories.NOON)
    held = claims.claim(case_id=Case.objects.get().pk, actor=ada, now=factories.NOON)
    build.decision(held)
    return held


def words(body: bytes) -> str:
    """Return what the pages of a PDF draw, as one text; words of a cell may be split over lines."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", body, re.DOTALL)
    drawn = "\n".join(_inflated(stream).decode("latin-1") for stream in streams)
    parts = re.findall(r"\((.*?)(?<!\\)\) Tj", drawn, re.DOTALL)
    return " ".join(re.sub(r"\\(.)", r"\1", part) for part in parts)


def _inflated(stream: bytes) -> bytes:
    packed = stream.strip()
    return zlib.decompress(a85decode(packed.removesuffix(b"~>")) if packed.endswith(b"~>") else packed)


def test_a_file_holds_the_decision_its_reasons_notes_and_the_trail(ada, sign_in):
    case = decided(ada)

    html = sign_in(ada).get(f"/cases/{case.ref}/print/?redaction=none&part=notes").content.decode()

    for said in ("Ada", "Owner called support", "decided the case", "Decisions", "Audit trail of the case"):
        assert said in html
    assert '<h2 id="part-5">Timeline' not in html


def test_what_strangers_wrote_is_dead_in_the_page(ada, sign_in):
    html = sign_in(ada).get(f"/cases/{decided(ada).ref}/print/").content.decode()

    assert "<script>alert" not in html
    assert "https://evil" not in html
    assert "‹RLO›" in html


def test_the_pdf_shows_hash_pages_and_redaction_and_opens_no_file(ada, sign_in):
    case = decided(ada)

    answer = sign_in(ada).post(f"/cases/{case.ref}/case-file.pdf", {"redaction": "people", "part": ["timeline"]})

    text = words(answer.content)
    entry = AuditEvent.objects.get(verb="case_file.made")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert entry.after == {"sha256": entry.after["sha256"], "redaction": "people"}
    assert entry.after["sha256"] in text
    assert re.search(r"Page 1 of \d", text)
    assert "Without personal values" in text
    assert "file[:]" in text  # said as a word, never opened
    assert "[U+041F]" in text


def test_the_same_content_has_the_same_hash_for_everybody(ada, cleo, sign_in):
    case = decided(ada)

    hashes = [
        re.search(r"[0-9a-f]{64}</dd></div></dl>", sign_in(person).get(f"/cases/{case.ref}/print/").content.decode())[0]
        for person in (ada, cleo)
    ]

    assert hashes[0] == hashes[1]


def test_taking_a_file_does_not_change_the_next_one(ada, sign_in):
    case, browser = decided(ada), sign_in(ada)

    for _ in range(2):
        browser.post(f"/cases/{case.ref}/case-file.pdf", {"redaction": "words"})

    taken = AuditEvent.objects.filter(verb="case_file.made", object_ref=case.ref)
    assert len({entry.after["sha256"] for entry in taken}) == 1
    assert taken.count() == 2


@pytest.mark.parametrize(
    ("redaction", "left"),
    [("none", (True, True, True)), ("people", (False, False, True)), ("words", (False, False, False))],
)
def test_each_redaction_leaves_out_what_it_says(ada, sign_in, redaction, left):
    case = written_about(ada, "maria@mail.example")

    html = sign_in(ada).get(f"/cases/{case.ref}/print/?redaction={redaction}&part=notes").content.decode()
    body = html[html.index('id="summary"') : html.index("</main>")]
    body = body.replace(f"for {ada.name}", "")  # for whom it was made is said in every file

    assert ("maria[@]mail[.]example" in body, "Ada" in body, "Buy my bike" in body) == left


def test_an_auditor_gets_files_without_personal_values_only(ada, auditor, sign_in):
    case, browser = decided(ada), sign_in(auditor)

    assert browser.get(f"/cases/{case.ref}/print/?redaction=people").status_code == 200
    assert browser.get(f"/cases/{case.ref}/print/?redaction=none").status_code == 403
    assert "Nothing is left out" not in browser.get(f"/cases/{case.ref}/print/").content.decode()


def test_nobody_else_learns_that_there_is_a_case(ada, ben, mallory, sign_in):
    case = decided(ada)

    for person in (ben, mallory):
        assert sign_in(person).get(f"/cases/{case.ref}/print/").status_code == 404
        assert sign_in(person).post(f"/cases/{case.ref}/case-file.pdf").status_code == 404
    assert not AuditEvent.objects.filter(verb="case_file.made").exists()


def test_a_drawn_case_hides_what_was_found_until_it_is_decided(ada, sign_in):
    case = build.case(sentence="A telling sentence")
    Case.objects.filter(pk=case.pk).update(is_blind=True, lane="random", inclusion_probability=0.1)

    html = sign_in(ada).get(f"/cases/{case.ref}/print/").content.decode()

    assert "was drawn: what was found is shown once it is decided" in html
    assert html.count("A telling sentence") == 0
