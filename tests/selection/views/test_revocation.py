"""The office's pages of what comes after the publication, and the draft with its exceptions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from selection.models import LeftOut, Revocation, RollCorrection
from tests import factories
from workflow import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def test_a_manager_questions_a_title_and_corrects_a_line_on_pages(client: Any) -> None:
    row, who = factories.recognition(), factories.office()
    client.force_login(who["manager"])
    start = reverse("revocation_start", args=[row.nomination_id])
    assert "5个工作日" in client.get(start).content.decode()
    assert client.post(start, {"ground": "", "facts": "太短"}).status_code == 422
    answer = client.post(start, {"ground": "fraud", "facts": "2019年的服务记录经查不实。"}, follow=True)
    assert "2019年的服务记录经查不实。" in answer.content.decode()
    assert client.post(start, {"ground": "fraud", "facts": "2019年的服务记录经查不实。"}).status_code == 422
    new = reverse("correction_new", args=[row.pk])
    given = {"place": "name", "after": "沈雨情", "basis": "纪要", "why": "原名单姓名录入有误。"}
    assert client.get(new).status_code == 200
    answer = client.post(new, given, follow=True)
    assert "沈雨情" in answer.content.decode()
    shown = client.get(reverse("revocation_list")).content.decode()
    assert "弄虚作假" in shown and "沈雨情" in shown
    assert (Revocation.objects.count(), RollCorrection.objects.count()) == (1, 1)


def test_both_begin_where_the_person_is_found(client: Any) -> None:
    row, who = factories.recognition(), factories.office()
    start = reverse("revocation_start", args=[row.nomination_id])
    correct = reverse("correction_new", args=[row.pk])
    dossier, found = reverse("nomination_detail", args=[row.nomination_id]), reverse("revocation_list")
    client.force_login(who["manager"])
    for page in (dossier, f"{found}?q={row.name_key[:2]}", f"{found}?q={row.certificate_number}"):
        shown = client.get(page).content.decode()
        assert (start in shown, correct in shown) == (True, True), page
    assert "没有这个姓名" in client.get(f"{found}?q=查无此人").content.decode()
    client.force_login(who["leader"])
    for page in (dossier, f"{found}?q={row.name_key}"):
        assert start not in client.get(page).content.decode(), page
    client.force_login(factories.user("unit_clerk", organisation=row.nomination.unit))
    assert "h-title" not in client.get(dossier).content.decode()


@pytest.mark.parametrize("role", ["unit_clerk", "bureau_officer", "expert", "system_admin", "finance"])
def test_nobody_outside_the_office_reads_of_it(client: Any, role: str) -> None:
    row = factories.recognition()
    made, line = factories.revocation(row.nomination), factories.roll_correction(row)
    client.force_login(factories.user(role, organisation=row.nomination.unit))
    for name, args in (
        ("revocation_list", []),
        ("revocation_detail", [made.pk]),
        ("correction_detail", [line.pk]),
        ("revocation_start", [row.nomination_id]),
        ("correction_new", [row.pk]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404, name


@pytest.mark.parametrize("role", ["leader", "publisher", "supervisor"])
def test_the_office_reads_and_only_the_manager_starts(client: Any, role: str) -> None:
    row, who = factories.recognition(), factories.office()
    made, line = factories.revocation(row.nomination), factories.roll_correction(row)
    client.force_login(who[role])
    for name, args in (
        ("revocation_list", []),
        ("revocation_detail", [made.pk]),
        ("correction_detail", [line.pk]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 200
    assert client.get(reverse("revocation_start", args=[row.nomination_id])).status_code == 404


def test_the_draft_asks_whom_the_meeting_leaves_out_and_shows_it_to_the_leader(client: Any) -> None:
    who, row, orgs = factories.office(), factories.round_("determination"), factories.tree()
    people = [
        factories.nomination("cleared", round=row, orgs=orgs, nominee=factories.nominee(name))
        for name in ("秦芸", "沈雨晴")
    ]
    factories.public_notice(row, people, "ended", ends_at=datetime(2026, 8, 28, tzinfo=clock.ZONE))
    client.force_login(who["manager"])
    page = reverse("determination_draft", args=[row.code])
    assert "经会议决定不列入的人选" in client.get(page).content.decode()
    given = {"serial": "5", "title": "通知", "minute_number": "纪要13号"}
    short = client.post(page, {**given, f"why_{people[1].pk}": "太短"})
    assert (
        short.status_code == 422
        and "太短" in short.content.decode()
        and '<details class="lx-more" open' in short.content.decode()
    )
    reason = "另有事项需进一步核实，暂不列入。"
    client.post(page, {**given, f"why_{people[1].pk}": reason, f"minute_{people[1].pk}": "纪要14号"})
    out = LeftOut.objects.get()
    assert (out.nomination_id, out.reason, out.minute_number) == (people[1].pk, reason, "纪要14号")
    client.force_login(who["leader"])
    shown = client.get(reverse("determination_detail", args=[out.determination_id])).content.decode()
    assert (
        reason in shown and "纪要14号" in shown and "将认定1人" in shown and "拟稿后名单有变化" not in shown
    )
    people[0].refresh_from_db()
    factories.objection(people[0], "lodged")
    shown = client.get(reverse("determination_detail", args=[out.determination_id])).content.decode()
    assert "拟稿后名单有变化" in shown


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_however_long(
    client: Any, n: int, django_assert_max_num_queries: Any
) -> None:
    who = factories.office()
    for _i in range(n):
        row = factories.recognition()
        factories.revocation(row.nomination)
        factories.roll_correction(row)
    client.force_login(who["manager"])
    with django_assert_max_num_queries(12):
        client.get(reverse("revocation_list"))
