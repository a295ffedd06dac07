"""The gallery shows every state there is, and each of its empty states is what the real page says."""

import re

import pytest

from cases.models import Case, SavedView
from cases.web import handbook as handbook_page
from tests import factories
from tests.cases import build
from tests.cases.web.test_decision import HTMX, post
from tests.cast import person
from tscore.core.templatetags.vocabulary import SEVERITIES, STATUSES
from tscore.states import empty, page, waiting, wrong

pytestmark = pytest.mark.django_db
TABS = ("overview", "activity", "links", "cases", "decisions", "money", "listings", "messages", "notes", "raw")
INVENTORY = {
    "Queues", "Queue", "View", "Inbox", "Home", "Case", "Bulk jobs", "Bulk job", "Search", "My decisions", "Practice",
    "Handbook", "Audit", "Mutes", "Delivery", "Actions", "Dead letters", "Datasets", "Labels",
} | {f"Entity, {tab}" for tab in TABS}  # fmt: skip
STATES = [
    (name, kind, state)
    for name, found in empty.PAGES.items()
    for kind in page.KINDS
    if isinstance(state := getattr(found, kind), empty.Shown)
]


@pytest.fixture
def gallery(ada, sign_in, settings):
    settings.STATES = True
    return sign_in(ada).get("/dev/states/").content.decode()


def test_gallery_is_not_there_without_its_setting(ada, sign_in, settings):
    settings.STATES = False

    assert sign_in(ada).get("/dev/states/").status_code == 404


def test_gallery_names_every_page_of_the_inventory():
    assert set(empty.PAGES) == INVENTORY


def test_gallery_shows_every_state_of_every_table(gallery):
    assert re.findall(r"<code>(\w+)</code></p>", gallery.split(">Statuses</h2>")[1]) == list(STATUSES)
    assert [f"Error {status}" in gallery for status in (403, 404, 409, 422, 429, 500, 503)] == [True] * 7
    assert set(wrong.PROBLEMS) == {403, 404, 409, 422, 429, 500, 503}
    assert all(f"<dt>{name}</dt>" in gallery for name in waiting.LOCKS)
    assert all(gallery.count(f">{step.label}<") >= 2 for step in SEVERITIES.values())
    assert 'class="body skeleton"' in gallery


def test_nothing_in_the_gallery_acts_by_itself(gallery):
    main = gallery[gallery.index("<main") : gallery.index("</main>")]

    assert re.findall(r"hx-|data-key|autofocus|method=.post", main.split("<h1>States")[1]) == []


def test_six_states_of_the_lock_differ_in_words_and_each_has_a_picture(gallery):
    drawn = [re.search(rf"<dt>{name}</dt><dd>(.*?)</dd>", gallery, re.DOTALL)[1] for name in waiting.LOCKS]
    words = [" ".join(re.sub("<[^>]+>", " ", one).split()) for one in drawn]

    assert words == [
        "Yours for 9 min",
        "Yours, ending in 50 s extend",
        "Ana is deciding",
        "Ana is viewing",
        "Lease lost, draft kept take again",
        "Decided by Ana, 12 min ago",
    ]
    assert all("<svg" in one for one in drawn)


@pytest.mark.parametrize(("name", "kind", "state"), STATES)
def test_an_empty_state_is_a_sentence_and_one_way_on(name, kind, state):
    found = page.parts(state)

    assert found, "nothing of this state is drawn"
    for part in found:
        text = re.sub("<a .*?</a>", "", part, flags=re.DOTALL)
        assert re.search(r"\w[^<>]*[.]", text), part
        assert part.count("<a ") == 1, part
        if kind == "no_match":
            assert re.search("Clear (filter|the search)</a>", part), part


@pytest.fixture
def visit(request, sign_in, monkeypatch):
    """Return a visitor of the real pages: `visit("Queue", "nothing_yet")` brings about the state and gives the page."""
    cast = ("ada", "cleo", "mallory", "auditor", "analyst")
    ada, cleo, mallory, auditor, analyst = map(request.getfixturevalue, cast)

    def get(user, address):
        return sign_in(user).get(address).content.decode()

    def story(events):
        case = build.case("a-1")
        return sign_in(ada).get(f"/cases/{case.ref}/story/?events={events}", **HTMX).content.decode()

    def view(query=""):
        build.case("a-1", severity="low")
        made = SavedView.objects.create(owner=ada, name="Worst", filter="severity:critical", queue_id=None)
        return get(ada, f"/views/{made.pk}/{query}")

    def closed():
        build.decision(build.held_case(ada))
        return get(ada, "/queues/ato/")

    def last():
        return post(sign_in(ada), build.held_case(ada, "a-1"), **HTMX).content.decode()

    def left_out():
        build.held_case(ada, "a-1")
        sent = {"queue": "ato", "form_key": "b"}
        return sign_in(cleo).post("/bulk/new/", sent, follow=True).content.decode()

    def silent():
        made = build.signal(factories.entity("account", "a-silent"))
        build.correlation.correlate_pending(limit=9, now=factories.NOON)
        return get(ada, f"/cases/{Case.objects.get(signals=made).ref}/")

    def nowhere():
        return sign_in(ada).post("/search/", {"q": "zzzzqqqq"}).content.decode()

    def unwritten():
        monkeypatch.setattr(handbook_page.handbook, "policies", list)
        return get(ada, "/handbook/")

    def tab(name):
        about = factories.entity("account", "a-9")
        return get(cleo, f"/e/account/{about.ref}/{'' if name == 'overview' else name + '/'}")

    def home():
        for number in range(3):
            build.case(f"a-{number}")
        return get(ada, "/")

    ways = {
        ("Queues", "nothing_yet"): lambda: get(mallory, "/queues/"),
        ("Queue", "nothing_yet"): lambda: get(ada, "/queues/ato/"),
        ("Queue", "all_done"): closed,
        ("Queue", "no_match"): lambda: get(ada, "/queues/ato/?f=severity:critical"),
        ("View", "all_done"): lambda: view("?drained=1"),
        ("View", "no_match"): view,
        ("Inbox", "nothing_yet"): lambda: get(ada, "/inbox/?done=1"),
        ("Inbox", "all_done"): lambda: get(ada, "/inbox/"),
        ("Home", "nothing_yet"): lambda: get(mallory, "/"),
        ("Home", "all_done"): home,
        ("Case", "nothing_yet"): silent,
        ("Case", "all_done"): last,
        ("Case", "no_match"): lambda: story("dispute"),
        ("Bulk jobs", "nothing_yet"): lambda: get(cleo, "/bulk/"),
        ("Bulk job", "nothing_yet"): left_out,
        ("Search", "nothing_yet"): lambda: get(ada, "/search/"),
        ("Search", "no_match"): nowhere,
        ("My decisions", "nothing_yet"): lambda: get(ada, "/me/decisions/"),
        ("Practice", "nothing_yet"): lambda: get(ada, "/practice/"),
        ("Handbook", "nothing_yet"): unwritten,
        ("Audit", "nothing_yet"): lambda: get(auditor, "/audit/"),
        ("Audit", "no_match"): lambda: get(auditor, "/audit/?verb=nothing"),
        ("Mutes", "nothing_yet"): lambda: get(cleo, "/mutes/"),
        ("Mutes", "all_done"): lambda: get(cleo, "/mutes/?state=over"),
        ("Delivery", "all_done"): lambda: get(person("Kim", "admin"), "/delivery/"),
        ("Actions", "nothing_yet"): lambda: get(ada, "/actions/"),
        ("Actions", "no_match"): lambda: get(ada, "/actions/?state=failed"),
        ("Dead letters", "nothing_yet"): lambda: get(analyst, "/dead-letters/"),
        ("Dead letters", "no_match"): lambda: get(analyst, "/dead-letters/?code=bad_value"),
        ("Datasets", "nothing_yet"): lambda: get(analyst, "/datasets/"),
        ("Labels", "nothing_yet"): lambda: get(analyst, "/labels/"),
        ("Labels", "no_match"): lambda: get(analyst, "/labels/?verdict=bad"),
    }
    ways |= {(f"Entity, {name}", "nothing_yet"): lambda name=name: tab(name) for name in TABS}
    return lambda *state: ways[state]()


def same(html):
    """Return markup without the ids of one case or subject and without figures that the gallery makes up."""
    html = re.sub(r'href="[^"]*"', "", html)
    return re.sub(r"\s+", " ", html)


@pytest.mark.parametrize(("name", "kind", "state"), STATES)
def test_the_real_page_says_what_the_gallery_shows(name, kind, state, visit):
    real = same(visit(name, kind))

    assert [part for part in page.parts(state) if same(part) not in real] == []
