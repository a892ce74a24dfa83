"""Files that browsers load: nothing from elsewhere, nothing unlisted, colours that can be read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "config" / "static"
CSS = (STATIC / "lingxuan" / "app.css").read_text(encoding="utf-8")
LOCK = json.loads((ROOT / "vendor.lock.json").read_text(encoding="utf-8"))
SPRITE = set(
    re.findall(r'id="i-([a-z0-9-]+)"', (STATIC / "vendor" / "icons.svg").read_text(encoding="utf-8"))
)
TOKENS = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", CSS))
APPS = ("config", "studios", "selection", "accounts", "workflow")


def templates() -> list[Path]:
    return sorted(path for app in APPS for path in (ROOT / app).rglob("templates/**/*.html"))


def pages() -> Iterator[tuple[str, str]]:
    for path in templates():
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(d * 2 for d in digits)
    shares = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return round((light + 0.05) / (dark + 0.05), 2)


def without_template_tags(text: str) -> str:
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", text, flags=re.S)
    return re.sub(r"{{.*?}}", "?", re.sub(r"{%.*?%}", " ", text, flags=re.S), flags=re.S)


# vendored files


def test_vendored_files_are_the_ones_that_were_reviewed() -> None:
    files = [file for package in LOCK["packages"] for file in package["files"]]
    found = {file["path"]: hashlib.sha256((ROOT / file["path"]).read_bytes()).hexdigest() for file in files}
    assert found == {file["path"]: file["sha256"] for file in files}


def test_every_vendored_file_is_in_the_lock() -> None:
    listed = {file["path"] for package in LOCK["packages"] for file in package["files"]}
    folders = (STATIC / "vendor", ROOT / "config" / "fonts")
    assert {
        str(path.relative_to(ROOT)) for folder in folders for path in folder.rglob("*") if path.is_file()
    } == listed


def test_the_sprite_holds_the_icons_of_the_lock() -> None:
    assert sorted(SPRITE) == LOCK["packages"][0]["icons"]


def icons_of_templates() -> set[tuple[str, str]]:
    quoted = re.compile(r'"([a-z0-9-]+)"')
    used = set()
    for name, text in pages():
        for tag in re.findall(r'{% icon ((?:"[^"]*"|[^%"])*)%}', text):
            used |= {(name, icon) for icon in quoted.findall(tag)[:1]}
        for tag in re.findall(r'{% chip \S+ "[^"]*" ("[^"]*") %}', text):
            used |= {(name, icon) for icon in quoted.findall(tag)}
        used |= {(name, icon) for icon in re.findall(r'\b(?:badge_)?icon="([a-z0-9-]+)"', text)}
    return used


def icons_of_machines() -> set[tuple[str, str]]:
    machines = [model for model in apps.get_models() if hasattr(model, "STATE_TONES")]
    return {(model.__name__, icon) for model in machines for _tone, icon in model.STATE_TONES.values()}


def test_every_icon_in_use_is_in_the_sprite() -> None:
    used = icons_of_templates() | icons_of_machines()
    assert {(where, icon) for where, icon in used if icon not in SPRITE} == set()


def test_every_tone_of_a_state_is_drawn() -> None:
    tones = {t for m in apps.get_models() for t, _icon in getattr(m, "STATE_TONES", {}).values()}
    drawn = set(re.findall(r"\.lx-b\.([a-z]+) ", CSS))
    assert tones - drawn - {"", "mut"} == set()


# nothing from elsewhere


@pytest.mark.parametrize("foreign", ["url(", "@import", "light-dark(", "oklch(", "color-mix("])
def test_the_stylesheet_loads_nothing_and_suits_older_browsers(foreign: str) -> None:
    assert foreign not in CSS


def test_no_page_loads_from_another_origin() -> None:
    foreign = re.compile(r'(?:src|srcset|action|data-src)="(?:https?:)?//|<link[^>]*href="(?:https?:)?//')
    assert [name for name, text in pages() if foreign.search(text)] == []


def test_no_script_names_another_origin() -> None:
    scripts = sorted((STATIC / "lingxuan").glob("*.js"))
    assert [path.name for path in scripts if re.search(r"https?://", path.read_text(encoding="utf-8"))] == []


def test_no_page_holds_a_script_or_a_style() -> None:
    inline = re.compile(r'<style|<script(?![^>]*\bsrc=)|\sstyle="|\son[a-z]+="')
    assert [name for name, text in pages() if inline.search(text)] == []


def test_every_class_of_a_template_is_in_the_stylesheet() -> None:
    drawn = set(re.findall(r"\.([a-zA-Z][\w-]*)", CSS))
    used = {
        (name, word)
        for name, text in pages()
        for words in re.findall(r'\bclass="([^"]*)"', without_template_tags(text))
        for word in words.split()
        if "?" not in word
    }
    assert {(name, word) for name, word in used if word not in drawn} == set()


# contrast (WCAG 2.2: 4.5 for text, 3 for graphics and the borders of fields)

TEXT = [
    ("ink", "surface", 16.26), ("ink", "paper", 15.11), ("ink-2", "surface", 7.88),
    ("ink-2", "paper", 7.32), ("ink-3", "surface", 5.44), ("ink-3", "paper", 5.06),
    ("ink-3", "sunk", 4.78), ("surface", "night", 14.03), ("surface", "night-2", 10.47),
    ("brand", "surface", 8.41), ("brand", "brand-soft", 7.18), ("teal", "surface", 4.73),
    ("seal", "surface", 6.66), ("seal", "seal-soft", 5.75), ("ok", "surface", 7.01),
    ("ok", "ok-soft", 6.08), ("warn", "surface", 6.92), ("warn", "warn-soft", 6.26),
    ("orange", "surface", 6.64), ("orange", "orange-soft", 5.72), ("violet", "violet-soft", 6.44),
]  # fmt: skip
GRAPHIC = [("field", "surface", 3.52), ("focus", "surface", 4.59), ("focus-night", "night", 8.73)]


@pytest.mark.parametrize(("colour", "ground", "designed"), TEXT + GRAPHIC)
def test_colours_have_the_contrast_of_the_design(colour: str, ground: str, designed: float) -> None:
    assert contrast(TOKENS[colour], TOKENS[ground]) == pytest.approx(designed, abs=0.011)


def test_text_on_every_ground_can_be_read() -> None:
    extra = [("on-night", "night"), ("mut", "mut-soft"), ("ink-2", "warn-soft"), ("ink-3", "brand-soft")]
    pairs = [(colour, ground) for colour, ground, _designed in TEXT] + extra
    low = [(c, g) for c, g in pairs if contrast(TOKENS[c], TOKENS[g]) < 4.5]
    assert low == []


def test_borders_of_fields_and_focus_can_be_seen() -> None:
    assert [pair for pair in GRAPHIC if contrast(TOKENS[pair[0]], TOKENS[pair[1]]) < 3] == []
