from __future__ import annotations

import random

import pytest

from selection.queries.notice import strokes
from selection.rules.name_order import by_sound, by_strokes, surname_of

# Made by hand: strokes of the surname in brackets, then of the given name.
BY_STROKES = [
    "丁一",  # 2
    "于丹",  # 3
    "万俟春",  # 3, compound
    "王乙",  # 4: 王 before the given name of more strokes
    "王　丽",  # 4, 7
    "王晓峰",  # 4, 10
    "石磊",  # 5
    "刘洋",  # 6
    "沈雨晴",  # 7
    "欧阳静",  # 8, compound
    "单雪",  # 8
    "曾媛",  # 12
    "解敏",  # 13
    "𬭩子涵",  # 15
]


def test_strokes_of_the_surname_then_of_the_given_name() -> None:
    shuffled = random.Random(1).sample(BY_STROKES, len(BY_STROKES))
    counts = strokes()
    ordered = sorted(shuffled, key=lambda name: by_strokes(name, counts))
    firsts = [counts[name[0]] for name in ordered]
    assert firsts == sorted(firsts) == [2, 3, 3, 4, 4, 4, 5, 6, 7, 8, 8, 12, 13, 15]
    assert [name for name in ordered if name[0] == "王"] == ["王乙", "王　丽", "王晓峰"]


@pytest.mark.parametrize(
    ("char", "count"),
    [("一", 1), ("丁", 2), ("马", 3), ("方", 4), ("冯", 5), ("许", 6), ("陈", 7), ("郑", 8), ("骨", 9), ("徐", 10),
     ("黄", 11), ("葛", 12), ("靐", 39), ("㛃", 9), ("𬭩", 15), ("曾", 12), ("仇", 4)],
)  # fmt: skip
def test_counts_known_from_the_dictionary(char: str, count: int) -> None:
    assert strokes()[char] == count


def test_one_surname_stands_together() -> None:
    names = ["方一", "王一一", "方龘", "王二", "方乙"]
    ordered = [name[0] for name in sorted(names, key=lambda name: by_strokes(name, strokes()))]
    assert ordered in (["方"] * 3 + ["王"] * 2, ["王"] * 2 + ["方"] * 3)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("仇英", "单雄"),  # qiú, shàn; as common words chóu, dān
        ("单雄", "石磊"),  # shàn, shí
        ("任宁", "荣真"),  # rén, róng
        ("解缙", "曾巩"),  # xiè, zēng
        ("区大", "欧阳修"),  # ōu, ōu: by their code
        ("朴正", "仇英"),  # piáo, qiú
        ("尉迟恭", "曾巩"),  # yùchí, not wèi
        ("查良", "翟天"),  # zhā, zhái
        ("盖宽", "葛优"),  # gě, gě
        ("万俟春", "牟平"),  # mòqí, not wàn
        ("张靐", "张丁"),  # bìng, dīng
        ("路遥", "吕布"),  # lù before lǚ
        ("王㛃", "王翁"),  # jié, wēng: characters outside the common set
        ("王翁", "王𬭩"),  # one sound: by their code
        ("王静", "王　丽"),  # jìng, lì: the space of print counts for nothing
        ("李娜", "李晴"),  # nà, qíng
    ],
)
def test_names_in_the_order_of_their_sound(earlier: str, later: str) -> None:
    assert sorted([later, earlier], key=by_sound) == [earlier, later]


def test_a_list_by_sound_with_characters_beyond_the_common_set() -> None:
    ordered = ["卜算", "褚遂良", "盖宽", "华罗", "纪晓岚", "任宁", "单雄", "解缙", "曾巩"]
    assert sorted(random.Random(2).sample(ordered, len(ordered)), key=by_sound) == ordered


def test_surnames_of_two_characters() -> None:
    assert [surname_of(name) for name in ("欧阳修", "欧阳", "沈　雨", "司马光", "万一")] == [
        "欧阳",
        "欧",
        "沈",
        "司马",
        "万",
    ]
