"""Colours measured from the tokens: contrast of every pair in use, and how far apart neighbouring severities look."""

import math
import re
from itertools import pairwise
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
THEMES = ("light", "dark")
TEXT, EDGE = 4.5, 3.0
GROUNDS = ("bg", "surface", "sunken", "selected")
# What is written on what; edges, rings and icons need less.
WRITTEN = {
    "text": (*GROUNDS, "danger-tint", "ok-tint"),
    "text-2": (*GROUNDS, "danger-tint", "ok-tint"),
    "text-3": GROUNDS,
    "accent": (*GROUNDS, "danger-tint", "ok-tint"),
    "accent-ink": ("accent",),
    "danger": (*GROUNDS, "danger-tint"),
    "danger-ink": ("danger", "crit-bg"),
    "high-ink": ("high-bg",),
    "med-ink": ("med-bg",),
    "low-ink": ("bg", "surface", "sunken", "selected"),
    "surface": ("text",),
}
DRAWN = {
    "border-strong": ("bg", "surface", "sunken"),
    "focus": GROUNDS,
    "accent": GROUNDS,
    "danger": (*GROUNDS, "danger-tint"),
    "ok": (*GROUNDS, "ok-tint"),
}
# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
SIGHT = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def tokens(theme):
    """Return the colours of one theme, each as linear RGB."""
    found = re.findall(r"--([\w-]+):light-dark\((#\w+),(#\w+)\)", (CSS / "tokens.css").read_text())
    return {name: linear(light if theme == "light" else dark) for name, light, dark in found}


def linear(text):
    digits = text[1:]
    digits = "".join(one * 2 for one in digits) if len(digits) in (3, 4) else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(one, other):
    """Return the ratio of WCAG 2."""
    bright, dim = sorted((0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (one, other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def lab(rgb):
    """Return CIELAB under D65."""
    r, g, b = (min(max(part, 0.0), 1.0) for part in rgb)
    xyz = (
        (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047,
        0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
        (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883,
    )
    x, y, z = (part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116 for part in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one, other):
    """Return CIEDE2000 of two colours in CIELAB."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_c = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    c1, c2 = math.hypot(a1 * (1 + g), b1), math.hypot(a2 * (1 + g), b2)
    h1 = math.degrees(math.atan2(b1, a1 * (1 + g))) % 360
    h2 = math.degrees(math.atan2(b2, a2 * (1 + g))) % 360
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    mean_h = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    cos = [math.cos(math.radians(k * mean_h - at)) for k, at in ((1, 30), (2, 0), (3, -6), (4, 63))]
    t = 1 - 0.17 * cos[0] + 0.24 * cos[1] + 0.32 * cos[2] - 0.20 * cos[3]
    spread = 30 * math.exp(-(((mean_h - 275) / 25) ** 2))
    turned = -2 * math.sqrt(mean_c**7 / (mean_c**7 + 25**7)) * math.sin(math.radians(2 * spread))
    dl = (l2 - l1) / (1 + 0.015 * (mean_l - 50) ** 2 / math.sqrt(20 + (mean_l - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * mean_c)
    dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / (1 + 0.015 * mean_c * t)
    return math.sqrt(dl**2 + dc**2 + dh**2 + turned * dc * dh)


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
        ((90.8027, -2.0831, 1.441), (91.1528, -1.6435, 0.0447), 1.4441),
    ],
)
def test_difference_is_that_of_the_published_pairs(one, other, wanted):
    assert difference(one, other) == pytest.approx(wanted, abs=1e-4)


def test_contrast_of_black_on_white_is_21():
    assert contrast(linear("#000"), linear("#ffffff")) == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("pairs", "least"), [(WRITTEN, TEXT), (DRAWN, EDGE)], ids=["text", "edges"])
def test_every_pair_in_use_has_contrast(theme, pairs, least):
    colours = tokens(theme)
    ratios = {
        f"{ink} on {ground}": contrast(colours[ink], colours[ground])
        for ink, grounds in pairs.items()
        for ground in grounds
    }

    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least} == {}


def test_every_colour_that_styles_write_with_is_measured():
    text = "".join(path.read_text() for path in CSS.glob("*.css") if path.name not in ("tokens.css", "print.css"))
    inks = set(re.findall(r"(?<![\w-])(?:color|fill|stroke):var\(--([\w-]+)\)", text))
    grounds = set(re.findall(r"background:var\(--([\w-]+)\)", text))
    measured = {*GROUNDS, *(ground for pairs in (WRITTEN, DRAWN) for found in pairs.values() for ground in found)}

    assert inks - {*WRITTEN, *DRAWN} == set()
    assert grounds - measured - {"border-strong"} == set()  # the bar of a share, drawn on --sunken


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHT)
def test_neighbouring_severities_look_different(theme, sight):
    colours = tokens(theme)
    fills = {name: colours[name] for name in ("crit-bg", "high-bg", "med-bg", "surface")}  # low is outlined only
    seen = {name: lab([sum(k * c for k, c in zip(row, rgb, strict=True)) for row in SIGHT[sight]])
            for name, rgb in fills.items()}  # fmt: skip
    apart = {f"{a} and {b}": difference(seen[a], seen[b]) for a, b in pairwise(seen)}

    assert {pair: round(found, 1) for pair, found in apart.items() if found < 10} == {}
