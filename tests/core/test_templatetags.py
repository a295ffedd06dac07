from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from tscore.core.icons import NAMES
from tscore.core.templatetags import moments, vocabulary
from tscore.management.commands import build_sprite

NOW = datetime(2026, 11, 24, 14, 32, tzinfo=UTC)


def draw(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


class Seen(HTMLParser):
    """Collects the tags and the text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.lists(st.one_of(st.text(), st.sampled_from(["http://", "<b hx-get=/x>", '"', "'", "\u202e"]))).map("".join))
def test_untrusted_never_lets_text_become_markup_or_a_link(text):
    html = draw("{{ text|untrusted:40 }}{{ text|untrusted_line }}", text=text)

    seen = Seen(html)

    assert seen.tags <= {"span", "div", "details", "summary"}
    assert ("http://" in html, "\u202e" in html) == (False, False)


def test_untrusted_marks_and_defangs():
    html = draw("{{ text|untrusted }}", text="<i>\u202ehttps://x.example")

    assert html == (
        '<span class="untrusted" dir="auto" hx-disable>&lt;i&gt;'
        '<span class="odd" title="U+202E RIGHT-TO-LEFT OVERRIDE">RLO</span>hxxps[:]//x[.]example</span>'
    )


def test_untrusted_hides_the_rest_of_a_long_text_behind_show_all():
    html = draw("{{ text|untrusted:10 }}", text="one two three four")

    assert html == (
        '<div class="untrusted" dir="auto" hx-disable>one two<details class="more"><summary>Show all, 18 characters'
        "</summary> three four</details></div>"
    )


def test_untrusted_line_cuts_with_an_ellipsis():
    html = draw("{{ text|untrusted_line:7 }}", text="one\n two three")

    assert html == '<span class="untrusted line" dir="auto" hx-disable>one two…</span>'


def test_plain_fits_an_attribute():
    assert draw('<a title="{{ text|plain }}">', text='"\u202e\nx') == '<a title="&quot;‹RLO› x">'


@pytest.mark.parametrize(
    ("value", "filled", "css"), [("critical", True, "critical filled"), (3, False, "high"), ("info", False, "info")]
)
def test_severity_says_word_bars_and_icon(value, filled, css):
    html = draw("{% severity value filled=filled %}", value=value, filled=filled)
    step = vocabulary.severity(value)

    assert html.startswith(f'<span class="sev {css}">')
    assert (f"#severity-{step.level}" in html, Seen(html).text) == (True, step.label)


@pytest.mark.parametrize(
    ("state", "note", "words"),
    [
        ("queued", "", "Open"),
        ("reviewing", "by you", "In review by you"),
        ("unknown", "", "Result not known"),
        ("odd_one", "", "Odd one"),
    ],
)
def test_status_says_a_state_in_words(state, note, words):
    assert Seen(draw("{% status state note %}", state=state, note=note)).text == words


def test_every_status_and_severity_has_an_icon_of_the_sprite():
    used = {known.icon for known in [*vocabulary.STATUSES.values(), *vocabulary.SEVERITIES.values()]}

    assert used - set(NAMES) == set()


def test_icon_refuses_an_unknown_name():
    with pytest.raises(TemplateSyntaxError, match="No icon named 'fingerprint'"):
        draw('{% icon "fingerprint" %}')


def test_the_sprite_is_what_would_be_built_now(settings):
    assert (Path(settings.BASE_DIR) / "static" / "icons.svg").read_text() == build_sprite.sprite()


def test_build_sprite_check_refuses_a_sprite_that_is_out_of_date(settings, tmp_path):
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "icons.svg").write_text("<svg></svg>")
    settings.BASE_DIR = tmp_path

    with pytest.raises(CommandError, match="out of date"):
        call_command("build_sprite", check=True, verbosity=0)


@pytest.mark.parametrize(
    ("minor", "currency", "expected"),
    [
        (231000, "EUR", "€2,310"),
        (231050, "EUR", "€2,310.50"),
        (231005, "", "2,310.05"),
        (0, "", "0"),
        (-50, "USD", "−$0.50"),
        (1234, "JPY", "JPY\u00a01,234"),
        (None, "EUR", "not known"),
    ],
)
def test_money_writes_minor_units(minor, currency, expected):
    assert draw("{{ minor|money:currency }}", minor=minor, currency=currency) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (9, "9 s"), (60, "1 min"), (719, "11 min"), (3600, "1 h"), (11_400, "3 h 10 min"), (36_600, "10 h"),
        (187_200, "2 d 4 h"), (3_542_400, "41 d"),
    ],
)  # fmt: skip
def test_span_names_at_most_two_units(seconds, expected):
    assert moments.span(timedelta(seconds=seconds)) == expected


@pytest.mark.parametrize(
    ("minutes", "ago", "until"),
    [(-12, "12 min ago", "12 min late"), (0, "just now", "0 s"), (12, "in 12 min", "12 min")],
)
def test_ago_and_until_tell_before_from_after(minutes, ago, until):
    moment = NOW + timedelta(minutes=minutes)

    assert (moments.ago(moment, now=NOW), moments.until(moment, now=NOW)) == (ago, until)


def test_when_shows_the_persons_zone():
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(time_zone="Europe/Berlin")
    moment = NOW - timedelta(minutes=12)

    html = draw('{% when moment %} {% when moment "time" %}', moment=moment, now=NOW, request=request)

    stamp = '<time datetime="2026-11-24T14:20:00Z" title="24 Nov 2026 15:20:00 CET">'
    assert html == f"{stamp}12 min ago</time> {stamp}15:20</time>"


def test_when_survives_an_unknown_zone_and_no_moment():
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(time_zone="Mars/Olympus")

    assert Seen(draw('{% when now "date" %}|{% when none %}', now=NOW, none=None, request=request)).text == (
        "24 Nov 2026|not known"
    )


def test_due_sets_lateness_in_weight():
    html = draw("{% due moment %}", moment=NOW - timedelta(minutes=5), now=NOW)

    assert html.startswith('<span class="late"><time ')
    assert Seen(html).text == "5 min late"


@pytest.mark.parametrize(("cursor", "link"), [("abc", "?state=open&amp;after=abc"), (None, None)])
def test_paginate_keeps_the_filter_and_ends_silently(cursor, link):
    request = RequestFactory().get("/", {"state": "open", "after": "old"})
    page = SimpleNamespace(next_cursor=cursor)

    html = Template("{% paginate page columns=7 %}").render(RequestContext(request, {"page": page, "request": request}))

    assert (f'href="{link}"' in html if link else html.strip()) == (True if link else "")
