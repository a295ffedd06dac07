"""Deciding from the workspace: one POST, the next case, undo, and every way it can be refused."""

import re

import pytest

from cases.models import Action, Case, Decision, Note
from cases.services import notes
from signals.models import Label
from tests import factories
from tests.cases import build

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def form(case, **fields):
    case.refresh_from_db()
    seen = {"queue": "ato", "version": case.version, "fence": case.fence, "form_key": f"key-{case.pk}", "then": "next"}
    return {**seen, "preset": "1", **fields}


def post(client, case, **fields):
    more = {key: fields.pop(key) for key in list(fields) if key.startswith("HTTP_")}
    return client.post(f"/cases/{case.ref}/decision/", form(case, **fields), **more)


def field(html, name):
    """Return the value of a hidden field of the decision form."""
    return re.search(rf'id="decision".*?name="{name}" value="([^"]*)"', html, re.DOTALL)[1]


def test_decision_brings_the_next_case_already_claimed(ada, sign_in):
    case, following = build.held_case(ada, "a-1"), build.case("a-2")

    answer = post(sign_in(ada), case, **HTMX)

    html = answer.content.decode()
    assert (answer.status_code, answer["HX-Push-Url"]) == (200, f"/cases/{following.ref}/")
    assert "<html" not in html
    assert f'<span class="id">{following.ref}</span>' in html
    assert Case.objects.values_list("state", "claimed_by").get(pk=following.pk) == ("reviewing", ada.pk)
    assert f"/decisions/{Decision.objects.get().pk}/reversal/" in html


def test_the_answer_holds_what_is_in_sight_and_a_moment_later_comes_the_rest(ada, sign_in):
    case, following = build.held_case(ada, "a-1"), build.case("a-2")
    client, later = sign_in(ada), ('name="evidence"', 'id="label"', f'action="/cases/{following.ref}/skip/"')

    first = post(client, case, **HTMX).content.decode()
    rest = client.get(f"/cases/{following.ref}/rest/", **HTMX).content.decode()
    page = client.get(f"/cases/{following.ref}/").content.decode()

    assert [first.count(part) for part in later] == [0, 0, 0]
    assert [rest.count(part) for part in later] == [page.count(part) for part in later]
    assert min(rest.count(part) for part in later) == 1
    assert field(first, "shown") == ""
    assert f'name="shown" value="{field(page, "shown")}" hx-swap-oob="true"' in rest
    assert all(f'id="{name}"' in first for name in ("later-record", "leave", "shown"))


def test_decided_before_the_rest_has_come_all_evidence_counts(ada, sign_in):
    case, _ = build.held_case(ada, "a-1"), build.case("a-2")

    post(sign_in(ada), case, preset="1", shown="", **HTMX)

    proofs = case.signals.values_list("events", flat=True)
    assert {*Label.objects.exclude(event=None).values_list("event", flat=True)} == {*proofs}


def test_decision_without_scripts_redirects_to_the_next_case_with_its_undo(ada, sign_in):
    case, following = build.held_case(ada, "a-1"), build.case("a-2")
    client = sign_in(ada)

    answer = post(client, case)

    made = Decision.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/cases/{following.ref}/?decided={made.pk}")
    assert f"/decisions/{made.pk}/reversal/" in client.get(answer["Location"]).content.decode()


def test_decision_can_stay_on_the_case(ada, sign_in):
    case, _ = build.held_case(ada, "a-1"), build.case("a-2")

    answer = post(sign_in(ada), case, then="stay", **HTMX)

    assert answer["HX-Push-Url"] == f"/cases/{case.ref}/"
    assert Case.objects.filter(state="queued").count() == 1


def test_last_decision_of_a_queue_says_all_done(ada, sign_in):
    answer = post(sign_in(ada), build.held_case(ada), **HTMX)

    assert answer["HX-Push-Url"] == "/queues/ato/"
    assert "All done in Account takeover" in answer.content.decode()


def test_double_enter_makes_one_decision_and_takes_one_case(ada, sign_in):
    case = build.held_case(ada, "a-1")
    build.case("a-2"), build.case("a-3")
    client, sent = sign_in(ada), form(case)

    answers = [client.post(f"/cases/{case.ref}/decision/", sent, **HTMX) for _ in range(2)]

    assert len({answer["HX-Push-Url"] for answer in answers}) == 1
    assert Decision.objects.count() == 1
    assert Case.objects.filter(state="reviewing").count() == 1


def test_the_same_key_with_another_choice_is_refused(ada, sign_in):
    case = build.held_case(ada)
    client, sent = sign_in(ada), form(case)
    client.post(f"/cases/{case.ref}/decision/", sent)

    answer = client.post(f"/cases/{case.ref}/decision/", {**sent, "preset": "3"})

    assert answer.status_code == 422
    assert Decision.objects.get().label_class == "ato.confirmed"


def test_unticked_evidence_is_not_labelled(ada, sign_in):
    case = build.held_case(ada)
    [event] = [evidence.event_id for evidence in case.signals.get().evidence.all()]

    post(sign_in(ada), case, shown=str(event), evidence=[])

    assert list(Label.objects.values_list("entity", "event")) == [(case.entity_id, None)]


def test_ticked_evidence_is_labelled(ada, sign_in):
    case = build.held_case(ada)
    [event] = [evidence.event_id for evidence in case.signals.get().evidence.all()]

    post(sign_in(ada), case, shown=str(event), evidence=[event])

    assert set(Label.objects.values_list("event", flat=True)) == {None, event}


def test_decision_keeps_its_note(ada, sign_in):
    case = build.held_case(ada)

    post(sign_in(ada), case, note="Called the owner.")

    assert notes.text_of(Note.objects.get()) == "Called the owner."


def test_a_case_that_changed_comes_back_with_what_was_entered(ada, cleo, sign_in):
    case = build.held_case(ada)
    sent = form(case, note="My <b>thoughts</b>")
    notes.add(case_id=case.pk, actor=cleo, text="Look here", now=factories.after(1))

    answer = sign_in(ada).post(f"/cases/{case.ref}/decision/", sent, **HTMX)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "This case changed after you opened it." in html
    assert "My &lt;b&gt;thoughts&lt;/b&gt;</textarea>" in html
    assert re.search(r'value="1" required checked', html)
    assert list(Decision.objects.all()) == []


def test_a_conflict_can_be_applied_again_with_the_form_it_brought(ada, cleo, sign_in):
    case, client = build.held_case(ada), sign_in(ada)
    sent = form(case)
    notes.add(case_id=case.pk, actor=cleo, text="Look here", now=factories.after(1))
    html = client.post(f"/cases/{case.ref}/decision/", sent, **HTMX).content.decode()

    again = {name: field(html, name) for name in ("queue", "version", "fence", "form_key")}
    client.post(f"/cases/{case.ref}/decision/", {**sent, **again})

    assert Decision.objects.count() == 1


def test_a_lost_lease_is_told_and_keeps_the_draft(ada, cleo, sign_in):
    case = build.held_case(ada)
    sent = form(case, note="Half a thought")
    Case.objects.filter(pk=case.pk).update(claimed_by=cleo, fence=case.fence + 1)

    answer = sign_in(ada).post(f"/cases/{case.ref}/decision/", sent, **HTMX)

    assert answer.status_code == 409
    assert "Cleo" in answer.content.decode()
    assert "Half a thought" in answer.content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"preset": ""},
        {"preset": "own"},
        {"preset": "own", "record_of": "own", "policy": "999", "label": "legit", "reason": "1"},
        {"shown": "999999999", "evidence": []},
    ],
)
def test_a_choice_that_does_not_fit_is_refused_and_stores_nothing(fields, ada, sign_in):
    case = build.held_case(ada)

    answer = post(sign_in(ada), case, **fields, **HTMX)

    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.content.decode()
    assert list(Decision.objects.all()) == []


def test_a_form_without_a_key_is_refused(ada, sign_in):
    case = build.held_case(ada)

    assert post(sign_in(ada), case, form_key="").status_code == 422
    assert list(Decision.objects.all()) == []


def test_undo_brings_the_case_back_and_says_so(ada, sign_in):
    case, following = build.held_case(ada, "a-1"), build.case("a-2")
    client = sign_in(ada)
    post(client, case, **HTMX)
    made = Decision.objects.get()

    answer = client.post(f"/decisions/{made.pk}/reversal/", **HTMX)

    assert (answer.status_code, answer["HX-Push-Url"]) == (200, f"/cases/{case.ref}/")
    assert f"{case.ref} taken back, yours again." in answer.content.decode()
    assert set(Action.objects.values_list("state", flat=True)) == {"cancelled"}
    assert set(Case.objects.values_list("state", "claimed_by")) == {("reviewing", ada.pk)}
    assert following.pk in set(Case.objects.filter(claimed_by=ada).values_list("pk", flat=True))


def test_undo_without_scripts_from_my_decisions(ada, sign_in):
    case, client = build.held_case(ada), sign_in(ada)
    post(client, case)
    html = client.get("/me/decisions/").content.decode()

    answer = client.post(re.search(r'action="(/decisions/\d+/reversal/)"', html)[1])

    assert (answer.status_code, answer["Location"]) == (303, f"/cases/{case.ref}/")
    assert "reversal" not in client.get("/me/decisions/").content.decode()


def test_undo_of_somebody_elses_decision_is_refused(ada, cleo, sign_in):
    build.decision(build.held_case(ada))

    answer = sign_in(cleo).post(f"/decisions/{Decision.objects.get().pk}/reversal/")

    assert answer.status_code == 403
    assert Decision.objects.count() == 1


def test_preview_says_what_a_preset_would_do(ada, sign_in):
    case = build.held_case(ada)

    html = sign_in(ada).post(f"/cases/{case.ref}/preview/", form(case), **HTMX).content.decode()

    assert 'name="record_of" value="1"' in html
    assert "locks the account" in html
    assert list(Decision.objects.all()) == []
