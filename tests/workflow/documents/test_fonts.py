"""What the fonts draw, read from their own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow.documents import fonts
from workflow.documents.fonts import CharactersMissing, found_in, installed

NOWHERE: list[Path] = []
needs_noto = pytest.mark.skipif(
    "Noto Serif CJK SC" not in installed().serif, reason="needs Debian's fonts-noto-cjk"
)


def test_without_a_font_on_the_machine_the_one_that_comes_with_the_code_is_used() -> None:
    assert found_in(NOWHERE).serif == found_in(NOWHERE).sans == ["Noto Sans SC"]


def test_the_font_of_the_code_is_the_one_that_was_reviewed() -> None:
    face = found_in(NOWHERE).faces[0]
    assert sum(point in face.characters for point in range(0x30000)) == 7946
    assert face.file.stat().st_size < 3_000_000


@pytest.mark.parametrize("character", ["A", "z", "0", "#", "@", "中", "镕", "喆", "〔", "￥", "—", "“", "；"])
def test_what_offices_write_is_drawn_without_a_font_on_the_machine(character: str) -> None:
    assert found_in(NOWHERE).draws(character)


@pytest.mark.parametrize("character", ["𬭩", "㛃", "靐"])
def test_rare_characters_are_known_to_be_missing_there(character: str) -> None:
    assert not found_in(NOWHERE).draws(character)


@needs_noto
@pytest.mark.parametrize("character", ["𬭩", "㛃", "靐", "ü", "·"])
def test_rare_characters_of_names_are_drawn_by_the_fonts_of_the_system(character: str) -> None:
    assert installed().draws(character)


@needs_noto
def test_the_order_is_serif_sans_and_last_the_font_of_the_code() -> None:
    assert installed().serif == ["Noto Serif CJK SC", "Noto Sans CJK SC", "Noto Sans SC"]
    assert installed().sans[0] == "Noto Sans CJK SC"


def test_a_missing_character_is_named_with_its_code_and_the_words_around_it() -> None:
    with pytest.raises(CharactersMissing) as refused:
        found_in(NOWHERE).require(["没有问题", "沈𬭩清"])
    assert "“沈𬭩清”中的“𬭩”（U+2CB69）" in str(refused.value)
    assert refused.value.code == "characters_missing"


def test_many_missing_characters_are_counted() -> None:
    with pytest.raises(CharactersMissing) as refused:
        found_in(NOWHERE).require(["".join(chr(0x20000 + n) for n in range(9))])
    assert "9个字符" in str(refused.value)


@pytest.mark.parametrize("character", [" ", "\n", "\u3000", "\u200b", "\ufe0f", "\U000e0100"])
def test_what_has_no_shape_is_not_missed(character: str) -> None:
    assert fonts.shapeless(character)
    assert found_in(NOWHERE).missing([f"中{character}文"]) == {}
