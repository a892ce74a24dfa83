"""What the demo's notice comes with: a sheet of its list, and a short outage of its page."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

import xlsxwriter

from selection.models import PublicNotice

SAID = {
    "basis": "《社会工作领军人才选拔办法》（演示）和本轮申报通知",
    "discipline": "机关纪委，0571-00000001（演示号码）",
    "address": "杭州市（示例地址）1号，邮编310000",
    "email": "notice@example.cn",
}
CONTACT = "浙江省民政厅慈善社工处，0571-00000000（演示号码）"
EVIDENCE = "政务云监控告警记录与运维工单（演示），网络割接期间公示页面不能访问。"


def sheet_of_the_list(notice: PublicNotice) -> bytes:
    """The list as a workbook, of what the page says and nothing else."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("拟认定名单")
        head = book.add_format({"bold": True, "bottom": 1})
        sheet.set_column(1, 1, 12)
        sheet.set_column(2, 3, 44)
        sheet.write_row(0, 0, ["序号", "姓名", "工作单位及职务", "推荐单位"], head)
        for entry in notice.entries.order_by("ordinal"):
            line = [entry.ordinal, entry.name, entry.affiliation, entry.nominator]
            sheet.write_row(entry.ordinal, 0, line)
    return out.getvalue()


def short_outage(posted: datetime) -> tuple[datetime, datetime]:
    """Three quarters of an hour on the evening of the posting: too short to extend anything."""
    since = posted.replace(hour=10, minute=30)
    return since, since + timedelta(minutes=45)


CALL = """各市、县（市、区）民政局，省级有关单位：

为加强社会工作专业人才队伍建设，现组织开展本年度社会工作领军人才选拔。请按照规则书载明的条件、名额和时间，坚持面向基层一线，做好推荐工作。

一、申报人由所在单位在本系统填报，经县级民政局核对原件、市级民政局择优排序后推荐到省。
二、推荐前，所在单位须在单位内部公示不少于5个工作日。
三、申报截止后不再受理。形式缺陷只要求补正一次。"""
NOTICE = """经各地推荐、资格初审、专家评审和会议研究，现将拟认定人选予以公示。公示期内，任何单位和个人如对人选有异议，可以实名或者以载明可查证事实的线索形式提出。异议人的身份和材料严格保密。"""
