"""Pages of the screening."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from selection.actions import qualification
from selection.models import Nomination, QualificationReview
from selection.queries import qualification as queries
from tests import factories
from tests.selection import stage as stages
from workflow import clock, todo
from workflow.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def after_closing():
    with clock.frozen(stages.SCREENING):
        yield


def page(client, url, user):
    client.force_login(user)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.get(url)
    return answer, len(asked)


def test_the_queue_costs_the_same_for_one_and_three(client):
    counts = []
    for n in (1, 3):
        stage = stages.screening(n)
        answer, asked = page(client, "/office/screening/?tab=open", stage.reviewers[0])
        assert answer.status_code == 200
        counts.append(asked)
        Nomination.objects.update(state="withdrawn")
    assert counts[0] == counts[1] <= 15


def test_the_queue_sorts_what_is_mine_from_what_waits(client):
    stage = stages.screening(3)
    qualification.start(stage.nominations[0], by=stage.reviewers[0])
    stages.concluded(stage, 0, "qualified", on=1)
    client.force_login(stage.reviewers[0])
    shown = {
        tab: client.get(f"/office/screening/?tab={tab}").content.decode()
        for tab in ("open", "mine", "second")
    }
    names = [n.nominee.name for n in stage.nominations]
    assert [[name in shown[tab] for name in names] for tab in ("mine", "second", "open")] == [
        [True, False, False], [False, True, False], [False, False, True],
    ]  # fmt: skip


def test_the_counts_of_the_tabs_are_those_of_their_lists():
    stage = stages.screening(4)
    qualification.start(stage.nominations[0], by=stage.reviewers[0])
    stages.concluded(stage, 0, "qualified", on=1)
    stages.concluded(stage, 0, "qualified", on=2)
    stages.concluded(stage, 1, "disqualified", on=2, E04="fail")
    for person in (*stage.reviewers, stage.manager):
        counts = queries.tab_counts(person)
        assert counts == {tab: queries.queue(person, tab).count() for tab in queries.tabs_for(person)}
    assert queries.tab_counts(stage.reviewers[0]) == {
        "open": 1, "mine": 1, "second": 1, "differing": 1, "correction": 0, "recheck": 0,
        "done": 0,
    }  # fmt: skip


def test_what_waits_for_whom_is_what_the_queue_shows():
    stage = stages.screening(2)
    stages.concluded(stage, 0, "qualified")
    stages.concluded(stage, 1, "disqualified", E04="fail")
    waiting = {
        person.pk: [(str(t.title), t.count) for t in todo.waiting_for(person)]
        for person in (stage.manager, stage.reviewers[0])
    }
    assert ("裁定不一致的初审结论", 1) in waiting[stage.manager.pk]
    assert ("受理资格初审", 1) in waiting[stage.reviewers[0].pk]


def test_a_unit_clerk_finds_no_screening(client):
    stage = stages.screening()
    client.force_login(factories.user("unit_clerk", organisation=stage.nominations[0].unit))
    assert client.get("/office/screening/").status_code == 404
    assert client.get(f"/office/screening/{stage.nominations[0].pk}/").status_code == 404


def test_a_reviewer_takes_up_fills_in_and_concludes(client):
    stage = stages.screening()
    nomination = stage.nominations[0]
    url = f"/office/screening/{nomination.pk}/"
    client.force_login(stage.reviewers[0])
    assert "受理初审" in client.get(url).content.decode()
    client.post(f"{url}start")
    filled = client.get(url).context["form"]
    known = {f.rule: f.outcome if f.outcome in ("pass", "fail") else None for f in nomination.findings}
    assert {rule: filled[f"result_{rule}"].value() for rule in known} == known
    given = {f"result_{f.rule}": "pass" for f in nomination.findings}
    assert client.post(url, {**given, "verdict": "disqualified", "reason": "无依据"}).status_code == 409
    assert client.post(url, {"verdict": "qualified"}).status_code == 422
    assert client.post(url, {**given, "verdict": "qualified"}).status_code == 302
    assert QualificationReview.objects.get().state == "concluded"


def test_all_in_order_leaves_out_what_the_system_found_wanting(client):
    stage = stages.screening()
    nomination = stage.nominations[0]
    client.force_login(stage.reviewers[0])
    url = f"/office/screening/{nomination.pk}/?all=1"
    assert "全部符合" in client.get(url).content.decode()
    page = client.get(url)
    form, found = page.context["form"], nomination.findings
    assert {form[f"result_{one.rule}"].value() for one in found if one.outcome == "pass"} == {"pass"}
    by_hand = [one.rule for one in found if one.outcome not in ("pass", "fail")]
    assert by_hand and all(form[f"result_{rule}"].value() is None for rule in by_hand)
    assert page.context["all"]["left"] == [one.rule for one in found if one.rule in by_hand and one.decides]
    assert "须由您逐条判断" in page.content.decode()
    Nomination.objects.update(certified_on=date(2025, 1, 1))
    answer = client.get(url)
    assert "其余全部符合" in answer.content.decode()
    assert answer.context["form"]["result_E04"].value() == "fail"


def test_what_is_said_of_a_rule_is_kept_and_read_at_the_ruling_and_in_the_notice(client):
    stage = stages.screening()
    nomination = stage.nominations[0]
    url = f"/office/screening/{nomination.pk}/"
    given = {f"result_{f.rule}": "pass" for f in nomination.findings} | {"verdict": "qualified"}
    client.force_login(stage.reviewers[0])
    assert (
        client.post(url, given | {"note_E08": "已看廉洁意见", "evidence_E08": "背景审查材料 1"}).status_code
        == 302
    )
    client.force_login(stage.reviewers[1])
    failed = given | {"result_E05": "fail", "note_E05": "证明未盖章", "evidence_E05": "从业证明 1，第1页"}
    assert client.post(url, failed | {"verdict": "disqualified", "reason": "年限不足"}).status_code == 302
    findings = {one["rule"]: one for one in stage.reviewers[1].qualification_reviews.get().findings}
    assert (findings["E05"]["note"], findings["E05"]["evidence"]) == ("证明未盖章", ["从业证明 1，第1页"])
    client.force_login(stage.manager)
    ruling = client.get(f"{url}ruling").content.decode()
    assert (
        "证明未盖章（依据：从业证明 1，第1页）" in ruling and "已看廉洁意见（依据：背景审查材料 1）" in ruling
    )
    factories.user("unit_clerk", organisation=nomination.unit)
    qualification.rule(
        nomination, by=stage.manager, verdict="disqualified", grounds=["E05"], reason="从业年限证明不足。"
    )
    letters = Message.objects.filter(kind="nomination.disqualified")
    assert letters and all("说明：E05：证明未盖章（依据：从业证明 1，第1页）" in one.body for one in letters)
    assert not any("已看廉洁意见" in one.body for one in letters)


def test_a_rule_that_departs_is_explained_in_its_own_note(client):
    stage = stages.screening()
    nomination = stage.nominations[0]
    url = f"/office/screening/{nomination.pk}/"
    client.force_login(stage.reviewers[0])
    given = {f"result_{f.rule}": "pass" for f in nomination.findings} | {"verdict": "qualified"}
    Nomination.objects.update(certified_on=date(2025, 1, 1))
    assert client.post(url, given).status_code == 409
    assert client.post(url, given | {"note_E04": "以原件批准日期为准"}).status_code == 302


def test_one_reviewer_does_not_read_the_others_conclusion(client):
    stage = stages.screening()
    nomination = stage.nominations[0]
    stages.concluded(stage, 0, "disqualified", E04="fail")
    qualification.start(nomination, by=stage.reviewers[1])
    url = f"/office/screening/{nomination.pk}/"
    for person in (stage.reviewers[1], stage.manager, stage.supervisor):
        client.force_login(person)
        shown = client.get(url).content.decode()
        assert "理由由第1位初审员写明" not in shown and stage.reviewers[0].name not in shown.split("<main")[1]
    stages.concluded(stage, 1, "qualified")
    client.force_login(stage.reviewers[1])
    assert "理由由第1位初审员写明" in client.get(url).content.decode()


def test_the_manager_rules_on_a_page(client):
    stage = stages.screening()
    nomination = stage.nominations[0]
    stages.concluded(stage, 0, "disqualified", E04="fail")
    stages.concluded(stage, 1, "qualified")
    url = f"/office/screening/{nomination.pk}/ruling"
    client.force_login(stage.reviewers[0])
    assert client.get(url).status_code == 403
    client.force_login(stage.manager)
    assert "两名初审员结论不一致" in client.get(f"/office/screening/{nomination.pk}/").content.decode()
    wrong = client.post(url, {"verdict": "disqualified", "reason": "证书未满三年，核对无误。"})
    assert wrong.status_code == 422 and "证书未满三年，核对无误。" in wrong.content.decode()
    assert client.post(url, {"verdict": "qualified", "reason": "以登记表的日期为准。"}).status_code == 302
    assert Nomination.objects.get().state == "qualified"


def test_the_step_page_lets_the_manager_rule_too(client):
    stage = stages.screening()
    stages.concluded(stage, 0, "disqualified", E04="fail")
    stages.concluded(stage, 1, "qualified")
    client.force_login(stage.manager)
    url = f"/steps/nominations/{stage.nominations[0].pk}/disqualify/"
    answer = client.post(url, {"grounds": ["E04"], "reason": "证书未满三年，核对无误。"})
    assert answer.status_code == 302
    assert Nomination.objects.get().state == "disqualified"


def test_a_correction_names_the_fields(client):
    stage = stages.screening()
    client.force_login(stage.reviewers[0])
    url = f"/steps/nominations/{stage.nominations[0].pk}/request_correction/"
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"reason_posts": "职务与证明不一致"}).status_code == 302
    assert Nomination.objects.get().requests == [{"field": "posts", "reason": "职务与证明不一致"}]
