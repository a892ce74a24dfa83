"""Names in the orders in which public lists are printed: by strokes of the surname, by sound."""

from __future__ import annotations

from collections.abc import Mapping

from selection.rules.roll import SPACE

# Surnames read otherwise than the character alone is.
SURNAMES = {
    "单": "shan4", "曾": "zeng1", "解": "xie4", "仇": "qiu2", "区": "ou1", "查": "zha1", "朴": "piao2", "任": "ren2",
    "盖": "ge3", "员": "yun4", "乐": "yue4", "翟": "zhai2", "缪": "miao4", "覃": "qin2", "冼": "xian3", "折": "she2",
    "黑": "he4", "秘": "bi4", "逄": "pang2", "牟": "mou2", "宓": "mi4", "燕": "yan1", "纪": "ji3", "华": "hua4",
    "应": "ying1", "宁": "ning4", "曲": "qu1", "那": "na1", "种": "chong2", "繁": "po2", "祭": "zhai4", "薄": "bo2",
    "卜": "bu3", "车": "che1", "谌": "chen2", "郗": "xi1", "郇": "huan2", "隗": "kui2", "乜": "nie4", "阚": "kan4",
    "莘": "shen1", "么": "yao1", "幺": "yao1", "佴": "nai4", "葛": "ge3", "柏": "bai3", "眭": "sui1", "於": "yu1",
    "沈": "shen3", "相": "xiang4", "洗": "xian3", "重": "chong2", "石": "shi2", "召": "shao4", "哈": "ha3", "尹": "yin3",
    "强": "qiang2", "贾": "jia3", "谷": "gu3", "叶": "ye4", "殷": "yin1", "訾": "zi1", "令": "ling2", "盛": "sheng4",
    "行": "xing2", "都": "du1", "会": "gui4", "佟": "tong2", "晟": "cheng2", "厘": "xi1", "褚": "chu3", "俞": "yu2",
    "於陵": "wu1 ling2", "尉迟": "yu4 chi2", "万俟": "mo4 qi2", "长孙": "zhang3 sun1", "澹台": "tan2 tai2",
    "鲜于": "xian1 yu2", "令狐": "ling2 hu2", "单于": "chan2 yu2", "宰父": "zai3 fu3", "亓官": "qi2 guan1",
    "夏侯": "xia4 hou2", "诸葛": "zhu1 ge3", "皇甫": "huang2 fu3", "呼延": "hu1 yan2", "慕容": "mu4 rong2",
}  # fmt: skip
COMPOUND = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "闾丘",
        "子车",
        "亓官",
        "司寇",
        "巫马",
        "公西",
        "颛孙",
        "壤驷",
        "公良",
        "漆雕",
        "乐正",
        "宰父",
        "谷梁",
        "拓跋",
        "夹谷",
        "轩辕",
        "令狐",
        "段干",
        "百里",
        "呼延",
        "东郭",
        "南门",
        "羊舌",
        "微生",
        "公户",
        "公玉",
        "公仪",
        "梁丘",
        "公仲",
        "公上",
        "公门",
        "公山",
        "公坚",
        "左丘",
        "公伯",
        "西门",
        "公祖",
        "第五",
        "公乘",
        "贯丘",
        "公皙",
        "南荣",
        "东里",
        "东宫",
        "仲长",
        "子书",
        "子桑",
        "即墨",
        "达奚",
        "褚师",
        "吴铭",
        "纳兰",
        "归海",
        "单于",
        "於陵",
    ]
)
UNKNOWN = 99  # strokes of what is in no table: it comes last, in the order of its code

SoundKey = tuple[tuple[str, int, str], ...]
StrokesKey = tuple[tuple[int, ...], str, tuple[int, ...], str]


def surname_of(name: str) -> str:
    """The surname, two characters where it is one of the compound ones."""
    plain = bare(name)
    return plain[:2] if plain[:2] in COMPOUND and len(plain) > 2 else plain[:1]


def bare(name: str) -> str:
    """The name without the spaces of print."""
    return "".join(name.replace(SPACE, "").split())


def by_strokes(name: str, strokes: Mapping[str, int]) -> StrokesKey:
    """The surname's strokes, character by character; one surname together; then the given name's; then the code.

    The first character decides before the second, so that a compound surname stands among the simple ones of as
    many strokes.
    """
    plain = bare(name)
    surname = surname_of(plain)
    counts = tuple(strokes.get(char, UNKNOWN) for char in plain)
    return counts[:1], surname, counts[len(surname) :], plain


def by_sound(name: str) -> SoundKey:
    """Syllable and tone of each character, the surname read as a surname; characters of one sound by their code."""
    plain = bare(name)
    surname = surname_of(plain)
    sounds = [*_surname_sounds(surname), *_sounds(plain[len(surname) :])]
    return tuple((*_split(sound), char) for sound, char in zip(sounds, plain, strict=True))


def _surname_sounds(surname: str) -> list[str]:
    return SURNAMES[surname].split() if surname in SURNAMES else _sounds(surname)


def _sounds(text: str) -> list[str]:
    """One sound for each character; one that is in no table stands after every letter."""
    return [_sound(char) for char in text]


def _sound(char: str) -> str:
    from pypinyin import Style, lazy_pinyin  # here, not above: every process would carry it

    found = lazy_pinyin(char, style=Style.TONE3, neutral_tone_with_five=True, errors=lambda _unread: "~5")
    return str(found[0]) if found else "~5"


def _split(sound: str) -> tuple[str, int]:
    return (sound[:-1], int(sound[-1])) if sound[-1:].isdigit() else (sound, 5)
