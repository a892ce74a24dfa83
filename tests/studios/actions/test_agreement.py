"""An agreement is drawn up from facts, signed by three, scanned; an amendment is a version of its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from selection.errors import BadFile
from studios.actions import agreement as actions
from studios.actions import studio as studios
from studios.documents.agreement import document_of
from studios.errors import AgreementRefused
from studios.models import AgreementVersion, Studio
from tests import factories
from workflow import clock
from workflow.documents import official_pdf, official_word
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Entry

pytestmark = pytest.mark.django_db

PARTIES = (("province", "张处长"), ("host", "李主任"), ("talent", "沈雨晴"))


@pytest.fixture
def manager() -> Any:
    return factories.user("manager")


def given(home: Any, **fields: Any) -> dict[str, Any]:
    return {
        "agreement_number": f"领军工作室〔2026〕{home.pk:02d}号", "award": Decimal("50000.00"), "site": "中心二楼，46平方米",
        "account_name": home.host.name, "account_bank": "中国银行某支行", "account_number": "6217000010001234417", **fields,
    }  # fmt: skip


def planned() -> Any:
    home = factories.studio("preparing")
    factories.plan("approved", home=home)
    return home


def sign_all(version: Any, by: Any) -> Any:
    for party, name in PARTIES:
        version = actions.sign(version, by=by, party=party, name=name, signed_on=clock.today())
    return version


def test_the_clauses_hold_the_facts_of_the_plan_the_award_and_the_period(manager: Any) -> None:
    home = planned()
    version = actions.draw_up(home, by=manager, **given(home))
    text = "\n".join(f"{title}{words}" for title, words in version.terms)
    for fact in (
        "伍万元整",
        "带教社工十五名",
        "培训与沙龙4次",
        "山前乡社工站",
        "2029年1月5日",
        home.host.name,
        "25,000.00元",
    ):
        assert fact in text
    assert "6217000010001234417" not in text
    assert "50000.00" in Entry.objects.get(kind="agreement.draw_up").payload


def test_the_paper_is_drawn_as_pdf_and_word(manager: Any) -> None:
    home = planned()
    version = actions.draw_up(home, by=manager, **given(home))
    paper = document_of(version, account=version.masked_account)
    assert official_pdf.pdf_of(paper, at=clock.now()).startswith(b"%PDF")
    assert official_word.word_of(paper, at=clock.now()).startswith(b"PK")
    assert "**** 4417" in list(paper.texts()) and "6217000010001234417" not in "".join(paper.texts())


def test_the_account_is_the_units_own(manager: Any) -> None:
    home = planned()
    with pytest.raises(AgreementRefused, match="对公账户") as refused:
        actions.draw_up(home, by=manager, **given(home, account_name="沈雨晴"))
    assert refused.value.code == "account_name"
    with pytest.raises(AgreementRefused, match="数字"):
        actions.draw_up(home, by=manager, **given(home, account_number="ABC"))


def test_the_number_of_the_account_is_encrypted(manager: Any) -> None:
    from django.db import connection

    home = planned()
    version = actions.draw_up(home, by=manager, **given(home))
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_number FROM studios_agreementversion WHERE id = %s", [version.pk])
        kept = cursor.fetchone()[0]
    assert "4417" not in kept and AgreementVersion.objects.get().masked_account == "**** 4417"


def test_nothing_is_drawn_up_before_the_plan_is_approved_nor_twice(manager: Any) -> None:
    home = factories.studio("preparing")
    factories.plan("endorsed", home=home)
    with pytest.raises(StepRefused, match="计划尚未获省级批准"):
        actions.draw_up(home, by=manager, **given(home))
    home = planned()
    actions.draw_up(home, by=manager, **given(home))
    with pytest.raises(StepRefused, match="待签署"):
        actions.draw_up(home, by=manager, **given(home))
    with pytest.raises(NotPermitted):
        actions.draw_up(home, by=home.lead, **given(home))


def test_three_sign_one_by_one_and_the_first_version_holds_with_the_agreement(manager: Any) -> None:
    home = planned()
    version = sign_all(actions.draw_up(home, by=manager, **given(home)), manager)
    assert version.state == "drafted"
    facts = given(home)
    studios.agree(
        home, by=manager, number=facts["agreement_number"], award=facts["award"], signed_on=clock.today(),
        signed_by_province="张处长", signed_by_host="李主任", signed_by_talent="沈雨晴", site=facts["site"], goals="目标",
    )  # fmt: skip
    version.refresh_from_db()
    assert (version.state, version.in_force_on) == ("in_force", clock.today())
    assert {(s.party, s.name) for s in version.signatures.all()} == set(PARTIES)


def test_an_agreement_other_than_the_one_signed_is_not_recorded(manager: Any) -> None:
    home = planned()
    sign_all(actions.draw_up(home, by=manager, **given(home)), manager)
    with pytest.raises(AgreementRefused, match="不一致"):
        studios.agree(
            home, by=manager, number=given(home)["agreement_number"], award=Decimal(60000), signed_on=clock.today(),
            signed_by_province="张", signed_by_host="李", signed_by_talent="沈", site="二楼", goals="目标",
        )  # fmt: skip
    home.refresh_from_db()
    assert home.state == "preparing"


def test_an_agreement_recorded_without_a_draft_is_version_one(manager: Any) -> None:
    home = factories.studio("preparing")
    studios.agree(
        home, by=manager, number="协9号", award=Decimal(50000), signed_on=date(2026, 10, 14), signed_by_province="张",
        signed_by_host="李", signed_by_talent="沈", site="二楼", goals="目标",
    )  # fmt: skip
    version = home.agreement_versions.get()
    assert (version.number, version.state, version.signatures.count()) == (1, "in_force", 3)


def test_nobody_signs_twice_or_tomorrow(manager: Any) -> None:
    home = planned()
    version = actions.draw_up(home, by=manager, **given(home))
    version = actions.sign(version, by=manager, party="host", name="李主任", signed_on=clock.today())
    with pytest.raises(AgreementRefused, match="已登记"):
        actions.sign(version, by=manager, party="host", name="王主任", signed_on=clock.today())
    with pytest.raises(AgreementRefused, match="晚于今天"):
        actions.sign(version, by=manager, party="talent", name="沈", signed_on=date(2099, 1, 1))


def test_an_amendment_holds_with_the_third_signature_and_replaces_the_first(manager: Any) -> None:
    home = planned()
    facts = given(home)
    studios.agree(
        home, by=manager, number="协5号", award=facts["award"], signed_on=clock.today(), signed_by_province="张",
        signed_by_host="李", signed_by_talent="沈", site="二楼", goals="目标",
    )  # fmt: skip
    home.refresh_from_db()
    with pytest.raises(AgreementRefused, match="理由"):
        actions.draw_up(home, by=manager, **facts)
    with pytest.raises(AgreementRefused, match="不能在变更中修改"):
        actions.draw_up(home, by=manager, **given(home, award=Decimal(1)), amendment_reason="增加资助。")
    second = actions.draw_up(home, by=manager, **given(home, site="新场所"), amendment_reason="场所搬迁。")
    assert second.number == 2
    second = sign_all(second, manager)
    assert second.state == "in_force"
    assert [(v.number, v.state) for v in home.agreement_versions.order_by("number")] == [
        (1, "replaced"),
        (2, "in_force"),
    ]
    assert Studio.objects.get(pk=home.pk).site == "新场所"


def test_an_agreement_from_before_versions_counts_as_the_first(manager: Any) -> None:
    home = factories.studio()
    version = actions.draw_up(home, by=manager, **given(home), amendment_reason="补登账户。")
    assert version.number == 2


def test_a_version_that_was_withdrawn_leaves_its_number(manager: Any) -> None:
    home = planned()
    version = actions.draw_up(home, by=manager, **given(home))
    actions.withdraw(version, by=manager, reason="金额有误，重新拟定。")
    assert actions.draw_up(home, by=manager, **given(home)).number == 1


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    return out.getvalue()


def test_a_scan_is_looked_through_before_it_is_kept(manager: Any) -> None:
    home = planned()
    version = actions.draw_up(home, by=manager, **given(home))
    scan = actions.upload_scan(version, by=manager, name="协议签字页.png", data=picture())
    assert (scan.mime, scan.name, scan.sha256 != "") == ("image/png", "协议签字页.png", True)
    with pytest.raises(BadFile, match="不再重复"):
        actions.upload_scan(version, by=manager, name="又一份.png", data=picture())
    with pytest.raises(BadFile, match="PDF、JPG或PNG"):
        actions.upload_scan(version, by=manager, name="协议.exe", data=b"MZ not a scan")
    with pytest.raises(NotPermitted):
        actions.upload_scan(version, by=home.lead, name="协议.png", data=picture()[:-1] + b"\0")


def test_every_studio_that_begins_has_a_plaque_of_its_own(manager: Any) -> None:
    first, second = factories.studio("agreed"), factories.studio("agreed")
    numbers = [studios.activate(home, by=manager).plaque_number for home in (first, second)]
    year = clock.today().year
    assert numbers == [f"浙社领工〔{year}〕第001号", f"浙社领工〔{year}〕第002号"]
    assert Entry.objects.filter(kind="studio.plaque").count() == 2
