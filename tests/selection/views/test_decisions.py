"""The office's pages from the results to the publication."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from selection.models import Determination, Nomination, Proposal, PublicNotice, Round
from tests.factories import (
    NOON,
    SAID,
    nomination,
    nominee,
    objection,
    office,
    public_notice,
    round_,
    scored_round,
    tree,
    user,
)  # fmt: skip
from workflow import clock

pytestmark = pytest.mark.django_db
POSTED = datetime(2026, 9, 29, 9, 0, tzinfo=clock.ZONE)
OVER = datetime(2026, 10, 13, 0, 0, tzinfo=clock.ZONE)


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200, address
    return len(found)


def test_results_are_read_by_those_who_decide_and_only_after_the_opening(client: Client) -> None:
    round_, people = scored_round(["90.00", "80.00"])
    sealed, _more = scored_round(["70.00"], state="review")
    who = {**office(), "audit_admin": user("audit_admin"), "bureau_officer": user("bureau_officer")}
    for role, person in who.items():
        client.force_login(person)
        expected = 200 if role in ("manager", "leader", "supervisor", "audit_admin") else 404
        assert client.get(f"/office/results/{round_.code}/").status_code == expected, role
        assert client.get(f"/office/results/{round_.code}/{people[0].pk}/").status_code == expected, role
        assert client.get(f"/office/results/{sealed.code}/").status_code == 404
    client.logout()
    assert client.get(f"/office/results/{round_.code}/").status_code == 302


def test_the_proposal_is_prefilled_and_a_departure_asks_for_its_reason(client: Client) -> None:
    round_, people = scored_round(["90.00", "80.00", "70.00"])
    client.force_login(office()["leader"])
    address = f"/office/proposal/{round_.code}/"
    assert client.get(address).content.decode().count("checked") == 2
    given = {"minute_number": "〔2026〕12号", f"chosen_{people[0].pk}": "on"}
    response = client.post(address, given)
    assert response.status_code == 422 and "人选02号偏离名次" in response.content.decode()
    reason = {f"reason_{people[1].pk}": "会议纪要第3条：本人书面请求不列入。"}
    assert client.post(address, {**given, **reason}).status_code == 302
    assert [n.state for n in Nomination.objects.order_by("pk")] == [
        "proposed",
        "not_selected",
        "not_selected",
    ]


def test_a_result_can_be_recomputed_from_its_page(client: Client) -> None:
    import json

    from selection.models import Assignment, Panel, Panelist, Result, ScoreSheet
    from tests.factories import expert

    row = round_("deliberation")
    person = nomination("scored", round=row)
    panel = Panel.objects.create(round=row)
    for number, mark in enumerate(("90", "85.5", "85", "84", "83.5", "82", "70"), start=1):
        judge = expert()
        Panelist.objects.create(panel=panel, expert=judge, stratum="scholar", position=number, number=number)
        duty = Assignment.objects.create(round=row, nomination=person, expert=judge, state="accepted")
        ScoreSheet.objects.create(
            assignment=duty, state="locked", sealed=json.dumps({"marks": dict.fromkeys("ABCDEF", mark)})
        )
    Result.objects.create(
        nomination=person,
        score="84.00",
        exact="84",
        sheets=7,
        trimmed=True,
        rank=1,
        order=1,
        computed_at=NOON,
    )
    client.force_login(office()["leader"])
    page = client.get(f"/office/results/{row.code}/{person.pk}/").content.decode()
    for words in (
        "编号01",
        "去掉最高",
        "去掉最低",
        "85.5 + 85 + 84 + 83.5 + 82",
        "= <b>420</b>",
        "复算，结果一致",
    ):
        assert words in page
    assert not [judge.name for judge in type(judge).objects.all() if judge.name in page]


def proposed(n: int = 2) -> tuple[Round, list[Nomination], dict[str, Any]]:
    who, row, orgs = office(), round_("deliberation"), tree()
    people = [nomination("proposed", round=row, orgs=orgs, nominee=nominee(f"人选{i}号")) for i in range(n)]
    Proposal.objects.create(round=row, minute_number="1", fixed_at=POSTED, fixed_by=who["leader"])
    return row, people, who


def test_from_the_list_to_the_result_by_pages_alone(client: Client) -> None:
    row, people, who = proposed(3)
    step = "/steps/{}/{}/{}/".format
    with clock.frozen(POSTED):
        client.force_login(who["manager"])
        assert "人选0号" in client.get(f"/office/notices/new/{row.code}/").content.decode()
        text = {
            "title": "拟认定名单公示",
            "body": "现予公示。",
            "contact": "电话13800001111",
            "order": "pinyin",
            **SAID,
        }
        assert client.post(f"/office/notices/new/{row.code}/", text).status_code == 302
        made = PublicNotice.objects.get()
        client.force_login(who["publisher"])
        client.post(step("notices", made.pk, "scan"))
        assert "手机号码" in client.get(f"/office/notices/{made.pk}/").content.decode()
        assert client.post(step("notices", made.pk, "post")).status_code == 409
        client.force_login(who["manager"])
        client.post(f"/office/notices/{made.pk}/text/", {**text, "contact": "0571-00000000"})
        client.force_login(who["publisher"])
        client.post(step("notices", made.pk, "scan"))
        assert "预览" in client.get(f"/office/notices/{made.pk}/preview/").content.decode()
        assert client.post(step("notices", made.pk, "post")).status_code == 302
    held = people[0]
    said = objection(held, "lodged")
    client.force_login(who["manager"])
    with clock.frozen(POSTED):
        given = {
            "investigators": [user("reviewer").pk, user("reviewer").pk],
            "neutral_issue": "任职年限",
            "grade": "A",
        }
        assert client.post(step("objections", said.pk, "admit"), given).status_code == 302
    with clock.frozen(OVER):
        from selection.actions import notice

        notice.end_due_notices()
        notice.clear_due_nominations()
        assert client.post(step("nominations", held.pk, "clear")).status_code == 409
        assert client.get(step("nominations", held.pk, "recognise")).status_code == 404
        draft = {"serial": "5", "title": "关于公布名单的通知", "minute_number": "2"}
        assert client.post(f"/office/determinations/new/{row.code}/", draft).status_code == 302
        decision = Determination.objects.get()
        client.force_login(who["leader"])
        page = client.get(f"/office/determinations/{decision.pk}/").content.decode()
        assert "将认定2人" in page and "暂停办理1人" in page
        assert client.post(step("determinations", decision.pk, "confirm")).status_code == 302
        client.force_login(who["publisher"])
        assert client.post(step("rounds", row.pk, "publish")).status_code == 302
        client.logout()
        page = client.get(f"/results/{row.code}/").content.decode()
    assert "浙民慈〔2026〕5号" in page and "人选1号" in page and "人选0号" not in page


def test_a_draft_keeps_what_was_typed(client: Client) -> None:
    row, _people, who = proposed()
    client.force_login(who["manager"])
    response = client.post(
        f"/office/notices/new/{row.code}/", {"title": "", "body": "已写正文", "order": "pinyin"}
    )
    assert response.status_code == 422 and "已写正文" in response.content.decode()


def test_identity_is_covered_until_a_reason_is_given(client: Client) -> None:
    row = round_("notice")
    person = nomination("on_notice", round=row)
    public_notice(row, [person], "posted", ends_at=OVER)
    said = objection(person)
    client.force_login(office()["manager"])
    address = f"/office/objections/{said.pk}/"
    assert "举报甲" not in client.get(address).content.decode()
    assert client.post(f"{address}identity/", {"reason": "短"}).status_code == 422
    assert (
        "举报甲" in client.post(f"{address}identity/", {"reason": "核对身份以便书面答复。"}).content.decode()
    )
    assert "举报甲" not in client.get(address).content.decode()


def test_lists_cost_the_same_for_one_row_and_three(client: Client) -> None:
    who = office()

    def fill(n: int) -> None:
        for _i in range(n):
            row, people = scored_round(["90.00"])
            public_notice(row, people, "posted")
            objection(people[0])
            Determination.objects.create(
                round=row, document_number=f"浙民慈〔2026〕{people[0].pk}号", title="x", minute_number="1"
            )

    pages = ("/office/notices/", "/office/objections/", "/office/determinations/")
    client.force_login(who["manager"])
    fill(1)
    one = [queries(client, page) for page in pages]
    fill(2)
    three = [queries(client, page) for page in pages]
    assert one == three and max(three) <= 15


def test_a_ranking_costs_the_same_for_one_and_three(client: Client) -> None:
    client.force_login(office()["leader"])
    one, _few = scored_round(["90.00"])
    three, _more = scored_round(["90.00", "80.00", "80.00"])
    for page in ("/office/results/{}/", "/office/proposal/{}/"):
        counts = {queries(client, page.format(round_.code)) for round_ in (one, three)}
        assert len(counts) == 1 and max(counts) <= 15
