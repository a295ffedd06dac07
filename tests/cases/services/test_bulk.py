"""Many cases decided alike: listed, looked at, run by the stage, stopped, tried again, taken back."""

from collections import Counter

import pytest
from django.test import override_settings
from guardian.shortcuts import assign_perm

from cases import permissions
from cases.models import Action, BulkItem, BulkJob, Case, CaseMember, Decision, InboxItem, Policy, Preset
from cases.services import catalogue, claims, decisions, enforcement, leaving, notes, targets
from cases.services.bulk import drafts, runs, standing
from cases.services.bulk.stage import run_pending
from signals.models import Entity, Label
from tests.cases import build
from tests.factories import after, entity
from tscore.core.models import AuditEvent, ErasableKey


def listed(actor, count=5, **fields):
    made = [build.case(f"a-{number}", **fields) for number in range(count)]
    return drafts.make(actor=actor, queue=made[0].queue, case_ids=[case.pk for case in made], now=after(1))


def open_sample(job):
    for one in standing.sample(job, standing.of(job)):
        drafts.note_opening(job_id=job.pk, case_id=one.case_id, actor=job.actor, now=after(2))


def wanted(job, preset=1, **fields):
    found = standing.of(job)
    given = {
        "preset": preset,
        "reason": "Same ring as B-1",
        "seen": standing.digest(found, preset=preset),
        "typed": str(len(standing.taking_part(found))),
    }
    return runs.Wanted(**(given | fields))


def start(job, **fields):
    open_sample(job)
    return runs.start(job_id=job.pk, actor=job.actor, wanted=wanted(job, **fields), now=after(3))


def work_off(now=None):
    while run_pending(limit=20, now=now or after(4)):
        pass


def states(job):
    return [item.state for item in job.items.order_by("position")]


def test_list_keeps_the_versions_and_touches_no_case(cleo):
    job = listed(cleo, 3)

    items = job.items.order_by("position")
    assert list(items.values_list("case__entity__external_id", "seen_version")) == [("a-0", 1), ("a-1", 1), ("a-2", 1)]
    assert (job.state, job.found, Decision.objects.count()) == ("draft", 3, 0)
    assert set(Case.objects.values_list("state", flat=True)) == {"queued"}
    assert AuditEvent.objects.get(object_ref=job.ref).after == {"queue": "ato", "cases": 3, "found": 3}


def test_right_is_the_leads_or_granted(ada, cleo, ben, queue_a):
    case = build.case("a-1")
    with pytest.raises(permissions.BulkNotGranted):
        drafts.make(actor=ada, queue=queue_a, case_ids=[case.pk], now=after(1))
    assign_perm("bulk_queue", ada, queue_a)
    assign_perm("bulk_queue", ben, queue_a)  # without the right to see the queue

    assert [
        permissions.may_bulk(type(person).objects.get(pk=person.pk), queue_a.pk) for person in (ada, cleo, ben)
    ] == [
        True,
        True,
        False,
    ]
    assert not permissions.may_review(type(ben).objects.get(pk=ben.pk), queue_a.pk)


def test_cases_of_other_queues_are_not_listed(cleo, queue_b):
    case = build.case("a-1")

    with pytest.raises(drafts.NothingFound):
        drafts.make(actor=cleo, queue=queue_b, case_ids=[case.pk], now=after(1))


def test_what_happened_since_is_left_out_with_its_reason(cleo, ada):
    job = listed(cleo, 9)
    cases = [item.case for item in job.items.select_related("case").order_by("position")]
    build.decision(claims.claim(case_id=cases[0].pk, actor=ada, now=after(1)))
    claims.claim(case_id=cases[1].pk, actor=ada, now=after(1))
    notes.add(case_id=cases[2].pk, actor=ada, text="Look at this", now=after(1))
    Case.objects.filter(pk=cases[3].pk).update(is_blind=True)
    Entity.objects.filter(pk=cases[4].entity_id).update(state="suspended")
    Case.objects.filter(pk=cases[5].pk).update(queue=cleo_queue(cases[5]))
    drafts.choose(job_id=job.pk, actor=cleo, shown=[item_of(job, 6)], ticked=[])
    claims.claim(case_id=cases[7].pk, actor=cleo, now=after(1))  # one's own is no obstacle

    found = standing.of(job)

    words = ["decided", "held", "changed", "blind", "acted", "elsewhere", "chosen", "", ""]
    assert [one.left_out for one in found] == words
    assert [one.may_choose for one in found] == [not word or word == "chosen" for word in words]


def cleo_queue(case):
    return type(case.queue).objects.get(slug="payments")


def item_of(job, position):
    return job.items.get(position=position).pk


def test_protected_cases_must_be_ticked_by_themselves(cleo):
    made = [build.case(f"a-{number}") for number in range(3)]
    Entity.objects.filter(pk=made[0].entity_id).update(hub=True)
    Case.objects.filter(pk=made[1].pk).update(stake_minor=500_000)
    job = drafts.make(actor=cleo, queue=made[0].queue, case_ids=[case.pk for case in made], now=after(1))
    before = [(one.protection, one.left_out) for one in standing.of(job)]

    drafts.choose(job_id=job.pk, actor=cleo, shown=[item_of(job, 1)], ticked=[item_of(job, 1)])

    assert before == [("hub", "protected"), ("stake", "protected"), ("", "")]
    assert [one.left_out for one in standing.of(job)] == ["protected", "", ""]


@pytest.mark.parametrize(("count", "opened"), [(1, 1), (3, 3), (60, 3), (61, 4), (200, 10), (1000, 20)])
def test_spot_check_is_five_percent_at_least_three_at_most_twenty(count, opened):
    assert standing.sample_size(count) == opened


def test_spot_check_is_drawn_once_and_whoever_is_left_out_is_replaced(cleo):
    job = listed(cleo, 8)
    drawn = standing.sample(job, standing.of(job))
    again = standing.sample(BulkJob.objects.get(pk=job.pk), standing.of(job))

    drafts.choose(job_id=job.pk, actor=cleo, shown=[drawn[0].item_id], ticked=[])
    after_it = standing.sample(job, standing.of(job))

    assert again == drawn
    assert ([one.item_id for one in after_it][:2], len(after_it)) == ([one.item_id for one in drawn][1:], 3)


def test_openings_of_others_do_not_count(cleo, ada):
    job = listed(cleo, 3)
    first = job.items.get(position=0)

    assert not drafts.note_opening(job_id=job.pk, case_id=first.case_id, actor=ada, now=after(2))
    assert drafts.note_opening(job_id=job.pk, case_id=first.case_id, actor=cleo, now=after(2))

    assert [one.is_opened for one in standing.of(job)] == [True, False, False]


def test_run_decides_each_case_once_and_says_so(cleo, market):
    job = start(listed(cleo, 4))
    work_off()
    while enforcement.deliver_pending(limit=20, now=after(5)):
        pass

    job.refresh_from_db()
    assert (job.state, states(job)) == ("done", ["done"] * 4)
    assert set(Case.objects.values_list("state", flat=True)) == {"closed"}
    assert Counter(market.effects()) == {
        (kind, f"a-{n}"): 1 for n in range(4) for kind in ("account.suspend", "account.revoke_sessions")
    }
    decided = AuditEvent.objects.filter(verb="case.decided")
    assert sorted(row.object_ref for row in decided) == sorted(case.ref for case in Case.objects.all())
    assert {row.after["bulk"] for row in decided} == {job.ref}
    assert [*AuditEvent.objects.filter(object_type="bulk").order_by("id").values_list("verb", flat=True)] == [
        "bulk.listed", "bulk.started", "bulk.finished",
    ]  # fmt: skip
    told = InboxItem.objects.get()
    assert (told.person, told.kind, told.words, told.link) == (cleo, "job", f"{job.ref}: 4 decided", f"/bulk/{job.pk}/")


def test_labels_say_that_nobody_looked_at_each(cleo):
    start(listed(cleo, 3))
    work_off()

    labels = Label.objects.values_list("lane", "source", "inclusion_probability").distinct()
    assert list(labels) == [("bulk", "reviewer", None)]
    assert Label.objects.filter(event=None).count() == 3


def test_why_is_kept_encrypted_and_can_be_erased(cleo):
    job = start(listed(cleo, 3), reason="All by mallory@example.test")

    assert (runs.reason_of(job), b"mallory" in bytes(job.note)) == ("All by mallory@example.test", False)
    ErasableKey.objects.all().delete()
    assert runs.reason_of(BulkJob.objects.get(pk=job.pk)) is None
    assert "mallory" not in str(list(AuditEvent.objects.values_list("after", "reason")))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"reason": "  "}, notes.BadNote),
        ({"reason": "x" * 5001}, notes.BadNote),
        ({"preset": 9, "seen": ""}, runs.NoSuchPreset),
        ({"seen": "other"}, runs.ListChanged),
        ({"typed": ""}, runs.CountNotTyped),
        ({"typed": "3"}, runs.CountNotTyped),
    ],
)
def test_run_is_refused(cleo, fields, problem):
    job = listed(cleo, 4)

    with pytest.raises(problem):
        start(job, **fields)

    job.refresh_from_db()
    assert (job.state, states(job), ErasableKey.objects.count()) == ("draft", ["listed"] * 4, 0)


def test_run_is_refused_until_the_sample_was_opened(cleo):
    job = listed(cleo, 4)

    with pytest.raises(runs.SampleNotOpened):
        runs.start(job_id=job.pk, actor=cleo, wanted=wanted(job), now=after(3))


def test_presets_that_cannot_be_taken_back_at_all_are_refused(cleo):
    job = listed(cleo, 3)
    Policy.objects.filter(slug="ato").update(action_kinds=["account.close"])
    Preset.objects.filter(queue=job.queue, position=1).update(action_kinds=["account.close"])
    catalogue.forget()

    try:
        with pytest.raises(decisions.BadChoice):
            start(job)
    finally:
        catalogue.forget()


def test_nothing_needs_typing_where_all_can_be_taken_back(cleo):
    assert start(listed(cleo, 3), preset=3, typed="").state == "running"


def test_only_the_maker_runs_and_others_do_not_see_it(cleo, ada, queue_a):
    job = listed(cleo, 3)
    open_sample(job)
    with pytest.raises(drafts.Missing):
        runs.start(job_id=job.pk, actor=ada, wanted=wanted(job), now=after(3))
    assign_perm("bulk_queue", ada, queue_a)
    ada = type(ada).objects.get(pk=ada.pk)

    with pytest.raises(drafts.NotYourJob):
        runs.start(job_id=job.pk, actor=ada, wanted=wanted(job), now=after(3))


def test_second_start_finds_no_draft(cleo):
    job = listed(cleo, 3)
    again = wanted(job)
    start(job)

    with pytest.raises(drafts.NotADraft):
        runs.start(job_id=job.pk, actor=cleo, wanted=again, now=after(3))


def test_cases_that_change_after_the_start_are_left_and_taken_ones_fail(cleo, ada):
    job = start(listed(cleo, 5))
    cases = [item.case_id for item in job.items.order_by("position")]
    notes.add(case_id=cases[0], actor=ada, text="Look at this", now=after(3))
    claims.claim(case_id=cases[1], actor=ada, now=after(3))
    build.decision(claims.claim(case_id=cases[2], actor=ada, now=after(3)))

    work_off()

    ends = [(item.state, item.left_out, item.last_error) for item in job.items.order_by("position")]
    assert ends == [
        ("left", "changed", ""),
        ("failed", "", "Somebody else is working on this case. Take another one."),
        ("left", "decided", ""),
        ("done", "", ""),
        ("done", "", ""),
    ]
    assert Case.objects.get(pk=cases[0]).state == "queued"


def test_what_failed_is_tried_again_on_request(cleo, ada):
    job = start(listed(cleo, 3))
    case = job.items.get(position=1).case
    claims.claim(case_id=case.pk, actor=ada, now=after(3))
    work_off()
    leaving.release(case_id=case.pk, actor=ada, now=after(4))

    runs.retry(job_id=job.pk, actor=cleo, now=after(5))
    work_off()

    assert states(job) == ["done"] * 3
    assert Decision.objects.count() == 3
    with pytest.raises(runs.NothingToDo):
        runs.retry(job_id=job.pk, actor=cleo, now=after(6))


def test_faults_are_tried_five_times_and_then_said(cleo, monkeypatch):
    def broken(**_):
        raise OSError("disk")

    monkeypatch.setattr(targets, "find", broken)
    job = start(listed(cleo, 3))

    for minute in range(10):
        run_pending(limit=20, now=after(4 + minute))

    assert [(item.state, item.last_error, item.attempts) for item in job.items.all()] == [("failed", "OSError", 5)] * 3
    assert (Decision.objects.count(), Case.objects.exclude(state="queued").count()) == (0, 0)


def test_rights_are_asked_for_at_each_case(cleo, queue_a):
    job = start(listed(cleo, 3))
    cleo.is_active = False
    cleo.save(update_fields=["is_active"])

    work_off()

    assert states(job) == ["failed"] * 3
    assert Decision.objects.count() == 0


def test_stopping_leaves_what_is_not_done(cleo):
    job = start(listed(cleo, 5))
    run_pending(limit=2, now=after(4))

    runs.stop(job_id=job.pk, actor=cleo, now=after(5))
    work_off()

    job.refresh_from_db()
    assert (job.state, states(job)) == ("done", ["done", "done", "left", "left", "left"])
    assert job.items.get(position=2).left_out == "stopped"
    with pytest.raises(runs.NotRunning):
        runs.stop(job_id=job.pk, actor=cleo, now=after(6))


def test_whole_job_is_taken_back(cleo, market):
    job = start(listed(cleo, 3))
    work_off()
    while enforcement.deliver_pending(limit=20, now=after(5)):
        pass

    runs.reverse(job_id=job.pk, actor=cleo, now=after(6))
    work_off(after(7))
    while enforcement.deliver_pending(limit=20, now=after(8)):
        pass

    job.refresh_from_db()
    assert (job.state, states(job)) == ("reversed", ["reversed"] * 3)
    effects = Counter(kind for kind, _ in market.effects())
    assert effects == {"account.suspend": 3, "account.revoke_sessions": 3, "account.restore": 3}
    assert set(Case.objects.values_list("state", "claimed_by")) == {("queued", None)}
    assert Label.objects.filter(verdict="withdrawn").count() == Label.objects.exclude(verdict="withdrawn").count()
    assert set(Label.objects.values_list("lane", flat=True)) == {"bulk"}
    with pytest.raises(runs.NothingToDo):
        runs.reverse(job_id=job.pk, actor=cleo, now=after(9))


def test_decision_taken_back_by_itself_is_not_taken_back_twice(cleo):
    job = start(listed(cleo, 3))
    work_off()
    decisions.reverse(decision_id=job.items.get(position=0).decision_id, actor=cleo, now=after(5))

    runs.reverse(job_id=job.pk, actor=cleo, now=after(6))
    work_off(after(7))

    assert states(job) == ["reversed"] * 3
    assert Decision.objects.filter(verdict="withdrawn").count() == 3


def test_held_effects_wait_long_enough_to_think_again(cleo, market):
    Policy.objects.filter(slug="ato").update(action_kinds=["account.warn"])
    Preset.objects.filter(queue__slug="ato", position=1).update(action_kinds=["account.warn"])
    catalogue.forget()
    try:
        with override_settings(HOLD_BULK_EFFECTS=after(10) - after(0), HOLD_EFFECTS=after(0) - after(0)):
            job = start(listed(cleo, 3))
            work_off()
        enforcement.deliver_pending(limit=20, now=after(5))
        assert set(Action.objects.values_list("state", flat=True)) == {"held"}

        runs.reverse(job_id=job.pk, actor=cleo, now=after(6))
        work_off(after(7))
    finally:
        catalogue.forget()

    assert set(Action.objects.values_list("state", flat=True)) == {"cancelled"}
    assert market.effects() == []


def test_draft_is_thrown_away(cleo):
    job = listed(cleo, 3)

    drafts.discard(job_id=job.pk, actor=cleo, now=after(2))

    job.refresh_from_db()
    assert (job.state, states(job)) == ("discarded", ["left"] * 3)
    with pytest.raises(drafts.NotADraft):
        drafts.choose(job_id=job.pk, actor=cleo, shown=[], ticked=[])


def test_rings_are_left_out(cleo):
    job = listed(cleo, 2)
    case = job.items.get(position=0).case
    Case.objects.filter(pk=case.pk).update(entity=entity("ring", "r-1"))
    CaseMember.objects.create(case=case, entity=case.entity, added_at=after(1))

    assert [one.left_out for one in standing.of(job)] == ["ring", ""]


def test_two_jobs_about_the_same_cases_decide_each_once(cleo, ada, queue_a):
    first = listed(cleo, 3)
    assign_perm("bulk_queue", ada, queue_a)
    ada = type(ada).objects.get(pk=ada.pk)
    second = drafts.make(actor=ada, queue=queue_a, case_ids=[item.case_id for item in first.items.all()], now=after(1))
    start(first)
    start(second)

    work_off()

    ends = Counter(BulkItem.objects.values_list("state", "left_out"))
    assert ends == {("done", ""): 3, ("left", "decided"): 3}
    assert Decision.objects.count() == 3
