"""Training tables on screen: asked for, built once, shown with card and files, taken on the record."""

import json

import pytest
from django.utils import timezone

from signals.models import DatasetVersion
from signals.services import scoring
from signals.verbs import Verb
from tests.factories import after, event, label
from tscore.core import ids
from tscore.core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_data(settings, tmp_path):
    settings.DATA = tmp_path


@pytest.fixture
def payments():
    for number in range(5):
        row = event("payment.captured", after(days=number), payment=f"p{number}", buyer="ada", amount=100)
        verdict, name = ("bad", "payment.third_party") if number == 2 else ("good", "legit")
        label(row, name, after(days=number + 1), abuse_type="payment_fraud", role="payment", verdict=verdict)
    scoring.score_pending(limit=500, now=after(days=9))


@pytest.fixture
def client(analyst, sign_in):
    return sign_in(analyst)


def ask(client, **more):
    given = {"abuse_type": "payment_fraud", "as_of": "2026-03-20T00:00:00", "key": "press-1"}
    return client.post("/datasets/new/", given | more)


def built(client):
    return ask(client)["Location"]


def test_build_leads_to_the_table(payments, client, analyst, tmp_path):
    answer = ask(client)

    version = DatasetVersion.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/datasets/{ids.row_ref('ds', version.pk)}/")
    assert (version.rows, version.positives, version.built_by) == (5, 1, analyst)
    assert (tmp_path / "datasets" / version.folder / "card.md").is_file()


def test_pressing_the_button_twice_builds_once(payments, client):
    assert built(client) == built(client)
    assert DatasetVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"as_of": "2026-02-01T00:00:00"}, "No label for this abuse type was known by then"),
        ({"as_of": "2999-01-01T00:00:00"}, "has not come yet"),
        ({"as_of": "soon"}, "Enter a valid date/time"),
        ({"abuse_type": "spam"}, "Select a valid choice"),
    ],
)
def test_build_says_what_is_wrong_and_keeps_the_form(payments, client, given, sentence):
    answer = ask(client, **given)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert DatasetVersion.objects.count() == 0


def test_table_shows_card_features_and_hash(payments, client):
    text = client.get(built(client)).content.decode()

    version = DatasetVersion.objects.get()
    assert version.content_hash in text
    assert "## Against leakage" in text
    assert "seller_bad_share_14d" in text


def test_card_and_manifest_are_read_freely(payments, client):
    place = built(client)

    card, manifest = client.get(f"{place}files/card.md"), client.get(f"{place}files/manifest.json")

    assert b"".join(card.streaming_content).startswith(b"# Payment fraud: training table")
    assert json.loads(b"".join(manifest.streaming_content))["rows"] == 5
    assert AuditEvent.objects.filter(verb=Verb.DATASET_TAKEN).count() == 0


def test_data_is_taken_on_the_record(payments, client, analyst):
    place = built(client)

    looked, taken = client.get(f"{place}files/data.csv"), client.post(f"{place}files/data.csv")

    assert looked.status_code == 303
    assert len(b"".join(taken.streaming_content).splitlines()) == 6
    entry = AuditEvent.objects.get(verb=Verb.DATASET_TAKEN)
    assert (entry.actor, entry.after["file"]) == (analyst, "data.csv")


@pytest.mark.parametrize("name", ["secrets.json", "..%2Fcard.md"])
def test_no_other_file_is_handed_out(payments, client, name):
    assert client.get(f"{built(client)}files/{name}").status_code == 404


def test_a_table_whose_files_are_gone_says_so(payments, client, tmp_path):
    place = built(client)
    for path in (tmp_path / "datasets").glob("*/*"):
        path.unlink()

    assert "no longer where they were built" in client.get(place).content.decode()
    assert client.get(f"{place}files/card.md").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_at_any_length(payments, client, number, django_assert_num_queries):
    for press in range(number):
        ask(client, key=f"press-{press}")
    client.get("/datasets/")

    with django_assert_num_queries(6):
        text = client.get("/datasets/").content.decode()

    assert text.count("data-row>") == number


def test_pages_do_not_exist_for_reviewers(ada, sign_in):
    for place in ("/datasets/", "/datasets/new/", "/labels/"):
        assert sign_in(ada).get(place).status_code == 404


def test_labels_show_where_they_come_from(payments, client):
    text = client.get("/labels/", {"verdict": "bad"}).content.decode()

    assert text.count("data-row>") == 1
    assert "payment.third_party" in text
    assert "no sampling design" in text
    assert client.get("/labels/", {"source": "appeal"}).content.decode().count("data-row>") == 0


def test_labels_lead_to_their_entity_only_for_those_who_may_open_it(payments, client, sign_in, auditor):
    of_auditor = sign_in(auditor).get("/labels/").content.decode()

    assert (client.get("/labels/").content.decode().count("data-open"), of_auditor.count("data-open")) == (5, 0)


def test_superseded_label_is_struck(payments, client):
    row = event("payment.captured", after(), payment="p9", buyer="ada", amount=100)
    given = {"abuse_type": "payment_fraud", "role": "payment"}
    first = label(row, "payment.friendly", after(1), verdict="bad", **given)
    label(row, "legit", timezone.now(), verdict="good", supersedes=first, **given)

    text = client.get("/labels/").content.decode()

    assert text.count('class="struck"') == 1
    assert "supersedes an earlier label" in text
