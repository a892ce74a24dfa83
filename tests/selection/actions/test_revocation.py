from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from selection.actions import revocation as actions
from selection.models import Nomination, Recognition, Revocation
from selection.queries.determination import certificate, roll
from tests import factories
from workflow import clock
from workflow.errors import CalendarYearMissing, NotPermitted, StepRefused
from workflow.models import Entry, Message

pytestmark = pytest.mark.django_db
TOLD = datetime(2026, 9, 23, 10, 0, tzinfo=clock.ZONE)  # 25 to 27 September and 1 to 7 October are off
REASON = "经查申报材料弄虚作假，依规撤销。"
FACTS = "2019年的服务记录经查不实。"


@pytest.fixture(autouse=True)
def told_at():
    with clock.frozen(TOLD):
        yield


def started(**who: Any) -> tuple[Revocation, dict[str, Any], Recognition]:
    row, people = factories.recognition(), factories.office()
    nomination = row.nomination
    return actions.start(nomination, by=people["manager"], ground="fraud", facts=FACTS), people, row


def test_five_working_days_lie_between_the_facts_and_the_decision() -> None:
    made, who, _row = started()
    assert made.statement_due == date(2026, 10, 8)  # 24, 28, 29, 30 September, 8 October
    actions.hear(made, by=who["manager"], statement="属于笔误，请求从轻。", on=date(2026, 9, 28))
    given = {"minute_number": "纪要31号", "document_number": "浙民慈〔2026〕8号", "reason": REASON}
    last_second = datetime(2026, 10, 9, tzinfo=clock.ZONE) - timedelta(seconds=1)
    with clock.frozen(last_second), pytest.raises(StepRefused) as refused:
        actions.decide(made, by=who["leader"], **given)
    assert refused.value.code == "statement_period_running" and "2026-10-08" in str(refused.value)
    with clock.frozen(last_second + timedelta(seconds=1)):
        assert actions.decide(made, by=who["leader"], **given).state == "revoked"


def test_a_revocation_shows_on_list_roll_and_certificate(client: Any) -> None:
    made, who, row = started()
    actions.hear(made, by=who["manager"], statement="属于笔误。")
    given = {"minute_number": "纪要31号", "document_number": "浙民慈〔2026〕8号", "reason": REASON}
    with clock.frozen(datetime(2026, 10, 9, 9, tzinfo=clock.ZONE)):
        actions.decide(made, by=who["leader"], **given)
        for page in (
            reverse("result_public", args=[row.round.code]),
            reverse("roll"),
            f"{reverse('certificate')}?number={row.certificate_number}",
        ):
            shown = client.get(page).content.decode()
            assert "已撤销" in shown and "浙民慈〔2026〕8号" in shown and FACTS not in shown, page
    assert Nomination.objects.get(pk=made.nomination_id).state == "revoked"
    payload = Entry.objects.get(kind="revocation.decide").payload
    assert "浙民慈〔2026〕8号" in payload and "纪要31号" in payload


def test_nothing_said_is_recorded_only_when_the_period_is_over() -> None:
    made, who, _row = started()
    with pytest.raises(StepRefused, match="期满前"):
        actions.hear(made, by=who["manager"])
    with clock.frozen(datetime(2026, 10, 9, tzinfo=clock.ZONE)):
        assert actions.hear(made, by=who["manager"]).state == "heard"


def test_a_title_is_not_revoked_without_the_statement_nor_by_its_step_alone() -> None:
    made, who, row = started()
    later = datetime(2026, 11, 2, tzinfo=clock.ZONE)
    with clock.frozen(later), pytest.raises(StepRefused):
        actions.decide(made, by=who["leader"], minute_number="1", document_number="2", reason=REASON)
    from selection.actions import nomination

    with clock.frozen(later), pytest.raises(StepRefused) as refused:
        nomination.revoke(row.nomination, by=who["leader"], reason=REASON)
    assert refused.value.code == "statement_not_heard"
    row.refresh_from_db()
    assert row.revoked_on is None


def test_who_starts_it_who_decides_and_only_once_at_a_time() -> None:
    made, who, row = started()
    with pytest.raises(StepRefused) as refused:
        actions.start(row.nomination, by=who["manager"], ground="fraud", facts=FACTS)
    assert refused.value.code == "already_started"
    with pytest.raises(NotPermitted):
        actions.start(factories.recognition().nomination, by=who["leader"], ground="fraud", facts=FACTS)
    with pytest.raises(NotPermitted):
        actions.drop(made, by=who["manager"], reason=REASON)
    assert actions.drop(made, by=who["leader"], reason="经核实不属弄虚作假，不予撤销。").state == "dropped"
    assert actions.start(row.nomination, by=who["manager"], ground="ethics", facts=FACTS).state == "started"


def test_the_unit_is_told_the_facts_and_until_when() -> None:
    row = factories.recognition()
    clerk = factories.user("unit_clerk", organisation=row.nomination.unit)
    actions.start(row.nomination, by=factories.user("manager"), ground="fraud", facts=FACTS)
    letter = Message.objects.get(recipient_id=str(clerk.pk))
    assert FACTS in letter.body and "2026-10-08" in letter.body


def test_no_procedure_without_the_calendar_of_its_days() -> None:
    row = factories.recognition()
    with (
        clock.frozen(datetime(2026, 12, 29, tzinfo=clock.ZONE)),
        pytest.raises(CalendarYearMissing, match="2027"),
    ):
        actions.start(row.nomination, by=factories.user("manager"), ground="fraud", facts=FACTS)
    assert not Revocation.objects.exists()


def test_a_revocation_bars_a_new_application_for_three_years() -> None:
    """Scenario 22: the day three years after is the first on which the person may stand again."""
    made, who, row = started()
    actions.hear(made, by=who["manager"], statement="属于笔误。")
    with clock.frozen(datetime(2026, 10, 9, 9, tzinfo=clock.ZONE)):
        actions.decide(
            made, by=who["leader"], minute_number="1", document_number="浙民慈〔2026〕8号", reason=REASON
        )
        found = certificate(row.certificate_number)
        assert found is not None and found.status_on(clock.today()) == "revoked"
    for day, expected in ((date(2029, 10, 8), "fail"), (date(2029, 10, 9), "pass")):
        rules = factories.rulebook(reference_date=day.isoformat())
        again = factories.nomination(round=factories.round_(rules=rules), nominee=row.nominee)
        assert {f.rule: f.outcome for f in again.findings}["E13"] == expected, day


# Corrections


def corrected(row: Recognition, who: dict[str, Any], **changes: Any) -> Any:
    given = {
        "place": "name",
        "after": "沈雨情",
        "basis": "纪要32号",
        "why": "原名单姓名录入有误。",
        **changes,
    }
    return actions.draft_correction(row, by=who["manager"], **given)


def test_a_correction_shows_both_texts_and_the_name_is_found_again(client: Any) -> None:
    row, who = factories.recognition(), factories.office()
    made = corrected(row, who)
    page = reverse("result_public", args=[row.round.code])
    assert "沈雨情" not in client.get(page).content.decode()
    actions.publish_correction(made, by=who["publisher"])
    shown = client.get(page).content.decode()
    assert "原为“沈雨晴”" in shown and "现更正为“沈雨情”" in shown and "纪要32号" in shown
    assert [r.pk for r in roll("沈雨情")] == [row.pk]


def test_whoever_wrote_a_correction_does_not_publish_it() -> None:
    row, who = factories.recognition(), factories.office()
    both = factories.user("manager", "publisher")
    made = actions.draft_correction(
        row, by=both, place="affiliations", after="某中心主任", basis="纪要", why="单位名称录入有误。"
    )
    with pytest.raises(NotPermitted):
        actions.publish_correction(made, by=both)
    actions.publish_correction(made, by=who["publisher"])
    row.refresh_from_db()
    assert row.affiliations == ["某中心主任"]


@pytest.mark.parametrize(
    ("changes", "code"), [({"after": "沈雨晴"}, "nothing_changed"), ({}, "draft_exists")]
)
def test_a_correction_that_is_none_or_the_second_is_refused(changes: dict[str, str], code: str) -> None:
    row, who = factories.recognition(), factories.office()
    if code == "draft_exists":
        corrected(row, who)
    with pytest.raises(StepRefused) as refused:
        corrected(row, who, **changes)
    assert refused.value.code == code


def test_a_correction_of_a_line_that_has_changed_since_is_refused() -> None:
    row, who = factories.recognition(), factories.office()
    made = corrected(row, who)
    Recognition.objects.filter(pk=row.pk).update(name="沈雨青")
    with pytest.raises(StepRefused) as refused:
        actions.publish_correction(made, by=who["publisher"])
    assert refused.value.code == "line_changed"
