"""English is complete: every Chinese sentence of the source has its English one, with the same placeholders."""

from __future__ import annotations

import re

from django.utils import translation
from django.utils.translation import gettext

from tools import messages


def test_the_english_catalogue_is_complete():
    assert messages.faults() == []


def test_no_english_sentence_has_chinese_words_in_it():
    samples = re.compile(
        r"〔|领军|浙民慈|记-|收-|“支出”|“人员”|“是”|“专家”|“站点”|“草稿”|“未建”|“王芳|杭州市|国务院办公厅|汉族"
    )
    left = [
        str(message.id)
        for message in messages.stored()
        if message.id
        and re.search("[\u4e00-\u9fff]", str(message.string))
        and not samples.search(str(message.string))
    ]
    assert left == []


def test_english_is_shown_where_english_is_chosen():
    with translation.override("en"):
        assert gettext("提交申报") not in ("", "提交申报")
    with translation.override("zh-hans"):
        assert gettext("提交申报") == "提交申报"
