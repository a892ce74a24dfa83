"""Files, set times, outages and slips of a notice."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.storage import default_storage
from docx import Document

from selection.actions import erratum, notice, notice_file, notice_schedule, outage
from selection.errors import BadFile, ListMismatch
from selection.models import Nomination, NoticeEntry, NoticeFile, PublicNotice
from selection.queries.notice_scan import findings_of
from tests.factories import id_number, user
from tests.selection.actions.test_notice import OVER, POSTED, TEXT, composed, posted, proposed_round, state
from workflow import calendar, clock
from workflow.actor import SYSTEM
from workflow.errors import CalendarYearMissing, NotPermitted, StepRefused
from workflow.ledger import verify
from workflow.models import Entry, Message

pytestmark = pytest.mark.django_db


def docx(text: str = "附件：名单", header: str = "") -> bytes:
    document, out = Document(), BytesIO()
    document.add_paragraph(text)
    document.sections[0].header.paragraphs[0].text = header
    document.save(out)
    return out.getvalue()


def hiding_xlsx() -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out) as workbook:
        sheet = workbook.add_worksheet("附表")
        sheet.set_column("D:D", 10, None, {"hidden": True})
        sheet.write("D7", id_number())
    return out.getvalue()


def approved(post_at: datetime = POSTED) -> tuple[PublicNotice, list[Nomination], dict[str, Any]]:
    row, people, who = proposed_round()
    with clock.frozen(POSTED - timedelta(days=1)):
        made = notice.scan(composed(row, who), by=who["publisher"])
        return notice_schedule.approve(made, by=who["publisher"], post_at=post_at), people, who


# Files ---------------------------------------------------------------------------------------------------------------


def test_what_a_file_hides_blocks_the_posting_until_it_is_gone() -> None:
    row, _people, who = proposed_round()
    made = composed(row, who)
    bad = notice_file.attach(made, by=who["manager"], name="名单.xlsx", data=hiding_xlsx())
    notice_file.attach(made, by=who["manager"], name="公告.docx", data=docx(header="电话13800001111"))
    made = notice.scan(made, by=who["publisher"])
    assert {found["place"] for found in findings_of(made)} == {
        "名单.xlsx 工作表“附表” 隐藏列 D 第7行", "公告.docx 页眉第1段",
    }  # fmt: skip
    assert all("*" in found["excerpt"] for found in made.scan_findings)
    with pytest.raises(StepRefused), clock.frozen(POSTED):
        notice.post(made, by=who["publisher"])
    place = str(bad.file.name)
    for file in list(made.files.all()):
        notice_file.detach(file, by=who["manager"])
    notice_file.attach(made, by=who["manager"], name="名单.docx", data=docx())
    made = notice.scan(PublicNotice.objects.get(pk=made.pk), by=who["publisher"])
    with clock.frozen(POSTED):
        made = notice.post(made, by=who["publisher"])
    entry = Entry.objects.get(kind="publicnotice.post")
    assert made.state == "posted" and json.loads(entry.payload)["files"][0]["name"] == "名单.docx"
    assert NoticeFile.objects.count() == 1 and place


def test_a_file_that_came_after_the_check_is_checked_before_the_posting() -> None:
    row, _people, who = proposed_round()
    made = notice.scan(composed(row, who), by=who["publisher"])
    notice_file.attach(made, by=who["manager"], name="名单.docx", data=docx())
    with pytest.raises(StepRefused) as refused, clock.frozen(POSTED):
        notice.post(made, by=who["publisher"])
    assert refused.value.code == "scan_outdated"


def test_files_are_refused_with_a_reason_and_nothing_is_kept() -> None:
    row, _people, who = proposed_round()
    made = composed(row, who)
    with pytest.raises(BadFile, match="密码"):
        sealed = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
        notice_file.attach(made, by=who["manager"], name="a.docx", data=sealed)
    with pytest.raises(BadFile, match="损坏"):
        notice_file.attach(made, by=who["manager"], name="a.docx", data=docx()[:900])
    with pytest.raises(NotPermitted):
        notice_file.attach(made, by=who["publisher"], name="a.docx", data=docx())
    data = docx()
    kept = notice_file.attach(made, by=who["manager"], name="../名单13800001111.doc", data=data)
    assert kept.name == "名单***********.docx"
    with pytest.raises(BadFile, match="相同"):
        notice_file.attach(made, by=who["manager"], name="b.docx", data=data)
    assert NoticeFile.objects.count() == 1


def test_files_of_a_posted_notice_stay_and_its_correction_has_them_too() -> None:
    row, _people, who = proposed_round()
    made = composed(row, who)
    notice_file.attach(made, by=who["manager"], name="名单.docx", data=docx())
    with clock.frozen(POSTED):
        made = notice.post(notice.scan(made, by=who["publisher"]), by=who["publisher"])
        with pytest.raises(StepRefused, match="只能更正"):
            notice_file.detach(made.files.get(), by=who["manager"])
        notice.supersede(made, by=who["publisher"], reason="附件名单有误，予以更正。")
    copy = PublicNotice.objects.get(corrects=made)
    notice_file.detach(copy.files.get(), by=who["manager"])
    assert default_storage.exists(str(made.files.get().file.name))


# The set time --------------------------------------------------------------------------------------------------------


def test_an_approved_notice_goes_up_at_its_time_once() -> None:
    made, people, who = approved()
    assert made.state == "approved" and made.post_at == POSTED
    with clock.frozen(POSTED - timedelta(seconds=1)):
        assert notice_schedule.post_due_notices() == 0
    with clock.frozen(POSTED + timedelta(hours=3)):  # the timetable was away
        assert [notice_schedule.post_due_notices() for _run in range(3)] == [1, 0, 0]
    made.refresh_from_db()
    assert (made.state, made.ends_at, made.posted_by) == ("posted", OVER, who["publisher"])
    assert [state(n) for n in people] == ["on_notice", "on_notice"] and state(made.round) == "notice"
    assert Message.objects.filter(kind="notice.posted").exists() and verify() == []
    assert not Entry.objects.filter(kind="refused").exists()


def test_nothing_changes_between_approval_and_posting() -> None:
    made, _people, who = approved()
    entry = made.entries.get(ordinal=1)
    with pytest.raises(StepRefused, match="撤回审定"):
        notice.revise(made, by=who["manager"], title="甲", body="乙", contact="丙")
    with pytest.raises(StepRefused, match="撤回审定"):
        notice.revise_line(entry, by=who["manager"], affiliation="丁")
    with pytest.raises(StepRefused, match="撤回审定"):
        notice_file.attach(made, by=who["manager"], name="名单.docx", data=docx())
    PublicNotice.objects.filter(pk=made.pk).update(body="改过的正文")  # past the actions
    with clock.frozen(POSTED):
        assert notice_schedule.post_due_notices() == 0
    assert state(made) == "scanned" and Message.objects.filter(kind="notice.recalled").exists()


def test_an_approval_is_recalled_before_its_time() -> None:
    made, _people, who = approved()
    with clock.frozen(POSTED - timedelta(hours=1)):
        notice_schedule.recall(made, by=who["manager"], reason="名单尚需核对，暂缓发布。")
    with clock.frozen(POSTED):
        assert notice_schedule.post_due_notices() == 0
    assert state(made) == "scanned"


def test_whoever_wrote_it_does_not_approve_it_and_the_time_lies_ahead() -> None:
    row, _people, who = proposed_round()
    made = notice.scan(composed(row, who), by=who["publisher"])
    with clock.frozen(POSTED):
        for wrong in (POSTED, POSTED - timedelta(minutes=1), POSTED + timedelta(days=61)):
            with pytest.raises(StepRefused):
                notice_schedule.approve(made, by=who["publisher"], post_at=wrong)
        PublicNotice.objects.filter(pk=made.pk).update(composed_by=who["publisher"])
        with pytest.raises(NotPermitted):
            notice_schedule.approve(made, by=who["publisher"], post_at=POSTED + timedelta(hours=1))


def test_a_year_not_loaded_blocks_the_approval() -> None:
    row, _people, who = proposed_round()
    made = notice.scan(composed(row, who), by=who["publisher"])
    with (
        pytest.raises(CalendarYearMissing, match="2027"),
        clock.frozen(datetime(2026, 12, 20, 9, tzinfo=clock.ZONE)),
    ):
        notice_schedule.approve(
            made, by=who["publisher"], post_at=datetime(2026, 12, 29, 9, tzinfo=clock.ZONE)
        )


def test_a_list_that_changed_after_the_approval_is_not_posted_and_said_so_once() -> None:
    made, people, who = approved()
    Nomination.objects.filter(pk=people[0].pk).update(state="withdrawn")
    with clock.frozen(POSTED):
        assert [notice_schedule.post_due_notices() for _run in range(2)] == [0, 0]
    assert state(made) == "scanned" and Entry.objects.filter(kind="publicnotice.recall").count() == 1
    with pytest.raises(ListMismatch), clock.frozen(POSTED):
        notice_schedule.approve(made, by=who["publisher"], post_at=POSTED + timedelta(hours=1))


def test_a_notice_that_does_not_say_everything_is_not_posted() -> None:
    row, _people, who = proposed_round()
    made = composed(row, who, basis="", discipline="机关纪委", email="")
    made = notice.scan(made, by=who["publisher"])
    with pytest.raises(StepRefused) as refused, clock.frozen(POSTED):
        notice.post(made, by=who["publisher"])
    assert refused.value.code == "content_missing"
    assert "依据文件、监督部门电话、电子邮箱" in str(refused.value)


# Order ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["strokes", "pinyin", "region", "rank"])
def test_the_order_is_kept_and_may_be_chosen_anew(order: str) -> None:
    row, _people, who = proposed_round(3)
    made = composed(row, who, order=order)
    texts = {name: TEXT[name] for name in ("title", "body", "contact")}
    made = notice.revise(made, by=who["manager"], order="strokes", **texts)
    assert made.order == "strokes" and list(made.entries.values_list("ordinal", flat=True)) == [1, 2, 3]


# Outages -------------------------------------------------------------------------------------------------------------


def away(who: Any, since: datetime, hours: float) -> Any:
    return outage.record(
        by=who,
        since=since,
        until=since + timedelta(hours=hours),
        evidence="监控告警记录第17号，运维工单已附。",
    )


def test_more_than_four_hours_in_all_give_every_running_line_a_day_once() -> None:
    made, _people, who = posted()
    with clock.frozen(datetime(2026, 10, 10, 18, tzinfo=clock.ZONE)):
        away(who["publisher"], datetime(2026, 10, 9, 8, tzinfo=clock.ZONE), 3)
        made.refresh_from_db()
        assert made.ends_at == OVER
        away(who["manager"], datetime(2026, 10, 9, 10, tzinfo=clock.ZONE), 2)  # one hour of it is known
        assert set(made.entries.values_list("ends_at", flat=True)) == {OVER}
        away(user("system_admin"), datetime(2026, 10, 10, 8, tzinfo=clock.ZONE), 0.5)
        away(who["manager"], datetime(2026, 10, 10, 9, tzinfo=clock.ZONE), 8)
    made.refresh_from_db()
    assert made.ends_at == OVER + timedelta(days=1)
    assert set(made.entries.values_list("ends_at", "extended_days")) == {(OVER + timedelta(days=1), 1)}
    assert Entry.objects.filter(kind="notice.extended").count() == 1 and verify() == []
    with clock.frozen(OVER):
        assert (notice.end_due_notices(), notice.clear_due_nominations()) == (0, 0)
    with clock.frozen(OVER + timedelta(days=1)):
        assert (notice.end_due_notices(), notice.clear_due_nominations()) == (1, 2)


def test_an_outage_outside_the_period_and_of_nobody_changes_nothing() -> None:
    made, _people, who = posted()
    with clock.frozen(datetime(2026, 10, 9, 18, tzinfo=clock.ZONE)):
        away(who["manager"], POSTED - timedelta(days=2), 40)
        with pytest.raises(StepRefused):
            away(who["manager"], datetime(2026, 10, 9, 17, tzinfo=clock.ZONE), 5)  # it is not over yet
        with pytest.raises(NotPermitted):
            away(who["leader"], POSTED + timedelta(hours=1), 6)
    made.refresh_from_db()
    assert made.ends_at == OVER and set(made.entries.values_list("ends_at", flat=True)) == {OVER}


def test_a_later_calendar_never_shortens_a_running_notice() -> None:
    made, people, _who = posted()
    data = {"years": [2026], "off_ranges": [], "makeup_workdays": [], "notice": "更正的放假安排"}
    with clock.frozen(POSTED + timedelta(hours=1)):
        calendar.load(data, by=SYSTEM)  # without holidays the fifth working day would be 6 October
        made.refresh_from_db()
        assert made.ends_at == OVER
    with clock.frozen(OVER - timedelta(seconds=1)):
        assert (notice.end_due_notices(), notice.clear_due_nominations()) == (0, 0)
    assert [state(n) for n in people] == ["on_notice"] * 2


# Corrections ---------------------------------------------------------------------------------------------------------


def test_a_corrected_line_says_from_when_its_period_counts() -> None:
    made, people, who = posted()
    later = datetime(2026, 10, 9, 10, 0, tzinfo=clock.ZONE)
    with clock.frozen(later):
        notice.supersede(made, by=who["publisher"], reason="第1名单位名称有误，予以更正。")
        copy = PublicNotice.objects.get(corrects=made)
        entry = copy.entries.get(nomination=people[0])
        notice.revise_line(entry, by=who["manager"], affiliation="杭州青禾社会工作服务中心理事长")
        copy = notice.post(notice.scan(copy, by=who["publisher"]), by=who["publisher"])
    lines = {e.nomination_id: (e.restarted, e.began_at) for e in NoticeEntry.objects.filter(notice=copy)}
    assert lines == {people[0].pk: (True, later), people[1].pk: (False, POSTED)} and copy.periods_differ


def test_a_slip_is_corrected_beside_the_text_and_no_period_restarts() -> None:
    made, _people, who = posted()
    digest = made.text_digest
    noted = erratum.note_erratum(
        made, by=who["publisher"], place="body", before="现予公示", after="现予以公示", reason="漏字"
    )
    made.refresh_from_db()
    assert (made.body, made.text_digest, made.ends_at) == (TEXT["body"], digest, OVER)
    assert (noted.before, noted.after) == ("现予公示", "现予以公示")
    assert json.loads(Entry.objects.get(kind="notice.erratum").payload)["after"] == "现予以公示"
    with pytest.raises(NotPermitted):
        erratum.note_erratum(
            made, by=who["manager"], place="body", before="公示", after="公布", reason="笔误一处"
        )
    with pytest.raises(StepRefused, match="实质更正"):
        erratum.note_erratum(
            made,
            by=who["publisher"],
            place="contact",
            before="0571-00000000",
            after="0571-00000009",
            reason="号码",
        )
    with pytest.raises(StepRefused):
        erratum.note_erratum(
            made, by=who["publisher"], place="entries", before="甲", after="乙", reason="笔误一处"
        )
