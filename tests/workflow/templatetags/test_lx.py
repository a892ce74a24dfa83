"""What the tags of the pages write."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from workflow import clock
from workflow.templatetags import lx

NOW = datetime(2026, 11, 9, 17, 30, tzinfo=clock.ZONE)
DUE = datetime(2026, 11, 11, 17, 30, tzinfo=clock.ZONE)


def rendered(template: str, **context: object) -> str:
    return Template(template).render(Context(context))


def test_times_are_written_in_the_zone_of_the_law():
    assert lx.instant(datetime(2026, 11, 11, 9, 30, tzinfo=UTC)) == "2026年11月11日 17:30"
    assert lx.day(date(2026, 1, 5)) == "2026年1月5日"
    assert lx.short_instant(DUE) == "11-11 17:30"
    assert lx.instant(date(2026, 1, 5)) == "2026年1月5日"
    assert lx.instant(None) == "—"


def test_times_are_written_in_english_for_an_english_reader():
    with translation.override("en"):
        assert [lx.instant(DUE), lx.day(DUE), lx.short_instant(DUE)] == [
            "11 Nov 2026, 17:30",
            "11 Nov 2026",
            "11 Nov 17:30",
        ]


@pytest.mark.parametrize(
    ("value", "written"),
    [(Decimal(25000), "¥25,000.00"), ("0.005", "¥0.01"), (-3, "-¥3.00"), (0, "¥0.00"), (None, "—")],
)
def test_money_has_two_places(value, written):
    assert lx.money(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(Decimal("88.585"), "88.59"), (Fraction(253, 3), "84.33"), (0, "0.00"), (None, "—")],
)
def test_scores_are_rounded_half_up(value, written):
    assert lx.score(value) == written


@pytest.mark.parametrize(
    ("left", "tone", "words"),
    [
        (timedelta(days=9), "", "还有9天"),
        (timedelta(days=2), "warn", "还有2天"),
        (timedelta(hours=5, minutes=59), "warn", "还有5小时"),
        (timedelta(seconds=20), "warn", "还有1分钟"),
        (timedelta(days=-3), "bad", "已逾期3天"),
        (timedelta(minutes=-7), "bad", "已逾期7分钟"),
    ],
)
def test_a_deadline_tells_what_is_left(left, tone, words):
    with clock.frozen(NOW):
        assert lx.deadline(NOW + left) == {"when": NOW + left, "tone": tone, "left": words}


def test_a_deadline_in_working_days_says_so():
    with clock.frozen(NOW):
        assert lx.deadline(NOW + timedelta(days=9), 6)["left"] == "还有6个工作日"
        assert lx.deadline(NOW + timedelta(days=9), 2)["tone"] == "warn"


def test_a_deadline_on_a_plain_day_lasts_to_its_midnight():
    with clock.frozen(NOW):
        assert lx.deadline(NOW.date())["left"] == "还有6小时"


def test_a_deadline_is_printed_twice():
    with clock.frozen(NOW):
        html = rendered("{% deadline due %}", due=DUE)
    assert "<b>还有2天</b>" in html
    assert '<time datetime="2026-11-11T17:30:00+08:00">2026年11月11日 17:30</time>' in html


class Thing:
    STATE_TONES = {"nominated": ("brand", "send")}

    def __init__(self, state):
        self.state = state

    def get_state_display(self):
        return "已推荐到省"


def test_a_badge_has_icon_word_and_tone():
    html = rendered("{% badge thing %}", thing=Thing("nominated"))
    assert html.strip() == (
        '<span class="lx-b brand"><svg class="ic" aria-hidden="true">'
        '<use href="/static/vendor/icons.svg#i-send"></use></svg>已推荐到省</span>'
    )


def test_a_badge_of_an_undescribed_state_is_grey():
    assert lx.badge(Thing("else")) == {"label": "已推荐到省", "tone": "mut", "icon": "circle-dashed"}


def test_a_bar_is_never_longer_than_the_whole():
    assert lx.bar(18, 42)["width"] == "42.86%"
    assert lx.bar(50, 42)["width"] == "100.00%"
    assert lx.bar(1, 0)["width"] == "0.00%"


def test_a_pager_keeps_the_filters():
    request = RequestFactory().get("/?q=沈&state=a&state=b&page=2")
    found = rendered("{% page_query page=3 q=None %}", request=request)
    assert found == "?state=a&amp;state=b&amp;page=3"


class Dossier(forms.Form):
    unit = forms.CharField(label="工作单位全称", max_length=5)
    code = forms.CharField(label="统一社会信用代码", min_length=18, max_length=18, help_text="18位")
    domain = forms.ChoiceField(label="服务领域", choices=[("a", "老年")])
    agreed = forms.BooleanField(label="我同意公示")
    proof = forms.FileField(label="证书")
    phone = forms.CharField(label="电话", error_messages={"required": "没有电话不能受理"})
    on = forms.DateField(label="批准日期", required=False, initial=date(2026, 1, 5))
    amount = forms.DecimalField(label="金额", required=False)


def test_errors_name_the_field_and_what_to_do():
    form = Dossier({"unit": "浙江省民政厅", "code": "52330100MJ8X4417X"})
    assert {name: lx.problems(form[name]) for name in form.errors} == {
        "unit": ["工作单位全称应不超过5字，现为6字"],
        "code": ["统一社会信用代码应为18位，现为17位"],
        "domain": ["请选择服务领域"],
        "agreed": ["请勾选“我同意公示”"],
        "proof": ["请上传证书"],
        "phone": ["没有电话不能受理"],
    }


def test_summary_and_field_say_the_same_sentence():
    html = rendered('{% include "components/form.html" %}', form=Dossier({"code": "5"}))
    sentence = "统一社会信用代码应为18位，现为1位"
    assert f'<a href="#id_code">{sentence}</a>' in html
    assert f'id="id_code_error"><p>{sentence}</p>' in html
    assert 'aria-describedby="id_code_helptext id_code_error"' in html
    assert 'aria-invalid="true"' in html


def test_fields_get_the_keyboard_and_the_picker_that_fit():
    form = Dossier()
    assert 'inputmode="decimal"' in lx.control(form["amount"])
    assert '<input type="date" name="on" value="2026-01-05"' in lx.control(form["on"])


def test_a_digest_is_shown_by_its_first_sixteen_digits():
    assert lx.digest("9f2c41d07be8a356c01e") == "9f2c 41d0 7be8 a356"


def test_an_entry_of_no_machine_is_shown_by_its_kind():
    assert lx.entry_label(SimpleNamespace(kind="draw.sealed", subject="office:1")) == "draw.sealed"
    assert lx.entry_label(SimpleNamespace(kind="refused", subject="office:1")) == "办理未通过"


def test_what_ends_at_midnight_ends_at_24_of_the_day_before():
    midnight = datetime(2026, 11, 26, 0, 0, tzinfo=clock.ZONE)
    assert lx.until(midnight) == "2026年11月25日 24:00"
    assert lx.until(midnight + timedelta(minutes=1)) == "2026年11月26日 00:01"
