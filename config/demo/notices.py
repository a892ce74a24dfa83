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
