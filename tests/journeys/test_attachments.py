"""A clerk sends several files at once from a browser; a reviewer looks at them in the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from selection.models import Attachment
from tests import factories
from tests.journeys.pages import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def folder(tmp_path: Path) -> dict[str, str]:
    """What lies on the clerk's desk."""
    found = {
        "证书.pdf": factories.pdf(2), "照片.jpg": factories.picture(size=(600, 400), orientation=6),
        "半截.pdf": factories.pdf(3)[:-40], "手机.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    }  # fmt: skip
    for name, content in found.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in found}


@pytest.mark.parametrize("width", [1440, 390])
def test_several_files_go_each_with_its_answer(
    set_clock: Callable[..., None], sign_in: Callable[..., Visitor], folder: dict[str, str], width: int
) -> None:
    set_clock(factories.NOON)
    row = factories.nomination("draft")
    clerk = sign_in(factories.user("unit_clerk", organisation=row.unit), width=width)
    clerk.open(f"/nominations/{row.pk}/").follow("附件").fill(kind="certificate")
    clerk.page.set_input_files("input[type=file]", list(folder.values()))
    clerk.page.get_by_role("button", name="上传附件").click()
    lines = clerk.page.locator("[data-uploads] li")
    expect(lines.nth(0)).to_contain_text("已上传")
    expect(lines.nth(1)).to_contain_text("已上传")
    expect(lines.nth(2)).to_contain_text("文件不完整或已损坏")
    expect(lines.nth(3)).to_contain_text("文件内容是HEIC格式")
    clerk.reads("社会工作者职业资格证书 2")
    assert Attachment.objects.count() == 2
    assert clerk.page.evaluate("document.documentElement.scrollWidth") <= width
    clerk.press("移除 社会工作者职业资格证书 1").reads("已移除：社会工作者职业资格证书 1")
    picture = clerk.follow("社会工作者职业资格证书 2").page.locator("img.lx-preview")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 400)
    expect(picture).to_have_js_property("naturalHeight", 600)


def test_a_file_lost_with_the_network_is_sent_again(
    set_clock: Callable[..., None], sign_in: Callable[..., Visitor], folder: dict[str, str]
) -> None:
    set_clock(factories.NOON)
    row = factories.nomination("draft")
    clerk = sign_in(factories.user("unit_clerk", organisation=row.unit))
    clerk.open(f"/nominations/{row.pk}/attachments")
    clerk.page.context.set_offline(True)
    clerk.page.set_input_files("input[type=file]", folder["证书.pdf"])
    clerk.page.get_by_role("button", name="上传附件").click()
    clerk.reads("网络中断，未上传")
    clerk.page.context.set_offline(False)
    clerk.page.get_by_role("button", name="重试").click()
    clerk.reads("身份证 1")
    clerk.complaints = [words for words in clerk.complaints if "ERR_INTERNET_DISCONNECTED" not in words]


def test_a_reviewer_reads_a_pdf_in_the_page(
    set_clock: Callable[..., None], sign_in: Callable[..., Visitor]
) -> None:
    set_clock(factories.NOON)
    row = factories.nomination("nominated")
    factories.attachment(row, "practice", number=1, content=factories.pdf(2))
    reviewer = sign_in(factories.user("reviewer"))
    reviewer.open(f"/nominations/{row.pk}/").follow("从业证明 1")
    frame = reviewer.page.locator("iframe.lx-preview")
    expect(frame).to_be_visible()
    answer = reviewer.page.request.get(frame.get_attribute("src") or "")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    with reviewer.page.expect_download() as download:
        reviewer.page.get_by_role("link", name="下载").click()
    assert download.value.suggested_filename == f"{row.code}-从业证明-1.pdf"
