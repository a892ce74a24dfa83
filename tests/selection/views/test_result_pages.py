"""The office's pages after the scoring: what they show, what they keep back, what they give as files."""

import csv
import io

import pytest

from selection.actions import ballot as ballots
from selection.actions import scoring_progress
from selection.models import Ballot, Result, ScoreSheet
from tests import factories
from tests.remembered import remembered
from tests.selection import stage as stages
from tests.selection.documents.recount import recount
from workflow import clock

pytestmark = pytest.mark.django_db
REASON = "专家来电说明误将两名人选的分数填反。"


@pytest.fixture(autouse=True)
def during_review():
    with clock.frozen(stages.REVIEW):
        yield


@pytest.fixture
def reviewed():
    return stages.in_review(2)


@remembered
def with_results():
    stage = stages.in_review(3, ballot=True)
    stages.scored(stage, [["88", "92", "75", "90", "60"], ["85"] * 5, ["85"] * 5])
    stage.round = stages.opened(stage)
    return stage


@pytest.fixture
def opened():
    return with_results()


def page(client, user, url, status=200):
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


# Watching ------------------------------------------------------------------------------------------------------------


def test_the_manager_sees_how_far_each_expert_is_and_no_mark(client, reviewed):
    stages.submitted(reviewed.duty(0), "73.5")
    text = page(client, reviewed.manager, f"/office/scoring/{reviewed.round.code}/")
    assert "催办" in text and reviewed.duty(0).expert.name in text and "未打开" in text
    assert "73.5" not in text and "73.50" not in text


def test_the_progress_costs_the_same_whatever_the_number_of_experts(
    client, django_assert_num_queries, reviewed
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(reviewed.manager)
    url = f"/office/scoring/{reviewed.round.code}/"
    client.get(url)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    reviewed.round.assignments.exclude(expert=reviewed.duty(0).expert).delete()
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    assert len(one) == len(many) <= 30


def test_one_expert_s_page_grants_a_later_deadline(client, reviewed):
    expert = reviewed.duty(0).expert
    url = f"/office/scoring/{reviewed.round.code}/experts/{expert.pk}/"
    client.force_login(reviewed.manager)
    assert client.post(url, {"until": "2026-12-01", "reason": "短"}).status_code == 422
    assert client.post(url, {"until": "2026-12-01", "reason": REASON}).status_code == 302
    text = page(client, reviewed.manager, url)
    assert "2026-12-01" in text and REASON in text
    assert "延长期限" not in page(client, reviewed.supervisor, url)


def test_a_sheet_is_reopened_by_two_persons_from_its_page(client, reviewed):
    sheet = stages.submitted(reviewed.duty(0), "73.5")
    url = f"/office/scoring/sheets/{sheet.pk}/"
    assert "提出退回重填" in page(client, reviewed.manager, url)
    client.post(f"/steps/score-sheets/{sheet.pk}/ask_reopen/", {"reason": REASON})
    text = page(client, reviewed.supervisor, url)
    assert "确认退回重填" in text and REASON in text and "73.5" not in text
    response = client.post(f"/steps/score-sheets/{sheet.pk}/reopen/")
    assert response["Location"] == url and ScoreSheet.objects.get(pk=sheet.pk).state == "draft"
    text = page(client, reviewed.manager, url)
    assert "第1版" in text and "73.5" not in text
    assert page(client, reviewed.duty(0).expert.user, url, 302) == ""


def test_outsiders_see_none_of_it(client, opened):
    sheet = ScoreSheet.objects.first()
    code, pk = opened.round.code, opened.nominations[0].pk
    ballot = ballots.open_ballot(opened.round, by=opened.manager, kind="confirm", nominations=[pk])
    urls = [
        f"/office/scoring/{code}/", f"/office/scoring/sheets/{sheet.pk}/", f"/office/opening/{code}/",
        f"/office/results/{code}/results.csv", f"/office/results/{code}/results.pdf", f"/office/results/{code}/what-if",
        f"/office/results/{code}/{pk}/sheet.csv", f"/office/results/{code}/{pk}/sheet.pdf", f"/office/ballots/{code}/",
        f"/ballots/{ballot.pk}/",
    ]  # fmt: skip
    for person in (factories.user("unit_clerk"), factories.user("reviewer"), factories.expert().user):
        for url in urls:
            page(client, person, url, 404)


# Results -------------------------------------------------------------------------------------------------------------


def test_before_the_opening_no_result_page_exists(client, reviewed):
    stages.submitted(reviewed.duty(0), "73.5")
    code, pk = reviewed.round.code, reviewed.nominations[0].pk
    for end in ("", "results.csv", "results.pdf", "what-if", f"{pk}/", f"{pk}/sheet.csv", f"{pk}/sheet.pdf"):
        page(client, reviewed.manager, f"/office/results/{code}/{end}", 404)
    page(client, reviewed.manager, f"/office/ballots/{code}/", 404)
    page(client, reviewed.manager, f"/office/opening/{code}/", 302)


def test_the_table_of_a_real_round_is_recomputed_without_a_difference(client, opened):
    text = page(client, opened.manager, f"/office/results/{opened.round.code}/results.csv")
    rows = [
        row for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) if not row[0].startswith(("#", "记录"))
    ]
    assert recount(rows) == [] and sum(row[0] == "sheet" for row in rows) == 15
    names = set(opened.panel.panelists.values_list("expert__name", flat=True))
    codes = set(opened.panel.panelists.values_list("expert__code", flat=True))
    assert not any(word in text for word in names | codes)


def test_an_annulled_sheet_stays_in_the_table_and_both_results_on_the_page(client, opened):
    sheets = ScoreSheet.objects.filter(assignment__nomination=opened.nominations[0])
    sheet = next(s for s in sheets if s.content["marks"]["A"].startswith("60"))
    asked = scoring_progress.ask_annul(sheet, by=opened.manager, reason="启封后查明该专家与人选系师生关系。")
    scoring_progress.annul(asked, by=opened.supervisor)
    code, pk = opened.round.code, opened.nominations[0].pk
    text = page(client, opened.manager, f"/office/results/{code}/{pk}/")
    assert "86.25" in text and "84.33" in text and "师生关系" in text
    table = page(client, opened.manager, f"/office/results/{code}/results.csv")
    rows = [
        row for row in csv.reader(io.StringIO(table.lstrip("\ufeff"))) if not row[0].startswith(("#", "记录"))
    ]
    assert recount(rows) == [] and [row[3] for row in rows if row[0] == "sheet"].count("voided") == 1


def test_the_result_page_shows_the_chain_and_no_expert_s_name(client, opened):
    text = page(client, opened.manager, f"/office/results/{opened.round.code}/{opened.nominations[1].pk}/")
    assert "第4步分出先后" in text and "公开随机数抽签" in text
    names = set(opened.panel.panelists.values_list("expert__name", flat=True))
    assert not any(name in text for name in names)


def test_papers_are_pdf(client, opened):
    client.force_login(opened.manager)
    for end in ("results.pdf", f"{opened.nominations[0].pk}/sheet.pdf"):
        response = client.get(f"/office/results/{opened.round.code}/{end}")
        assert response.status_code == 200 and response.content.startswith(b"%PDF-")


def test_what_if_writes_nothing(client, opened):
    before = list(Result.objects.order_by("pk").values())
    query = "method=mean&min_sheets_for_trim=5&pass_line=75&ceiling=1&" + "&".join(
        f"weight_{c}={w}" for c, w in zip("ABCDEF", (15, 30, 15, 15, 15, 10), strict=True)
    )
    text = page(client, opened.manager, f"/office/results/{opened.round.code}/what-if?{query}")
    assert "81.00" in text and "由列入变为不列入" in text
    assert list(Result.objects.order_by("pk").values()) == before


def test_the_opening_s_page_verifies_every_sheet(client, opened):
    text = page(client, opened.supervisor, f"/office/opening/{opened.round.code}/")
    assert text.count("相符") >= 15 and "不符" not in text and opened.manager.name in text


# Minimums that cannot be met -----------------------------------------------------------------------------------------


def test_minimums_that_cannot_be_met_are_explained(client):
    row, _people = factories.scored_round(["90.00", "80.00"])
    version = row.rulebook_versions.get()
    version.content = factories.rulebook(floors={"field/elderly": 1})
    version.save()
    leader = factories.user("leader")
    text = page(client, leader, f"/office/proposal/{row.code}/")
    assert "规定的最低人数无法满足" in text and "≥ 1" in text


# The ballot ----------------------------------------------------------------------------------------------------------


def test_a_ballot_from_its_opening_to_the_count(client, opened):
    url = f"/office/ballots/{opened.round.code}/"
    assert "组织拟认定人选表决" in page(client, opened.manager, url)
    response = client.post(url, {"nominations": [n.pk for n in opened.nominations]})
    ballot = Ballot.objects.get()
    assert response["Location"] == f"/ballots/{ballot.pk}/"
    seat = ballot.seats.select_related("expert__user").first()
    text = page(client, seat.expert.user, f"/ballots/{ballot.pk}/")
    assert "回执号" in text and opened.nominations[0].nominee.name in text
    votes = {f"vote_{n.code}": "yes" for n in opened.nominations}
    receipt = "1a2b-3c4d-5e6f-7a8b"
    assert client.post(f"/ballots/{ballot.pk}/", {"receipt": receipt}).status_code == 422
    response = client.post(f"/ballots/{ballot.pk}/", {"receipt": receipt, **votes})
    assert response.status_code == 200 and receipt in response.content.decode()
    assert receipt not in page(client, seat.expert.user, f"/ballots/{ballot.pk}/")
    assert "同意" not in page(client, opened.manager, f"/ballots/{ballot.pk}/")
    client.post(f"/steps/ballots/{ballot.pk}/close/")
    assert "未达法定人数" in page(client, opened.manager, f"/ballots/{ballot.pk}/")
    client.force_login(seat.expert.user)
    assert "同意" in client.post(f"/ballots/{ballot.pk}/", {"receipt": receipt}).content.decode()


def test_the_api_votes_too(client, opened):
    ballot = ballots.open_ballot(
        opened.round, by=opened.manager, kind="confirm", nominations=[opened.nominations[0].pk]
    )
    from tests.config.test_api import client_of

    seat = ballot.seats.select_related("expert__user").first()
    client = client_of(seat.expert.user)
    given = {"receipt": "1a2b-3c4d-5e6f-7a8b", f"vote_{opened.nominations[0].code}": "yes"}
    url = f"/api/v1/ballots/{ballot.pk}/steps/vote"
    response = client.post(url, given, content_type="application/json")
    assert (response.status_code, response.json()["voted"]) == (200, 1)
    assert client.post(url, given, content_type="application/json").status_code == 409
