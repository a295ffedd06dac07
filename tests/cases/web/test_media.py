"""A stranger's picture is shown as our own copy, to the person its address was made for, under the veil they chose."""

import json
import re

import pytest

from cases.models import Queue
from cases.services import care
from cases.web import media
from signals.models import Entity, Event, ImageCopy
from signals.services import images, ingest
from tests import factories
from tests.cases import build
from tests.hostile import files
from tscore.core import egress
from tscore.core.egress import NotFetched

pytestmark = pytest.mark.django_db


@pytest.fixture
def fetched(monkeypatch):
    """Answer every fetch with a small picture and tell what was asked for."""
    asked = []

    def fetch(url, **terms):
        asked.append(url)
        return files.DRAWN["png and zip"]

    monkeypatch.setattr(egress, "fetch", fetch)
    return asked


@pytest.fixture
def picture(db):
    """A picture that a listing named."""
    return factories.entity("image", "https://img.shop.example/1.png")


def address(person, picture, category=""):
    """Return the address of a picture for one person."""
    return f"/media/{media.SIGNER.sign(f'{person.pk}.{picture.pk}.{category}')}/"


def run():
    """Let the worker fetch what was asked for."""
    return images.fetch_wanted(limit=10, now=factories.NOON)


def test_picture_is_asked_for_fetched_once_and_shown_as_our_own_copy(ada, picture, sign_in, fetched):
    client, url = sign_in(ada), address(ada, picture)

    first = client.get(url)
    assert (first.status_code, first["Refresh"], run(), run()) == (202, "2", 1, 0)
    shown = client.get(url)

    assert fetched == ["https://img.shop.example/1.png"]
    assert (shown.status_code, shown["Content-Type"], shown["Content-Disposition"]) == (200, "image/webp", "inline")
    assert (shown["X-Content-Type-Options"], "sandbox" in shown["Content-Security-Policy"]) == ("nosniff", True)
    assert (shown.content[:4], shown.content[8:12], b"fired" in shown.content) == (b"RIFF", b"WEBP", False)


def test_address_of_a_picture_is_good_for_one_person_and_cannot_be_made_up(ada, cleo, picture, sign_in):
    url, client = address(ada, picture), sign_in(cleo)

    assert [client.get(path).status_code for path in (url, url[:-3] + "/", "/media/1.2.:x/")] == [404, 404, 404]
    assert ImageCopy.objects.count() == 0


def test_refused_picture_says_why_and_is_not_fetched_again(ada, picture, sign_in, monkeypatch):
    def refuse(url, **terms):
        raise NotFetched("host_not_allowed")

    monkeypatch.setattr(egress, "fetch", refuse)
    client, url = sign_in(ada), address(ada, picture)
    client.get(url)

    assert (run(), run()) == (1, 0)
    answer = client.get(url, HTTP_HX_REQUEST="true")
    assert "is not shown: pictures from there are not fetched" in answer.content.decode()
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("category", "wishes", "expected"),
    [
        ("", {}, '<div class="veil"><img src="{url}" alt="Picture 1"></div>'),
        (
            "goods",
            {},
            '<label class="veil blur"><input type="checkbox"> Show picture 1<img src="{url}" alt=""></label>',
        ),
        ("goods", {"goods": "off"}, '<div class="veil"><img src="{url}" alt="Picture 1"></div>'),
        (
            "",
            {"plain": "mute"},
            '<label class="veil mute"><input type="checkbox"> Show picture 1<img src="{url}" alt="">',
        ),
    ],
)
@pytest.mark.usefixtures("fetched")
def test_veil_is_the_organisations_unless_a_person_chose_another(category, wishes, expected, *, ada, picture, sign_in):
    care.wish(person=ada, veils=wishes, opted_out=[], text_first=False, limit_minutes=45)
    client, url = sign_in(ada), address(ada, picture, category)
    client.get(url)
    run()

    html = client.get(f"{url}?n=1", HTTP_HX_REQUEST="true").content.decode()

    assert expected.format(url=url) in html


def test_text_first_fetches_a_picture_only_when_asked_for(ada, picture, sign_in):
    care.wish(person=ada, veils={}, opted_out=[], text_first=True, limit_minutes=45)
    client, url = sign_in(ada), address(ada, picture)

    html = client.get(f"{url}?n=1", HTTP_HX_REQUEST="true").content.decode()

    assert ("Show picture 1" in html, "<img" in html, ImageCopy.objects.count()) == (True, False, 0)


def taken_in(kind, **data):
    """Take in one event that names two pictures."""
    data = {**data, "images": ['https://evil.example/"onerror=x', "l-1.png"]}
    item = {"id": "e-1", "type": kind, "time": "2026-03-01T12:00:00Z", "data": data}
    ingest.ingest(source="shop", items=[json.dumps(item).encode()], received_at=factories.NOON)
    return Event.objects.get(external_id="e-1")


def listed():
    """Take in a listing."""
    price = {"minor": 1, "currency": "EUR"}
    return taken_in(
        "listing.created", listing="l-1", seller="a-1", title="x", description="y", category="other", price=price
    )


def sent():
    """Take in a message."""
    return taken_in("message.sent", message="m-1", sender="a-1", recipient="a-2", text="x")


def case_of(subject, abuse, *events):
    """Return a case of a subject."""
    build.signal(subject, abuse, events=events)
    build.correlation.correlate_pending(limit=10, now=factories.NOON)
    return build.Case.objects.get()


@pytest.mark.parametrize("event", [listed, sent])
def test_case_page_names_pictures_by_our_own_address_only(event, ada, sign_in):
    case = case_of(factories.entity("account", "a-1"), "account_takeover", build.login("a-1"), event())

    html = sign_in(ada).get(f"/cases/{case.ref}/").content.decode()

    assert html.count('hx-get="/media/') == 2
    assert ("https://evil" in html, '"onerror' in html) == (False, False)


@pytest.mark.parametrize(("event", "kind"), [(listed, "listing"), (sent, "message")])
def test_page_of_a_listing_or_message_shows_its_pictures_veiled_as_its_case(event, kind, ada, sign_in):
    made, client = event(), sign_in(ada)
    about = Entity.objects.get(kind=kind)
    seen = []
    for category in ("", "violence"):
        if category:
            case_of(about, "prohibited_item", made)
            Queue.objects.filter(slug="listings").update(veil_category=category)
        html = client.get(f"/e/{kind}/{about.ref}/").content.decode()
        seen.append(
            [media.SIGNER.unsign(token).split(".")[2] for token in re.findall(r'hx-get="/media/([^"?/]+)', html)]
        )

    assert seen == [["goods", "goods"], ["violence", "violence"]]
    assert "evil.example/" not in re.sub(r"hxxps[^ <]*", "", html)


def test_copies_are_forgotten_by_age_and_by_size(picture, settings):
    other = factories.entity("image", "b")
    ImageCopy.objects.create(entity=picture, state="kept", asked_at=factories.after(days=-40), content=b"x")
    ImageCopy.objects.create(entity=other, state="kept", asked_at=factories.NOON, content=b"x" * 900_000)
    kept = ImageCopy.objects.create(
        entity=factories.entity("image", "c"), state="kept", asked_at=factories.after(1), content=b"x" * 900_000
    )
    settings.IMAGES_MOST_MB = 1

    assert images.forget_old(limit=10, now=factories.after(2)) == 2
    assert list(ImageCopy.objects.all()) == [kept]


@pytest.mark.parametrize(
    ("name", "base", "expected"),
    [
        ("https://img.shop.example/1.png", "http://x", "https://img.shop.example/1.png"),
        ("l-1.png", "http://x/images/", "http://x/images/l-1.png"),
        ("../a b?c#d@e", "http://x/images", "http://x/images/../a%20b%3Fc%23d%40e"),
        ("l-1.png", "", "l-1.png"),
    ],
)
def test_id_that_is_no_address_lies_below_the_base(name, base, expected, settings):
    settings.IMAGE_BASE_URL = base

    assert images.address_of(name) == expected
