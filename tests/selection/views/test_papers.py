"""Papers to download, the feed, the map of the site, and pages that are kept until they are no longer true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document

from selection.documents.notice import require_drawable
from selection.models import Determination, Recognition
from selection.queries.papers import certificate_obstacle
from tests.factories import (
    NOON,
    nomination,
    nominee,
    objection,
    office,
    public_notice,
    roll_correction,
    round_,
    user,
)
from tests.selection.views.test_public import published, running
from tests.unpacked import inside
from tests.workflow.documents.test_form import read
from workflow import clock, freshness, ledger
from workflow.actor import SYSTEM
from workflow.documents import fonts
from workflow.documents.fonts import CharactersMissing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_papers(settings: Any, tmp_path: Path) -> None:
    """Papers that other tests made are not these."""
    caches_given = {**settings.CACHES}
    for name in ("papers", "progress"):
        caches_given[name] = {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(tmp_path / name),
        }  # fmt: skip
    settings.CACHES = caches_given


@pytest.fixture
def kept(settings: Any) -> Iterator[None]:
    """Finished pages are kept."""
    settings.PUBLIC_PAGES_KEPT = True
    caches["pages"].clear()
    yield
    caches["pages"].clear()


def decided(name: str = "秦芸", **fields: Any) -> Determination:
    """A published decision that recognises one person."""
    row = round_("published", published_on=date(2026, 10, 20))
    made = Determination.objects.create(
        round=row, document_number=f"浙民慈〔2026〕{row.pk}号", title="关于公布认定名单的通知", minute_number="〔2026〕3号",
        state="confirmed", confirmed_at=NOON, published_on=date(2026, 10, 20), list_digest="ab" * 32,
    )  # fmt: skip
    person = nomination("recognised", round=row, nominee=nominee(name))
    Recognition.objects.create(
        round=row, determination=made, nomination=person, nominee=person.nominee, ordinal=1, name=name, name_key=name,
        affiliations=["某中心主任"], certificate_number=f"领军〔2026〕{row.pk:03d}", recognised_on=date(2026, 10, 15),
        expires_on=date(2029, 10, 15), **fields,
    )  # fmt: skip
    return made


def test_a_posted_notice_is_a_pdf_and_a_word_file_for_everybody(client: Client) -> None:
    made = running(("秦芸", "沈雨晴"))
    with clock.frozen(NOON):
        pdf = client.get(f"/notices/{made.number}/notice.pdf")
        docx = client.get(f"/notices/{made.number}/notice.docx")
    text = "".join(read(pdf.content).split())
    for words in ("沈雨晴", "一、拟认定名单", "2026年10月12日24:00", f"/notices/{made.number}/"):
        assert words in text
    rows = [[cell.text for cell in row.cells] for row in Document(BytesIO(docx.content)).tables[0].rows]
    assert [row[1] for row in rows] == ["姓名", "秦芸", "沈雨晴"]
    assert not pdf.cookies and "public" in pdf["Cache-Control"] and "attachment" in pdf["Content-Disposition"]
    assert (
        client.get(f"/notices/{made.number}/notice.pdf", headers={"if-none-match": pdf["ETag"]}).status_code
        == 304
    )


def test_a_draft_is_for_the_office_and_its_file_says_so(client: Client) -> None:
    row = round_("deliberation")
    draft = public_notice(row, [nomination("proposed", round=row)], "scanned")
    assert client.get(f"/notices/{draft.number}/notice.pdf").status_code == 404
    client.force_login(office()["publisher"])
    answer = client.get(f"/office/notices/{draft.pk}/notice.docx")
    assert answer["Content-Disposition"].count("%E8%8D%89%E7%A8%BF") == 1  # 草稿
    client.force_login(user("expert"))
    assert client.get(f"/office/notices/{draft.pk}/notice.docx").status_code == 404


def test_a_decision_is_a_paper_with_its_number_and_its_list(client: Client) -> None:
    made = decided()
    address = f"/results/{made.round.code}/decision-{made.pk}.pdf"
    text = read(client.get(address).content).replace(" ", "")
    for words in (made.document_number, "关于公布认定名单的通知", "附件", "秦\u3000芸".replace("\u3000", "")):
        assert words in text.replace("\u3000", "")
    Determination.objects.update(published_on=None)
    assert client.get(address).status_code == 404


def test_a_decision_says_what_was_corrected_and_revoked_since(client: Client) -> None:
    made = decided(revoked_on=date(2026, 11, 2))
    one = made.recognitions.get()
    roll_correction(one, "published", before="秦云", published_at=NOON)
    roll_correction(one, "dropped", before="秦耘")
    for extension in ("pdf", "docx"):
        content = client.get(f"/results/{made.round.code}/decision-{made.pk}.{extension}").content
        text = "".join("".join(inside(content)).split())
        assert "更正，原文“秦云”" in text and "2026年11月2日撤销" in text and "秦耘" not in text


def test_a_name_that_no_font_draws_blocks_the_posting_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    made = running(("沈𬭩清",))
    monkeypatch.setattr("selection.documents.notice.installed", lambda: fonts.found_in([]))
    with pytest.raises(CharactersMissing, match=r"“沈𬭩清.*”中的“𬭩”（U\+2CB69）"):
        require_drawable(made)


def test_a_certificate_is_printed_for_the_publisher_with_its_number(client: Client) -> None:
    one = decided().recognitions.get()
    client.force_login(office()["publisher"])
    text = read(client.get(f"/office/certificates/{one.pk}.pdf").content).replace(" ", "")
    for words in ("证书", "秦芸", one.certificate_number or "", "某中心主任", one.round.title):
        assert words in text
    client.force_login(user("bureau_officer"))
    assert client.get(f"/office/certificates/{one.pk}.pdf").status_code == 404


def test_no_certificate_while_held_or_after_a_revocation(client: Client) -> None:
    one = decided().recognitions.get()
    assert one.nomination is not None
    public_notice(one.round, [one.nomination], "ended")
    said = objection(one.nomination, "admitted")
    client.force_login(office()["publisher"])
    assert client.get(f"/office/certificates/{one.pk}.pdf").status_code == 302
    assert "暂停制发证书" in certificate_obstacle(one)
    type(said).objects.update(state="dismissed")
    assert certificate_obstacle(one) == ""
    one.revoked_on = date(2026, 11, 1)
    assert "已经撤销" in certificate_obstacle(one)


def test_the_feed_holds_notices_and_results_and_is_named_in_the_head(client: Client) -> None:
    made, batch = running(), published()
    with clock.frozen(NOON):
        answer = client.get("/notices/feed.atom")
        head = client.get("/notices/").content.decode()
    atom = {"a": "http://www.w3.org/2005/Atom"}
    root = ElementTree.fromstring(answer.content)
    links = [link.get("href", "") for link in root.findall("a:entry/a:link", atom)]
    assert [link.split("/", 3)[3] for link in links] == [f"results/{batch.code}/", f"notices/{made.number}/"]
    assert answer["Content-Type"].startswith("application/atom+xml") and "feed.atom" in head
    for words in ('rel="canonical"', 'hreflang="en"', 'name="description"', "og:title"):
        assert words in head


def test_the_map_names_what_is_public_and_nothing_else(client: Client) -> None:
    made, batch = running(), published()
    row = round_("deliberation")
    draft = public_notice(row, [nomination("proposed", round=row)], "scanned")
    text = client.get("/sitemap.xml").content.decode()
    assert f"/notices/{made.number}/" in text and f"/results/{batch.code}/" in text
    assert f"/notices/{draft.number}/" not in text and "/office/" not in text
    assert "Sitemap: " in client.get("/robots.txt").content.decode()


def test_an_address_may_ask_for_its_language(client: Client) -> None:
    assert client.get("/roll?lang=en")["Content-Language"] == "en"
    assert client.get("/language/zh-hans/?next=/roll%3Flang%3Den%26page%3D2")["Location"] == "/roll?page=2"


def test_batches_stand_on_a_page_with_those_revoked(client: Client) -> None:
    batch = published(("甲一", "乙二"))
    Recognition.objects.filter(ordinal=1).update(revoked_on=date(2026, 10, 21))
    page = client.get("/results/").content.decode()
    assert f"/results/{batch.code}/" in page and ">2</td>" in page and ">1</td>" in page


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_public_pages_take_three_statements_cold_and_none_warm(client: Client, kept: None) -> None:
    made, batch = running(("甲一", "乙二", "丙三")), published(("甲一", "乙二"))
    with clock.frozen(NOON):
        for address in (f"/notices/{made.number}/", f"/results/{batch.code}/", "/roll", "/", "/notices/"):
            assert statements(client, address) <= 3, address
            assert statements(client, address) == 0, address


def test_what_is_written_is_seen_by_the_next_reader(
    client: Client, kept: None, django_capture_on_commit_callbacks: Any
) -> None:
    batch = published(("秦芸",))
    address = f"/results/{batch.code}/"
    assert "已撤销" not in client.get(address).content.decode()
    Recognition.objects.update(revoked_on=date(2026, 10, 21))
    assert "已撤销" not in client.get(address).content.decode()  # the finished page is kept
    with django_capture_on_commit_callbacks(execute=True):
        ledger.append(
            SYSTEM,
            chain=batch.chain_key,
            kind="revocation.decide",
            subject="selection.revocation:1",
            payload={},
        )
    assert "已撤销" in client.get(address).content.decode()


def test_writing_by_the_thousand_leaves_finished_pages_alone(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as later:
        freshness.changed(subject="selection.nomination:1", kind="nomination.submit")
        freshness.changed(subject="selection.scoresheet:1", kind="scoresheet.submit")
    assert later == []
    with django_capture_on_commit_callbacks() as later:
        freshness.changed(subject="selection.nomination:1", kind="nomination.revoke")
        freshness.changed(subject="selection.publicnotice:1", kind="publicnotice.end")
    assert len(later) == 2


def test_a_page_of_another_day_or_language_is_another(client: Client, kept: None) -> None:
    made = running()
    with clock.frozen(NOON):
        first = client.get(f"/notices/{made.number}/").content.decode()
        english = client.get(f"/notices/{made.number}/?lang=en")["Content-Language"]
    with clock.frozen(NOON.replace(day=2)):
        second = client.get(f"/notices/{made.number}/").content.decode()
    assert english == "en" and first != second


def test_searches_and_pages_that_are_not_there_are_not_kept(client: Client, kept: None) -> None:
    published(("秦芸",))
    client.get("/roll?q=秦芸")
    client.get("/certificate?number=x")
    client.get("/notices/2026-404/")
    assert not caches["pages"]._cache  # type: ignore[attr-defined]
