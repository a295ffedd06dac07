"""Pages of bulk jobs: made from a selection or a queue, seen with evidence, checked, previewed, run, taken back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from cases.action_kinds import KINDS
from cases.models import Action, BulkItem, BulkJob, Case, Decision
from cases.queries import bulk_effects
from cases.services import claims
from cases.services.bulk.stage import run_pending
from signals.models import Entity
from tests.cases import build
from tests.cases.web.statements import counted
from tests.factories import after
from tscore.core.models import AuditEvent

pytestmark = pytest.mark.django_db
ATTACK = '<img src=x onerror="alert(1)"> https://evil.example/x'


def some_cases(count=4, **fields):
    return [build.case(f"a-{number}", **fields) for number in range(count)]


def make(client, cases, **fields):
    """List cases through the form, and return the job."""
    data = {"form_key": f"k-{BulkJob.objects.count()}", "case": [case.ref for case in cases]} | fields
    answer = client.post("/bulk/new/", data)
    assert answer.status_code == 303, answer.content
    return BulkJob.objects.get(pk=int(answer["Location"].split("/")[2]))


def open_sample(client, job):
    for one in client.get(f"/bulk/{job.pk}/").context["tally"].sample:
        client.get(f"/cases/C-{one.case_id}/?bulk={job.pk}")


def run(client, job, *, preset=1, **fields):
    shown = client.get(f"/bulk/{job.pk}/preview/?preset={preset}").context
    data = {
        "form_key": shown["form_key"],
        "preset": preset,
        "seen": shown["seen"],
        "why": "One ring",
        "typed": shown["tally"].taking_part,
    }
    return client.post(f"/bulk/{job.pk}/run/", data | fields)


def work_off():
    while run_pending(limit=20, now=after(9)):
        pass


@pytest.fixture
def lead(cleo, sign_in):
    return sign_in(cleo)


def test_selection_becomes_a_list_once(lead):
    cases = some_cases()
    data = {"form_key": "same", "case": [case.ref for case in cases]}

    answers = [lead.post("/bulk/new/", data) for _ in range(2)]

    job = BulkJob.objects.get()
    assert [answer["Location"] for answer in answers] == [f"/bulk/{job.pk}/"] * 2
    assert list(job.items.order_by("position").values_list("case", flat=True)) == [case.pk for case in cases]


def test_open_cases_of_a_queue_become_a_list_by_severity(lead):
    build.case("a-1", severity="high")
    low = build.case("a-2", severity="low")

    answer = lead.post("/bulk/new/", {"form_key": "k", "queue": "ato", "severity": "low"})

    job = BulkJob.objects.get()
    assert (answer.status_code, [item.case for item in job.items.all()]) == (303, [low])


def test_filter_of_a_queue_becomes_a_list(lead):
    made = [build.case(f"a-{number}", severity=word) for number, word in enumerate(("high", "low", "high"))]
    Case.objects.filter(pk=made[0].pk).update(stake_minor=90_000)

    lead.post("/bulk/new/", {"form_key": "k", "queue": "ato", "f": "severity:high stake:>500"})

    assert [item.case for item in BulkJob.objects.get().items.all()] == [made[0]]


def test_queue_page_offers_its_filter_to_those_who_may(lead, ada, sign_in):
    build.case("a-1", severity="high")
    page = lead.get("/queues/ato/?f=severity:high").content.decode()

    assert '<input type="hidden" name="f" value="severity:high"><button class="button">Decide alike…' in page
    assert "Decide alike" not in sign_in(ada).get("/queues/ato/").content.decode()


def test_filter_nobody_understands_lists_nothing(lead):
    some_cases(1)

    answers = [
        lead.post("/bulk/new/", {"form_key": f"k{number}", "queue": "ato"} | fields).status_code
        for number, fields in enumerate(({"f": "no:such:thing ((("}, {"severity": "worst"}))
    ]

    assert (answers, BulkJob.objects.count()) == ([422, 422], 0)


def test_nothing_fits(lead):
    assert lead.post("/bulk/new/", {"form_key": "k", "queue": "ato"}).status_code == 422


def test_cases_of_two_queues_are_refused(lead, queue_b):
    cases = some_cases(2)
    Case.objects.filter(pk=cases[0].pk).update(queue=queue_b)

    answer = lead.post("/bulk/new/", {"form_key": "k", "case": [case.ref for case in cases]})

    assert (answer.status_code, BulkJob.objects.count()) == (422, 0)


def test_reviewers_without_the_right_are_refused_and_strangers_find_nothing(ada, ben, cleo, sign_in, queue_a):
    cases = some_cases()
    data = {"form_key": "k", "case": [case.ref for case in cases]}
    job = make(sign_in(cleo), cases)
    forms = ("choice", "run", "stop", "retry", "reversal", "discarding")

    assert [sign_in(person).post("/bulk/new/", data).status_code for person in (ada, ben)] == [403, 404]
    for person in (ada, ben):
        client = sign_in(person)
        assert [client.get(f"/bulk/{job.pk}/{page}").status_code for page in ("", "preview/?preset=1")] == [404, 404]
        posted = [client.post(f"/bulk/{job.pk}/{form}/", {"form_key": form}).status_code for form in forms]
        assert posted == [404] * 6
    assign_perm("bulk_queue", ada, queue_a)
    assert sign_in(ada).get(f"/bulk/{job.pk}/").status_code == 200
    assert sign_in(ada).post(f"/bulk/{job.pk}/discarding/", {"form_key": "d"}).status_code == 403
    assert BulkJob.objects.get().state == "draft"


def test_gallery_shows_evidence_and_no_live_text_of_strangers(lead):
    cases = [build.case(f"a-{number}", sentence=ATTACK) for number in range(3)]
    Case.objects.filter(pk=cases[0].pk).update(headline="Something else first")
    Entity.objects.filter(pk=cases[1].entity_id).update(hub=True)
    job = make(lead, cases)
    claims.claim(case_id=cases[2].pk, actor=build_other(), now=after(1))

    page = lead.get(f"/bulk/{job.pk}/")

    text = page.content.decode()
    assert "<img src=x" not in text and 'href="https://evil' not in text
    groups = [(title, [(row.ref, row.why_out) for row in rows]) for title, rows in page.context["groups"]]
    assert groups == [
        ("Protected: tick each by itself", [(cases[1].ref, "protected, and not ticked")]),
        ("Decided alike unless you leave them out", [(cases[0].ref, "")]),
        ("Left out already", [(cases[2].ref, "somebody else is working on it")]),
    ]
    assert page.context["groups"][1][1][0].reasons == [ATTACK]


def build_other():
    from tests.cast import person

    other = person("Dora", "reviewer")
    assign_perm("review_queue", other, Case.objects.first().queue)
    return other


def test_ticks_are_kept_at_once_and_survive(lead):
    job = make(lead, some_cases())
    items = list(job.items.order_by("position").values_list("pk", flat=True))
    data = {"shown": ",".join(map(str, items)), "item": items[1:]}

    told = lead.post(f"/bulk/{job.pk}/choice/", data, headers={"HX-Request": "true"})
    plain = lead.post(f"/bulk/{job.pk}/choice/", data)

    assert "3 of 4 take part" in told.content.decode()
    assert (plain.status_code, plain["Location"]) == (303, f"/bulk/{job.pk}/?at=0")
    again = lead.get(f"/bulk/{job.pk}/").context["tally"]
    assert (again.taking_part, again.out) == (3, [("you left it out", 1)])


def test_gallery_of_three_costs_as_many_statements_as_of_one(lead):
    one, three = make(lead, some_cases(1)), make(lead, [build.case(f"b-{number}") for number in range(3)])

    assert len(asked(lead, f"/bulk/{one.pk}/")) == len(asked(lead, f"/bulk/{three.pk}/")) <= 8


def test_preview_of_three_costs_as_many_statements_as_of_one(lead):
    one, three = make(lead, some_cases(1)), make(lead, [build.case(f"b-{number}") for number in range(3)])
    pages = [f"/bulk/{job.pk}/preview/?preset=1" for job in (one, three)]

    lead.get(pages[0])  # reads the catalogue

    first, second = (len(asked(lead, page)) for page in pages)

    assert first == second <= 8


def asked(client, address):
    with CaptureQueriesContext(connection) as statements:
        assert client.get(address).status_code == 200
    return counted(statements)


def test_opening_from_the_job_counts_and_leads_back(lead):
    cases = some_cases(3)
    job = make(lead, cases)

    page = lead.get(f"/cases/{cases[0].ref}/?bulk={job.pk}").content.decode()
    lead.get(f"/cases/{cases[1].ref}/")

    assert f'<a href="/bulk/{job.pk}/">Back to the job</a>' in page
    opened = job.items.exclude(opened_at=None)
    assert [item.case for item in opened] == [cases[0]]
    assert lead.get(f"/cases/{cases[0].ref}/?bulk=9999999").status_code == 200
    assert lead.get(f"/cases/{cases[0].ref}/?bulk=x").status_code == 200


def test_preview_says_what_would_happen_by_count(lead):
    cases = some_cases(3)
    for number, minor in ((0, 100), (0, 200), (1, 300)):
        build.payout(f"p-{minor}", f"a-{number}", minor)
    job = make(lead, cases)

    page = lead.get(f"/bulk/{job.pk}/preview/?preset=1")

    assert [(line.sentence, line.back) for line in page.context["effects"]] == [
        ("locks 3 accounts", "can be taken back"),
        ("ends every session of 3 accounts", "cannot be taken back, harmless to repeat"),
        ("withholds 3 payouts", "can be taken back"),
    ]
    assert "To the spot check" in page.content.decode()
    assert (Decision.objects.count(), Action.objects.count()) == (0, 0)


def test_every_kind_of_action_is_said_by_count():
    offered = {kind for kind, about in KINDS.items() if about.is_offered and about.mode != "irreversible"}

    assert bulk_effects.COUNTED.keys() == offered


def test_run_is_refused_before_the_spot_check_and_keeps_what_was_typed(lead):
    job = make(lead, some_cases())

    answer = run(lead, job, why="Because of that")

    text = answer.content.decode()
    assert (answer.status_code, "Open every case of the spot check first." in text) == (422, True)
    assert (answer.context["why"], BulkJob.objects.get().state) == ("Because of that", "draft")


def test_run_that_saw_another_list_is_a_conflict(lead):
    job = make(lead, some_cases())
    open_sample(lead, job)

    answer = run(lead, job, seen="0123456789abcdef")

    assert (answer.status_code, BulkJob.objects.get().state) == (409, "draft")


def test_job_runs_once_is_shown_and_taken_back(lead):
    job = make(lead, some_cases())
    open_sample(lead, job)
    started = [run(lead, job, form_key="same", seen=seen_of(lead, job), typed=4) for _ in range(1)]
    working = lead.get(f"/bulk/{job.pk}/").content.decode()
    work_off()
    done = lead.get(f"/bulk/{job.pk}/")

    assert [answer.status_code for answer in started] == [303]
    assert 'role="progressbar"' in working and 'hx-trigger="every 2s"' in working
    assert done.context["progress"].lines == [("decided", 4)]
    assert "every 2s" not in done.content.decode()
    again = [lead.post(f"/bulk/{job.pk}/reversal/", {"form_key": "back"}).status_code for _ in range(2)]
    work_off()
    assert (again, lead.get(f"/bulk/{job.pk}/").context["progress"].lines) == ([303, 303], [("taken back", 4)])
    assert Decision.objects.filter(verdict="withdrawn").count() == 4
    assert AuditEvent.objects.filter(verb="bulk.reversed").count() == 1


def seen_of(client, job):
    return client.get(f"/bulk/{job.pk}/preview/?preset=1").context["seen"]


def test_second_press_of_run_gives_the_first_answer(lead):
    job = make(lead, some_cases())
    open_sample(lead, job)
    data = {"form_key": "same", "preset": 1, "seen": seen_of(lead, job), "why": "One ring", "typed": 4}

    answers = [lead.post(f"/bulk/{job.pk}/run/", data) for _ in range(2)]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, f"/bulk/{job.pk}/")] * 2
    assert AuditEvent.objects.filter(verb="bulk.started").count() == 1


def test_stop_leaves_the_rest_and_a_second_press_changes_nothing(lead):
    job = make(lead, some_cases())
    open_sample(lead, job)
    run(lead, job)
    run_pending(limit=1, now=after(9))

    stopped = [lead.post(f"/bulk/{job.pk}/stop/", {"form_key": "stop"}).status_code for _ in range(2)]
    later = lead.post(f"/bulk/{job.pk}/stop/", {"form_key": "other"}).status_code
    work_off()

    assert (stopped, later) == ([303, 303], 409)
    assert lead.get(f"/bulk/{job.pk}/").context["progress"].lines == [("decided", 1), ("left as they are", 3)]


def test_failed_ones_stay_selected_and_are_tried_again(lead, cleo):
    cases = some_cases()
    job = make(lead, cases)
    open_sample(lead, job)
    run(lead, job)
    BulkItem.objects.filter(case=cases[1]).update(state="failed", last_error="OSError")
    work_off()

    page = lead.get(f"/bulk/{job.pk}/")
    lead.post(f"/bulk/{job.pk}/retry/", {"form_key": "again"})
    work_off()

    assert (page.context["rows"][0].ref, page.context["rows"][0].why) == (cases[1].ref, "OSError")
    assert "Try the failed ones again" in page.content.decode()
    assert Decision.objects.count() == 4


def test_poll_of_a_finished_job_asks_for_the_whole_page(lead):
    job = make(lead, some_cases())
    open_sample(lead, job)
    run(lead, job)
    work_off()

    answer = lead.get(f"/bulk/{job.pk}/", headers={"HX-Request": "true"})

    assert answer["HX-Refresh"] == "true"


def test_list_of_jobs_and_the_form(lead, ada, sign_in):
    job = make(lead, some_cases(1))

    assert f'<a href="/bulk/{job.pk}/" data-open>{job.ref}</a>' in lead.get("/bulk/").content.decode()
    assert '<option value="ato">' in lead.get("/bulk/new/").content.decode()
    assert "Not open to you" in sign_in(ada).get("/bulk/").content.decode()
    assert "Not open to you" in sign_in(ada).get("/bulk/new/").content.decode()


def test_draft_is_thrown_away(lead):
    job = make(lead, some_cases(1))

    lead.post(f"/bulk/{job.pk}/discarding/", {"form_key": "d"})

    assert "Thrown away" in lead.get(f"/bulk/{job.pk}/").content.decode()
    assert lead.get(f"/bulk/{job.pk}/preview/").status_code == 303
