"""A section is saved while it is typed, and nobody's words are written over unseen."""

import pytest
from django.urls import reverse

from selection.models import Nomination
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def draft(client):
    row = factories.nomination("draft", phone="13912345678")
    client.force_login(factories.user("unit_clerk", organisation=row.unit))
    return row


class Tab:
    """An open page of one section."""

    def __init__(self, client, row, section):
        self.client, self.args = client, [row.pk, section]
        context = client.get(reverse("nomination_edit", args=self.args)).context
        self.seen, self.writer, self.seq = context["seen"], context["writer"], context["seq"]

    def types(self, seq=None, **values):
        self.seq = self.seq + 1 if seq is None else seq
        sent = {"seen": self.seen, "writer": self.writer, "seq": self.seq, **values}
        return self.client.post(reverse("nomination_save", args=self.args), sent)

    def hears(self, response):
        self.seen = response.json()["seen"]
        return response


def test_what_is_typed_is_saved_with_its_time_and_nothing_is_said_about_what_is_empty(client, draft):
    found = Tab(client, draft, "story").types(achievements="写到一半", summary="")
    draft.refresh_from_db()
    assert (found.status_code, draft.achievements, draft.state) == (200, "写到一半", "draft")
    assert found.json()["message"] == "已保存 12:00:00"
    assert found.json()["seq"] == 1


def test_what_cannot_be_read_is_named_and_the_rest_is_saved(client, draft):
    typed = {"born_on": "1985-03-15", "ethnicity": "回族", "phone": "139"}
    found = Tab(client, draft, "basic").types(**typed)
    draft.refresh_from_db()
    assert (draft.ethnicity, draft.phone) == ("回族", "13912345678")
    assert "尚未填对的未存：手机" in found.json()["message"]


def test_of_two_tabs_the_later_is_shown_both_values_and_writes_nothing_over(client, draft):
    one, other = Tab(client, draft, "studio"), Tab(client, draft, "studio")
    one.types(studio_plan="甲写的", studio_site="中心二楼")
    found = other.types(studio_plan="乙写的", studio_site="中心二楼", studio_team="五名社会工作师。")
    draft.refresh_from_db()
    assert (found.status_code, draft.studio_plan) == (409, "甲写的")
    plan = next(row for row in found.json()["fields"] if row["label"] == "建设目标和三年任务")
    assert (plan["theirs"], plan["mine"], plan["values"]) == ("甲写的", "乙写的", {"studio_plan": "甲写的"})
    other.hears(found)
    assert other.types(studio_plan="乙写的").status_code == 200
    draft.refresh_from_db()
    assert draft.studio_plan == "乙写的"


def test_lines_that_differ_are_given_with_all_their_inputs(client, draft):
    one, other = Tab(client, draft, "awards"), Tab(client, draft, "awards")
    line = {"awards-rows": 1, "awards-0-kind": "award"}
    one.types(**line, **{"awards-0-title": "甲奖"})
    found = other.types(**line, **{"awards-0-title": "乙奖"}).json()["fields"][0]
    assert (found["theirs"], found["mine"]) == ("1. 奖项荣誉，甲奖", "1. 奖项荣誉，乙奖")
    assert (found["values"]["awards-rows"], found["values"]["awards-0-title"]) == ("1", "甲奖")


def test_a_page_that_never_heard_the_answer_saves_again_without_a_conflict(client, draft):
    tab = Tab(client, draft, "story")
    tab.types(achievements="一")
    assert tab.types(achievements="一二").status_code == 200
    draft.refresh_from_db()
    assert draft.achievements == "一二"


def test_an_earlier_saving_that_arrives_late_changes_nothing(client, draft):
    tab = Tab(client, draft, "story")
    tab.types(seq=5, achievements="新")
    assert tab.types(seq=4, achievements="旧").status_code == 200
    draft.refresh_from_db()
    assert draft.achievements == "新"


def test_the_same_words_from_another_tab_are_no_conflict(client, draft):
    one, other = Tab(client, draft, "story"), Tab(client, draft, "story")
    typed = {"achievements": "同样的话", "summary": draft.summary}
    one.types(**typed)
    assert other.types(**typed).status_code == 200


def test_after_the_session_has_ended_the_page_is_told_to_sign_in(client, draft):
    tab = Tab(client, draft, "story")
    client.logout()
    found = tab.types(achievements="登录过期以后写的")
    assert (found.status_code, "登录已过期" in found.json()["message"]) == (401, True)


@pytest.mark.parametrize("why", ["closed", "submitted"])
def test_what_comes_too_late_is_kept_by_the_page_and_said_not_to_count(client, draft, why):
    tab = Tab(client, draft, "story")
    at = factories.CLOSES_AT if why == "closed" else factories.NOON
    if why == "submitted":
        Nomination.objects.filter(pk=draft.pk).update(state="county_review")
    with clock.frozen(at):
        found = tab.types(achievements="截止以后写的")
    assert (found.status_code, "不计入申报" in found.json()["message"]) == (423, True)
    draft.refresh_from_db()
    assert draft.achievements != "截止以后写的"


def test_nobody_else_saves_and_nothing_is_signed_by_typing(client, draft):
    address = reverse("nomination_save", args=[draft.pk, "declarations"])
    assert client.post(address, {"truth_declared_at": "on"}).status_code == 404
    client.force_login(factories.user("unit_clerk", organisation=factories.organisation("employer")))
    assert client.post(reverse("nomination_save", args=[draft.pk, "story"]), {}).status_code == 404


# Lines without a script -----------------------------------------------------------------------------------------------

POSTS = {
    "setting": "community", "civil_status": "none", "field": "elderly", "posts-rows": "2", "posts-0-unit": "甲中心",
    "posts-0-title": "主任", "posts-0-primary": "on", "posts-1-unit": "乙学院", "posts-1-title": "副教授",
}  # fmt: skip


def lines(response):
    form = response.context["form"]
    return [form[f"posts-{n}-unit"].value() for n in range(form.row_counts["posts"])]


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ({"add_row": "posts"}, ["甲中心", "乙学院", None]),
        ({"remove_row": "posts:0"}, ["乙学院"]),
        ({"up_row": "posts:1"}, ["乙学院", "甲中心"]),
    ],
)
def test_a_line_is_added_removed_and_moved_by_a_button_and_nothing_typed_is_lost(
    client, draft, button, expected
):
    found = client.post(reverse("nomination_edit", args=[draft.pk, "posts"]), POSTS | button)
    assert (found.status_code, lines(found)) == (200, expected)
    assert found.context["form"]["field"].value() == "elderly"
    assert draft.posts.get().unit == draft.unit.name  # nothing is saved by it


def test_the_printed_order_is_the_written_one_and_one_post_is_the_primary(client, draft):
    moved = {"posts-0-primary": "", "posts-1-primary": "on"}
    assert client.post(reverse("nomination_edit", args=[draft.pk, "posts"]), POSTS | moved).status_code == 302
    draft = Nomination.objects.get()
    assert draft.affiliations == ["甲中心主任", "乙学院副教授"]
    assert (draft.title, [row.primary for row in draft.posts.all()]) == ("副教授", [False, True])


def test_empty_lines_are_dropped_and_a_line_with_a_gap_is_not_complete(client, draft):
    typed = {
        "intervals-rows": "3", "intervals-0-in_province": "on", "intervals-1-started": "2015-01-01",
        "intervals-1-in_province": "on", "intervals-2-in_province": "on",
    }  # fmt: skip
    client.post(reverse("nomination_edit", args=[draft.pk, "practice"]), typed)
    draft = Nomination.objects.get()
    assert draft.intervals.count() == 1
    assert draft.missing_fields == ["intervals"]


def test_a_part_is_corrected_line_by_line(client):
    asked = [{"field": "intervals", "reason": "时间不连续"}]
    row = factories.nomination(
        "correction",
        round=factories.round_("screening"),
        requests=asked,
        correction_due=factories.NOON.date(),
    )
    client.force_login(factories.user("unit_clerk", organisation=row.unit))
    address = reverse("nomination_correction", args=[row.pk])
    typed = {
        "intervals-rows": "2", "intervals-0-started": "2012-01-01", "intervals-0-ended": "2013-12-31",
        "intervals-0-unit": "甲", "intervals-0-duty": "一线服务", "intervals-1-started": "2014-01-01",
        "intervals-1-unit": "乙", "intervals-1-duty": "督导", "intervals-1-in_province": "on",
    }  # fmt: skip
    assert client.post(address, typed | {"add_row": "intervals"}).context["form"].row_counts["intervals"] == 3
    assert client.post(address, typed).status_code == 302
    row.refresh_from_db()
    assert (row.state, [each.unit for each in row.intervals.all()]) == ("nominated", ["甲", "乙"])
