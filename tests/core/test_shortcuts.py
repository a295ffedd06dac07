"""A person's own keys: kept, applied to every page, refused where two commands would share one."""

import json
import re
from pathlib import Path

import pytest

from tscore.core import shortcuts

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
BOUND = re.compile(r'data-(?:row-)?key="([^"{]+)"')


def saved(client, **own):
    return client.post(
        "/me/shortcuts/", {"mode": own.pop("mode", "letters"), **{f"key {k}": v for k, v in own.items()}}
    )


def own_keys(client):
    found = re.search(r'data-key-map="([^"]*)"', client.get("/me/display/").text)
    return json.loads(found[1].replace("&quot;", '"')) if found else {}


def test_every_key_of_a_template_is_a_command_that_can_be_changed():
    bound = {
        key for path in TEMPLATES.rglob("*.html") for keys in BOUND.findall(path.read_text()) for key in keys.split("|")
    }

    assert bound - {one.key for one in shortcuts.commands()} == set()


def test_no_two_commands_share_a_key_from_the_start():
    keys = [one.key for one in shortcuts.commands()]

    assert len(keys) == len(set(keys))
    for mode in shortcuts.MODES:
        assert shortcuts.conflicts(mode, shortcuts.effective(mode, {})) == {}


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("N", "Shift+N"), ("n", "n"), ("shift+n", "Shift+N"),
        ("alt+N", "Alt+Shift+N"), ("ALT+n", "Alt+n"), ("ctrl+K", "Ctrl+k"),
        ("g w", "g w"), ("+", "+"), ("ß", "ß"), ("enter", "Enter"), ("Alt+?", "Alt+?"),
    ],
)  # fmt: skip
def test_a_key_is_named_as_the_browser_names_it(typed, name):
    assert shortcuts.canonical(typed) == name


@pytest.mark.parametrize("typed", ["nn", "g w x", "Ctrl+w", "meta+k", "\u200bn"])
def test_what_is_no_key_is_refused(typed):
    with pytest.raises(ValueError):
        shortcuts.canonical(typed)


def test_an_own_key_reaches_every_page_and_stays(ada, sign_in):
    client = sign_in(ada)

    assert (saved(client, n="w")["Location"], own_keys(client)) == ("/me/shortcuts/", {"n": "w"})
    assert 'value="w"' in client.get("/me/shortcuts/").text


def test_two_commands_may_change_places(ada, sign_in):
    client = sign_in(ada)

    assert saved(client, n="m", m="n").status_code == 303
    assert own_keys(client) == {"n": "m", "m": "n"}


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"n": "m"}, "m is already taken by “Write a note”."),
        ({"n": "w", "h": "w"}, "w is already taken by “Snooze”."),
        ({"n": "g"}, "g is already taken by “Home”."),
        ({"n": "two keys"}, "That is no key that can be used."),
    ],
)
def test_a_conflict_is_refused_by_name(own, message, ada, sign_in):
    client = sign_in(ada)

    refused = saved(client, **own)

    assert refused.status_code == 422
    assert message in refused.text
    assert own_keys(client) == {}


def test_the_modifier_set_puts_alt_before_every_letter_and_sign(ada, sign_in):
    client = sign_in(ada)
    saved(client, mode="alt", n="w")

    found = own_keys(client)

    assert (found["n"], found["m"], found["Shift+J"], found["g q"], found["1"]) == (
        "w", "Alt+m", "Alt+Shift+J", "Alt+g q", "Alt+1",
    )  # fmt: skip
    assert not {"Enter", "Ctrl+k", " "} & found.keys()


def test_keys_can_be_switched_off(ada, sign_in):
    client = sign_in(ada)
    saved(client, mode="off")

    assert 'data-keys="off"' in client.get("/queues/").text


def test_a_person_can_ask_for_less_motion_and_another_zone(ada, sign_in):
    client = sign_in(ada)
    chosen = {"theme": "dark", "density": "compact", "text_size": 115, "time_zone": "Asia/Kathmandu"}
    client.post("/me/display/", {**chosen, "reduce_motion": "on"})

    html = client.get("/me/display/").text

    assert 'data-motion="less"' in html and 'data-theme="dark"' in html
