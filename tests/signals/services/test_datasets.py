import csv
import hashlib
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from signals.models import DatasetVersion, Event, Label
from signals.services import datasets, scoring
from signals.verbs import Verb
from tests.factories import after, entity, event, label
from tscore.core.models import AuditEvent

pytestmark = pytest.mark.django_db
AS_OF = after(days=30)
NOW = after(days=40)
PAYMENT = {"abuse_type": "payment_fraud", "role": "payment"}


def paid(number, days, **more):
    given = {"payment": f"p{number}", "buyer": "ada", "seller": "ben", "card": "~c", "amount": 1000 + number}
    return event("payment.captured", after(days=days), id=f"evt-{number}", **given | more)


def judged(row, label_class, days, **more):
    verdict = more.pop("verdict", "good" if label_class == "legit" else "bad")
    return label(row, label_class, after(days=days), verdict=verdict, **PAYMENT | more)


def score():
    while scoring.score_pending(limit=500, now=after(days=1)):
        pass


def build(tmp_path, *, as_of=AS_OF, abuse_type="payment_fraud", name="out"):
    return datasets.build(abuse_type=abuse_type, as_of=as_of, out=tmp_path / name, actor=None, now=NOW)


def rows_of(tmp_path, name="out"):
    with (tmp_path / name / "data.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.fixture
def world():
    for number in range(20):
        judged(paid(number, number - 25), "payment.third_party" if number % 5 == 0 else "legit", number - 18)
    score()


def test_build_writes_one_row_for_each_label_that_was_known(world, tmp_path):
    version = build(tmp_path, as_of=after(days=-8))

    rows = rows_of(tmp_path)
    assert (version.rows, version.positives, len(rows)) == (11, 3, 11)
    assert [row["event_id"] for row in rows if row["label"] == "1"] == ["evt-0", "evt-10", "evt-5"]
    assert rows[0]["entity_kind"] == "payment"
    assert (rows[0]["as_of"], rows[0]["weight"]) == ("2026-02-04T12:00:00.000000Z", "")
    assert rows[0]["buyer_payments_30d"] == "0"
    assert rows[1]["event_id"] == "evt-1"
    assert rows[1]["buyer_payments_30d"] == "1"
    assert rows[0]["amount_to_buyer_average"] == ""


def test_rows_are_split_by_time(world, tmp_path):
    build(tmp_path)

    parts = [row["split"] for row in sorted(rows_of(tmp_path), key=lambda row: row["as_of"])]
    assert parts == ["train"] * 14 + ["validation"] * 3 + ["test"] * 3


def test_building_twice_gives_the_same_hash_and_bytes(world, tmp_path):
    first, second = build(tmp_path, name="one"), build(tmp_path, name="two")

    assert first.content_hash == second.content_hash
    for file in datasets.FILES:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_what_becomes_known_later_changes_nothing(world, tmp_path):
    before = build(tmp_path, as_of=after(days=-5)).content_hash

    paid(77, -22, amount=99)
    judged(Event.objects.get(external_id="evt-1"), "payment.third_party", 2, source="appeal")
    event(
        "payment.captured", after(days=-22), id="evt-1", observed_at=after(days=3), payment="p1", buyer="ben", amount=5
    )
    score()

    assert build(tmp_path, as_of=after(days=-5)).content_hash == before


def test_hash_follows_the_written_form(tmp_path):
    judged(paid(1, -3), "legit", -1, confidence=0.5, inclusion_probability=0.25)
    score()

    version = build(tmp_path)

    (row,) = rows_of(tmp_path)
    cells = {name: text or "\\N" for name, text in row.items()}
    cells |= {"as_of": "1772107200000000", "label_known_at": "1772280000000000", "weight": "4", "confidence": "0.5"}
    line = "\x1f".join(cells[name] for name in sorted(cells)) + "\n"
    assert version.content_hash == hashlib.sha256(line.encode()).hexdigest()


def test_labels_without_answer_are_left_out_and_counted(world, tmp_path):
    unsure, withdrawn = paid(90, -4), paid(91, -4)
    judged(unsure, "unsure", -1, verdict="unsure")
    first = judged(withdrawn, "payment.third_party", -3)
    judged(withdrawn, "withdrawn", -2, verdict="withdrawn", supersedes=first)
    score()

    version = build(tmp_path)

    card = (tmp_path / "out" / "card.md").read_text()
    assert version.rows == 20
    assert "* 1 labels: verdict unsure" in card
    assert "* 1 labels: withdrawn, or only checks of reviewers" in card


def test_a_label_without_event_takes_the_subjects_last_event_before_it(tmp_path):
    paid(1, -6)
    paid(2, -4)
    paid(3, -1)
    score()
    Label.objects.create(
        external_id="d-1",
        entity=entity("account", "ada"),
        abuse_type_id="payment_fraud",
        verdict="bad",
        label_class="payment.friendly",
        source="reviewer",
        actor="rv_1",
        origin="decision:1",
        occurred_at=after(days=-2),
        known_at=after(days=1),
        recorded_at=after(days=1),
    )

    build(tmp_path)

    (row,) = rows_of(tmp_path)
    assert (row["entity_id"], row["event_id"], row["as_of"]) == ("ada", "", "2026-02-25T12:00:00.000000Z")
    assert row["buyer_payments_30d"] == "1"


def test_features_are_those_of_the_revision_current_at_the_instant(tmp_path):
    row = paid(1, -6)
    judged(row, "legit", -1)
    paid(1, -6, amount=77_700, observed_at=after(days=-5))
    paid(1, -6, amount=99_900, observed_at=after(days=31))
    score()

    build(tmp_path)

    (found,) = rows_of(tmp_path)
    assert (found["amount"], found["as_of"]) == ("77700", "2026-02-24T12:00:00.000000Z")


def test_manifest_names_the_files_and_the_record_is_audited(world, tmp_path):
    version = build(tmp_path)

    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert [file["name"] for file in manifest["files"]] == ["data.parquet", "data.csv", "card.md"]
    assert (manifest["rows"], manifest["content_hash"]) == (20, version.content_hash)
    assert DatasetVersion.objects.get().manifest == manifest
    entry = AuditEvent.objects.get(verb=Verb.DATASET_BUILT)
    assert (entry.object_ref, entry.actor_name) == (str(version.pk), "system:build_dataset")


def test_parquet_holds_the_same_rows(world, tmp_path):
    import pyarrow.parquet as pq

    build(tmp_path)

    table = pq.read_table(tmp_path / "out" / "data.parquet")
    assert table.column("event_id").to_pylist() == [row["event_id"] for row in rows_of(tmp_path)]
    assert str(table.schema.field("as_of").type) == "timestamp[us, tz=UTC]"
    assert str(table.schema.field("seller_bad_share_14d").type) == "double"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"as_of": NOW + timedelta(days=1)}, datasets.InFuture),
        ({"as_of": after(days=-90)}, datasets.NoRows),
        ({"abuse_type": "spam"}, datasets.UnknownTable),
    ],
)
def test_build_refuses_and_writes_nothing(world, tmp_path, given, problem):
    with pytest.raises(problem):
        build(tmp_path, **given)

    assert list(tmp_path.iterdir()) == []
    assert DatasetVersion.objects.count() == 0


def test_command_prints_the_hash_last(world, tmp_path, capsys):
    call_command("build_dataset", "payment_fraud", "--as-of", "2026-03-02T00:00:00Z", "--out", str(tmp_path / "out"))

    assert capsys.readouterr().out.splitlines()[-1] == DatasetVersion.objects.get().content_hash


@pytest.mark.parametrize("instant", ["yesterday", "2026-03-02T00:00:00"])
def test_command_refuses_an_instant_without_offset(instant, tmp_path):
    with pytest.raises(CommandError, match="--as-of"):
        call_command("build_dataset", "payment_fraud", "--as-of", instant, "--out", str(tmp_path))
