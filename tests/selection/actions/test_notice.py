from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from selection.actions import determination, notice
from selection.errors import ListMismatch
from selection.models import Nomination, NoticeEntry, Proposal, PublicNotice, Round
from selection.models.dossier import write_rows
from tests.factories import SAID, id_number, nomination, objection, office, round_, tree
from workflow import clock
from workflow.errors import CalendarYearMissing, NotPermitted, StepRefused
from workflow.ledger import verify
from workflow.models import Entry, Message, PublishedHead

pytestmark = pytest.mark.django_db
POSTED = datetime(2026, 9, 29, 9, 0, tzinfo=clock.ZONE)
OVER = datetime(
    2026, 10, 13, 0, 0, tzinfo=clock.ZONE
)  # five working days after 29 September, the holidays between
TEXT: dict[str, Any] = {
    "title": "拟认定名单公示",
    "body": "现予公示。",
    "contact": "慈善社工处，0571-00000000",
    "order": "pinyin",
    **SAID,
}


def proposed_round(n: int = 2) -> tuple[Round, list[Nomination], dict[str, Any]]:
    who, row, orgs = office(), round_("deliberation"), tree()
    people = [nomination("proposed", round=row, orgs=orgs) for _ in range(n)]
    Proposal.objects.create(round=row, minute_number="1", fixed_at=POSTED, fixed_by=who["leader"])
    return row, people, who


def composed(row: Round, who: dict[str, Any], **changes: Any) -> PublicNotice:
    return notice.compose(row, by=who["manager"], **{**TEXT, **changes})


def posted(n: int = 2, at: datetime = POSTED) -> tuple[PublicNotice, list[Nomination], dict[str, Any]]:
    row, people, who = proposed_round(n)
    with clock.frozen(at):
        made = notice.scan(composed(row, who), by=who["publisher"])
        return notice.post(made, by=who["publisher"]), people, who


def state(obj: Any) -> str:
    return str(type(obj).objects.get(pk=obj.pk).state)


def test_posting_begins_every_period_in_one_act() -> None:
    made, people, _who = posted()
    assert (made.state, made.ends_at, state(made.round)) == ("posted", OVER, "notice")
    assert [state(n) for n in people] == ["on_notice", "on_notice"]
    assert set(NoticeEntry.objects.values_list("ends_at", flat=True)) == {OVER}
    assert made.published_head == PublishedHead.objects.get().digest
    assert Message.objects.filter(kind="notice.posted").count() == 2 and verify() == []


def test_whoever_wrote_it_does_not_post_it() -> None:
    row, _people, who = proposed_round()
    made = composed(row, who)
    PublicNotice.objects.filter(pk=made.pk).update(composed_by=who["publisher"])
    notice.scan(made, by=who["publisher"])
    with pytest.raises(NotPermitted):
        notice.post(made, by=who["publisher"])
    assert state(row) == "deliberation" and not PublishedHead.objects.exists()


def test_a_planted_number_blocks_until_it_is_gone_and_checked_again() -> None:
    row, people, who = proposed_round()
    write_rows(people[0], "posts", [{"unit": f"某中心{id_number()}", "title": "主任"}])
    made = composed(row, who, contact="电话13800001111")
    made = notice.scan(made, by=who["publisher"])
    assert {f["kind"] for f in made.scan_findings} == {"id_number", "phone"}
    with pytest.raises(StepRefused, match="隐私检查"), clock.frozen(POSTED):
        notice.post(made, by=who["publisher"])
    notice.revise(made, by=who["manager"], title=made.title, body=made.body, contact="0571-00000000")
    entry = made.entries.get(nomination=people[0])
    notice.revise_line(entry, by=who["manager"], affiliation="某中心")
    with clock.frozen(POSTED):
        with pytest.raises(StepRefused):
            notice.post(made, by=who["publisher"])
        notice.scan(made, by=who["publisher"])
        assert notice.post(made, by=who["publisher"]).state == "posted"


def test_text_changed_after_the_check_is_not_posted() -> None:
    row, _people, who = proposed_round()
    made = notice.scan(composed(row, who), by=who["publisher"])
    notice.revise(
        made, by=who["manager"], title=made.title, body="现予公示，欢迎监督。", contact=made.contact
    )
    with pytest.raises(StepRefused) as refused, clock.frozen(POSTED):
        notice.post(made, by=who["publisher"])
    assert refused.value.code == "scan_outdated"


def test_the_list_must_be_everyone_who_was_proposed() -> None:
    row, people, who = proposed_round()
    made = notice.scan(composed(row, who), by=who["publisher"])
    made.entries.filter(nomination=people[1]).delete()
    made = notice.scan(made, by=who["publisher"])
    with pytest.raises(ListMismatch), clock.frozen(POSTED):
        notice.post(made, by=who["publisher"])


def test_a_draft_follows_a_withdrawal_when_it_is_revised() -> None:
    row, people, who = proposed_round(3)
    made = composed(row, who)
    gone = made.entries.order_by("ordinal")[0].nomination
    Nomination.objects.filter(pk=gone.pk).update(state="withdrawn")
    notice.revise(made, by=who["manager"], title=made.title, body=made.body, contact=made.contact)
    assert list(made.entries.values_list("ordinal", flat=True)) == [1, 2]
    notice.scan(made, by=who["publisher"])
    with clock.frozen(POSTED):
        assert notice.post(made, by=who["publisher"]).state == "posted"
    assert sorted(state(n) for n in people) == ["on_notice", "on_notice", "withdrawn"]


def test_a_cancelled_round_clears_nobody() -> None:
    made, people, _who = posted()
    Round.objects.filter(pk=made.round_id).update(state="cancelled")
    with clock.frozen(OVER):
        assert (notice.end_due_notices(), notice.clear_due_nominations()) == (1, 0)
    assert [state(n) for n in people] == ["on_notice", "on_notice"] and state(made.round) == "cancelled"


def test_a_period_into_a_year_without_calendar_is_refused() -> None:
    with pytest.raises(CalendarYearMissing, match="2027"):
        posted(at=datetime(2026, 12, 29, 9, 0, tzinfo=clock.ZONE))


def test_nothing_is_decided_a_second_before_the_end() -> None:
    made, people, who = posted()
    with clock.frozen(OVER - timedelta(seconds=1)):
        assert (notice.end_due_notices(), notice.clear_due_nominations()) == (0, 0)
        with pytest.raises(StepRefused, match="公示期未满"):
            notice.clear(people[0], by=who["manager"])
        with pytest.raises(StepRefused, match="公示尚未结束"):
            determination.draft(made.round, by=who["manager"], serial=5, title="通知", minute_number="2")
    with clock.frozen(OVER):
        assert (notice.end_due_notices(), notice.clear_due_nominations()) == (1, 2)
        assert (state(made), state(made.round)) == ("ended", "determination")


def test_the_sweeps_do_everything_once_however_often_they_run() -> None:
    _made, people, _who = posted()
    with clock.frozen(OVER + timedelta(minutes=1)):
        for _run in range(3):
            notice.end_due_notices()
            notice.clear_due_nominations()
    assert [state(n) for n in people] == ["cleared", "cleared"]
    assert Entry.objects.filter(kind="nomination.clear").count() == 2
    assert Entry.objects.filter(kind="publicnotice.end").count() == 1
    assert not Entry.objects.filter(kind="refused").exists()
    assert Message.objects.filter(kind="round.end_notice").count() == 1


def test_one_is_held_while_the_others_go_on() -> None:
    made, people, who = posted(3)
    held, undecided, free = people
    objection(held, "admitted")
    objection(undecided, "lodged")
    with clock.frozen(OVER):
        notice.end_due_notices()
        assert notice.clear_due_nominations() == 1
        for person in (held, undecided):
            with pytest.raises(StepRefused):
                notice.clear(person, by=who["manager"])
    assert [state(n) for n in people] == ["on_notice", "on_notice", "cleared"]
    assert state(made.round) == "determination"
    assert state(free) == "cleared"


def test_a_complaint_after_the_end_holds_nobody() -> None:
    _made, people, _who = posted(1)
    objection(people[0], "lodged", kind="complaint")
    with clock.frozen(OVER):
        assert notice.clear_due_nominations() == 1


def test_a_correction_restarts_the_period_of_the_corrected_alone() -> None:
    made, people, who = posted()
    later = datetime(2026, 10, 9, 10, 0, tzinfo=clock.ZONE)
    with clock.frozen(later):
        notice.supersede(made, by=who["publisher"], reason="第1名单位名称有误，予以更正。")
        copy = PublicNotice.objects.get(corrects=made)
        entry = copy.entries.get(nomination=people[0])
        notice.revise_line(entry, by=who["manager"], affiliation="杭州青禾社会工作服务中心理事长")
        notice.scan(copy, by=who["publisher"])
        with clock.frozen(OVER):  # the correction is not up yet: nothing ends, nobody is cleared
            assert (notice.end_due_notices(), notice.clear_due_nominations()) == (0, 0)
        copy = notice.post(copy, by=who["publisher"])
    assert copy.ends_at is not None and copy.ends_at > OVER and state(made) == "superseded"
    with clock.frozen(OVER):
        assert (notice.end_due_notices(), notice.clear_due_nominations()) == (0, 1)
    assert [state(n) for n in people] == ["on_notice", "cleared"]
    with clock.frozen(copy.ends_at):
        assert (notice.end_due_notices(), notice.clear_due_nominations()) == (1, 1)


def test_the_clock_of_the_tests_is_the_products() -> None:
    with clock.frozen(POSTED):
        assert clock.now() == POSTED != timezone.now()
