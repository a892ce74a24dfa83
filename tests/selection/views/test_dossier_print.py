"""The printed form of a nomination: who gets it, what it says and what it keeps back."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from urllib.parse import unquote

import pypdf
import pytest
from django.urls import reverse
from docx import Document

from selection.actions import nomination as nominations
from selection.models import Declaration
from selection.queries.dossier_versions import digest, snapshot
from tests import factories
from tests.workflow.documents.test_form import fonts_of, words
from workflow import clock

pytestmark = pytest.mark.django_db
BOTH = ("nomination_pdf", "nomination_word")


@pytest.fixture
def orgs():
    return factories.tree()


@pytest.fixture
def dossier(orgs):
    return factories.nomination(
        "nominator_review",
        orgs=orgs,
        county_opinion="材料属实。",
        nominator_opinion="同意推荐到省。",
        title="总干事",
    )


def sign_in(client, *roles, organisation=None):
    user = factories.user(*roles, organisation=organisation)
    client.force_login(user)
    return user


def printed(client, row, name="nomination_pdf"):
    answer = client.get(reverse(name, args=[row.pk]))
    assert answer.status_code == 200, answer
    if name == "nomination_word":
        return words(answer.content)
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(answer.content)).pages)
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


@pytest.mark.parametrize("name", BOTH)
def test_the_form_says_what_the_dossier_says(client, dossier, orgs, name):
    user = sign_in(client, "manager", organisation=orgs["province"])
    text = "".join(printed(client, dossier, name).split())
    for expected in (
        "社会工作领军人才申报表", dossier.code, dossier.nominee.name, "1985-03-15", "汉族", "杭州青禾社会工作服务中心", "总干事",
        "社会工作师", dossier.certificate_number, "儿童社会工作", "服务落地。", "从事儿童社会工作十二年。", "长期从事困境儿童社会工作。",
        "建立儿童服务督导小组。", "20,000.00", "单位一楼公告栏", "真实性承诺", "同意推荐。", "材料属实。", "同意推荐到省。",
        "单位意见", "县级民政局意见", "市级民政局意见", "省级意见", "盖章", "签名", "年月日", "原件核对时填写",
    ):  # fmt: skip
        assert expected in text, expected
    for expected in (dossier.rules_version, digest(snapshot(dossier)), f"打印人{user.name}", "打印时间"):
        assert expected.replace(" ", "") in text, expected


def test_the_photograph_stands_upright_in_its_box_in_both_files(client, dossier, orgs):
    sideways = factories.picture(size=(588, 420), orientation=6)
    factories.attachment(dossier, "photo", mime="image/jpeg", content=sideways, number=1)
    sign_in(client, "manager", organisation=orgs["province"])
    found = client.get(reverse("nomination_pdf", args=[dossier.pk])).content
    pictures = [image.image.size for page in pypdf.PdfReader(BytesIO(found)).pages for image in page.images]
    assert pictures == [(420, 588)]
    file = Document(BytesIO(client.get(reverse("nomination_word", args=[dossier.pk])).content))
    [shape] = file.inline_shapes
    assert (round(shape.width.mm, 1), round(shape.height.mm, 1)) == (21.4, 30.0)
    assert shape._inline.docPr.get("descr") == "近期免冠照片"


@pytest.mark.parametrize("name", BOTH)
def test_without_a_photograph_or_with_one_that_is_gone_the_box_is_empty(client, dossier, orgs, name):
    photo = factories.attachment(dossier, "photo", mime="image/jpeg", content=factories.picture(), number=1)
    photo.file.storage.delete(photo.file.name)
    sign_in(client, "manager", organisation=orgs["province"])
    assert "近期免冠" in printed(client, dossier, name)


@pytest.mark.parametrize("name", BOTH)
def test_opinions_say_who_entered_them_and_the_background_has_a_row_of_its_own(client, orgs, name):
    row = factories.nomination("county_review", orgs=orgs)
    row.round.quotas.create(nominator=orgs["city"], places=2)
    county = factories.user("bureau_officer", organisation=orgs["county"], name="县经办甲")
    city = factories.user("bureau_officer", organisation=orgs["city"], name="市经办乙")
    with clock.frozen(factories.NOON):
        row = nominations.endorse(row, by=county, opinion="材料属实。", originals_checked=True)
        nominations.nominate(
            row, by=city, rank=1, opinion="同意推荐到省。", background="无违纪违法记录。",
            dishonesty_checked_on=date(2026, 8, 28),
        )  # fmt: skip
    sign_in(client, "manager", organisation=orgs["province"])
    text = "".join(printed(client, row, name).split())
    for words_of in ("系统登记：县经办甲，2026-09-01", "系统登记：市经办乙，2026-09-01", "背景审查意见", "无违纪违法记录。", "失信查询日期：2026-08-28"):  # fmt: skip
        assert words_of in text, words_of
    sign_in(client, "unit_clerk", organisation=orgs["unit"])
    hidden = "".join(printed(client, row, name).split())
    assert "背景审查意见" in hidden and "无违纪违法记录" not in hidden and "市经办乙" not in hidden


def test_the_foot_says_which_kept_version_is_printed(client, dossier, orgs):
    content = snapshot(dossier)
    dossier.versions.create(
        number=3, occasion="submit", taken_by="用户", content=content, digest=digest(content)
    )
    sign_in(client, "manager", organisation=orgs["province"])
    assert "与第3次留存版本一致" in printed(client, dossier, "nomination_word")
    type(dossier).objects.filter(pk=dossier.pk).update(school="浙江大学")
    assert "打印时的内容" in printed(client, dossier, "nomination_word")


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("role", ["unit_clerk", "bureau_officer", "manager", "supervisor"])
def test_identity_number_and_phone_are_masked_whoever_prints(client, dossier, orgs, name, role):
    place = {"unit_clerk": "unit", "bureau_officer": "city"}.get(role, "province")
    sign_in(client, role, organisation=orgs[place])
    text = printed(client, dossier, name)
    number = dossier.nominee.id_number
    assert number not in text
    assert number[6:14] not in text
    assert dossier.phone not in text
    assert f"{number[:3]}***********{number[-4:]}" in text
    assert "138****0000" in text


def test_the_fonts_are_in_the_file(client, dossier, orgs):
    sign_in(client, "unit_clerk", organisation=orgs["unit"])
    found = fonts_of(client.get(reverse("nomination_pdf", args=[dossier.pk])).content)
    assert found
    assert all(found.values())


@pytest.mark.parametrize("name", BOTH)
def test_somebody_elses_dossier_does_not_exist(client, dossier, name):
    for roles, organisation in (
        (["unit_clerk"], factories.organisation()),
        (["bureau_officer"], factories.organisation("city")),
        (["expert"], factories.organisation("expert_unit")),
        (["expert"], None),
    ):
        sign_in(client, *roles, organisation=organisation)
        assert client.get(reverse(name, args=[dossier.pk])).status_code == 404


def test_an_expert_who_scores_it_does_not_print_it(client, orgs):
    row = factories.nomination("in_review", orgs=orgs)
    person = factories.expert()
    factories.assignment(row, person, "accepted")
    client.force_login(person.user)
    assert client.get(reverse("nomination_pdf", args=[row.pk])).status_code == 404


@pytest.mark.parametrize("name", BOTH)
def test_it_needs_an_account(client, dossier, name):
    assert client.get(reverse(name, args=[dossier.pk])).status_code == 302


@pytest.mark.parametrize("name", BOTH)
def test_the_unit_does_not_read_the_nominators_opinion_in_print(client, dossier, orgs, name):
    sign_in(client, "unit_clerk", organisation=orgs["unit"])
    text = printed(client, dossier, name)
    assert "材料属实。" in text
    assert "同意推荐到省。" not in text


@pytest.mark.parametrize(("name", "extension"), [("nomination_pdf", "pdf"), ("nomination_word", "docx")])
def test_the_download_has_a_safe_name(client, orgs, name, extension):
    row = factories.nomination(orgs=orgs, nominee=factories.nominee('秦　芸/..\\"x\n'))
    sign_in(client, "unit_clerk", organisation=orgs["unit"])
    answer = client.get(reverse(name, args=[row.pk]))
    assert unquote(answer["Content-Disposition"]) == (
        f"attachment; filename=\"{row.code}.{extension}\"; filename*=UTF-8''社会工作领军人才申报表-{row.code}-秦芸x.{extension}"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_a_character_that_no_font_has_is_named_on_the_page(client, orgs):
    row = factories.nomination(orgs=orgs, nominee=factories.nominee("沈ሀ清"))
    sign_in(client, "unit_clerk", organisation=orgs["unit"])
    answer = client.get(reverse("nomination_pdf", args=[row.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("nomination_detail", args=[row.pk]), 302)]
    assert "“沈ሀ清”中的“ሀ”（U+1200）" in answer.content.decode()
    assert "沈ሀ清" in printed(client, row, "nomination_word")


def test_an_empty_draft_is_printed_with_blanks(client, orgs):
    row = factories.nomination(
        orgs=orgs, born_on=None, certified_on=None, achievements="", posts=[], intervals=[], service_records=[],
        budget_lines=[], truth_declared_at=None, phone="", county=None, route="city",
    )  # fmt: skip
    sign_in(client, "unit_clerk", organisation=orgs["unit"])
    text = printed(client, row)
    assert "尚未提交" in text
    assert "未签署" in text
    assert "不经县级推荐" in text


def test_declarations_are_printed_with_the_version_that_was_signed(client, dossier, orgs):
    at = factories.NOON
    Declaration.objects.create(
        nomination=dossier,
        kind="truth_declared_at",
        version="2026-1",
        language="en",
        text_digest="0" * 64,
        signed_at=at,
    )
    sign_in(client, "manager", organisation=orgs["province"])
    text = printed(client, dossier, "nomination_word")
    assert "申报材料真实、完整" in text
    assert "2026-1（英文本）" in text


def test_markup_in_an_answer_is_harmless(client, orgs):
    text = '#panic("x") $a$ @b \\ * ] [ " \' ` <c> = // </w:t>'
    row = factories.nomination(orgs=orgs, achievements=text, title='#let x = "', unit_opinion="]]]")
    sign_in(client, "unit_clerk", organisation=orgs["unit"])
    assert '#panic("x") $a$ @b' in printed(client, row)
    assert text in printed(client, row, "nomination_word")


def test_the_form_is_chinese_for_an_english_reader_too(client, dossier, orgs):
    sign_in(client, "manager", organisation=orgs["province"])
    client.cookies["django_language"] = "en"
    text = printed(client, dossier)
    assert "身份证号" in text
    assert "女" in text
    assert "助理" in text or "社会工作师" in text


@pytest.mark.parametrize("state", ["draft", "nominator_review"])
def test_the_page_of_the_dossier_offers_both_files(client, orgs, state):
    row = factories.nomination(state, orgs=orgs)
    sign_in(client, "unit_clerk", organisation=orgs["unit"])
    page = client.get(reverse("nomination_detail", args=[row.pk])).content.decode()
    assert all(reverse(name, args=[row.pk]) in page for name in BOTH)


@pytest.mark.parametrize("name", BOTH)
def test_more_lines_cost_no_more_statements(client, dossier, orgs, name, django_assert_max_num_queries):
    sign_in(client, "manager", organisation=orgs["province"])
    client.get(reverse(name, args=[dossier.pk]))
    with django_assert_max_num_queries(25):
        client.get(reverse(name, args=[dossier.pk]))


def test_the_word_file_opens_as_one(client, dossier, orgs):
    sign_in(client, "manager", organisation=orgs["province"])
    content = client.get(reverse("nomination_word", args=[dossier.pk])).content
    assert len(Document(BytesIO(content)).tables) > 10
