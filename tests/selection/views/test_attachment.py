"""Every role before every class of file; the list with its upload; the file in its page and as a download."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ApiToken
from selection.models import Attachment
from tests import factories
from workflow import clock, ledger
from workflow.models import Entry

pytestmark = pytest.mark.django_db

CLASSES = ("public", "expert", "staff", "restricted")
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def test_no_entry_of_the_ledger_says_what_a_file_was_called(client):
    """Not when it came, not when it was refused, put away or quarantined; nor does any page that shows the entries."""
    row = factories.nomination("draft")
    clerk = factories.user("unit_clerk", organisation=row.unit)
    client.force_login(clerk)
    address = reverse("nomination_attachments", args=[row.pk])
    name = "王某某前科证明.pdf"
    content = factories.pdf()
    for _again in range(2):  # the second is refused as a double
        client.post(address, {"kind": "id", "files": [SimpleUploadedFile(name, content)]})
    client.post(address, {"kind": "id", "files": [SimpleUploadedFile(name, b"no pdf")]})
    client.post(reverse("attachment_remove", args=[row.attachments.get().key]))
    entries = list(Entry.objects.all())
    assert {entry.kind for entry in entries} >= {"nomination.attach", "nomination.detach", "refused"}
    assert not any("前科" in f"{entry.payload}{entry.subject}{entry.actor_name}" for entry in entries)
    for person in (
        clerk,
        factories.user("bureau_officer", organisation=row.county),
        factories.user("audit_admin"),
    ):
        client.force_login(person)
        for page in (reverse("nomination_detail", args=[row.pk]), reverse("ledger_list")):
            assert "前科" not in client.get(page).content.decode()


class Scene:
    """One dossier in review with a file of each class and the nominator's opinion; everybody who might come."""

    def __init__(self) -> None:
        self.orgs, self.elsewhere = factories.tree(), factories.tree()
        self.nomination = factories.nomination("in_review", round=factories.round_("review"), orgs=self.orgs)
        self.other = factories.nomination("in_review", round=self.nomination.round, orgs=self.elsewhere)
        kinds = {"public": "award", "expert": "case", "staff": "practice", "restricted": "id"}
        self.files = {name: factories.attachment(self.nomination, kind) for name, kind in kinds.items()}
        self.files["background"] = factories.attachment(self.nomination, "background")
        self.people: dict[str, Any] = {
            role: factories.user(role, organisation=self.orgs["province"])
            for role in (
                "reviewer", "manager", "leader", "publisher", "supervisor", "finance",
                "system_admin", "security_admin", "audit_admin", "studio_lead", "studio_member",
            )
        }  # fmt: skip
        for place, orgs in (("", self.orgs), ("other ", self.elsewhere)):
            self.people |= {
                f"{place}clerk": factories.user("unit_clerk", organisation=orgs["unit"]),
                f"{place}county": factories.user("bureau_officer", organisation=orgs["county"]),
                f"{place}city": factories.user("bureau_officer", organisation=orgs["city"]),
            }
        for name, nomination, state in (
            ("expert", self.nomination, "accepted"), ("undeclared expert", self.nomination, "drawn"),
            ("recused expert", self.nomination, "recused"), ("other expert", self.other, "accepted"),
        ):  # fmt: skip
            expert = factories.expert()
            factories.assignment(nomination, expert, state)
            self.people[name] = expert.user


ALL = {*CLASSES, "background"}
PROOFS = set(CLASSES)
MAY_OPEN = {  # written by hand: who opens which
    "clerk": PROOFS,
    "county": PROOFS,
    "city": ALL,
    "reviewer": ALL,
    "manager": ALL,
    "leader": ALL,
    "supervisor": ALL,
    "audit_admin": ALL,
    "publisher": PROOFS - {"restricted"},
    "finance": PROOFS - {"restricted"},
    "expert": {"public", "expert"},
    "undeclared expert": set(),
    "recused expert": set(),
    "other expert": set(),
    "other clerk": set(),
    "other county": set(),
    "other city": set(),
    "system_admin": set(),
    "security_admin": set(),
    "studio_lead": set(),
    "studio_member": set(),
}


def test_the_table_names_everybody():
    assert set(Scene().people) == set(MAY_OPEN)


@pytest.mark.parametrize("who", MAY_OPEN)
def test_who_opens_which_class(client, who):
    scene = Scene()
    client.force_login(scene.people[who])
    for name, row in scene.files.items():
        expected = 200 if name in MAY_OPEN[who] else 404
        for page in ("attachment_detail", "attachment_file", "attachment_preview"):
            assert (name, page, client.get(reverse(page, args=[row.key])).status_code) == (
                name,
                page,
                expected,
            )
        assert client.post(reverse("attachment_remove", args=[row.key])).status_code in (
            (302, 403) if expected == 200 else (404,)
        )
    assert Attachment.objects.filter(removed_at=None).count() == 5


@pytest.mark.parametrize("who", MAY_OPEN)
def test_lists_and_the_api_name_no_file_that_is_not_theirs(client, who):
    scene = Scene()
    person = scene.people[who]
    token = ApiToken.new_token()
    ApiToken.objects.create(
        user=person, digest=ApiToken.digest_of(token), expires_at=clock.now() + timedelta(days=1)
    )
    answer = client.get("/api/v1/attachments", headers={"Authorization": f"Bearer {token}"}).json()
    keys = {item["key"] for item in answer["items"]}
    assert keys == {str(scene.files[name].key) for name in MAY_OPEN[who]}
    assert "扫描件" not in str(answer)
    client.force_login(person)
    page = client.get(reverse("nomination_attachments", args=[scene.nomination.pk]))
    seen = who not in ("expert",) and MAY_OPEN[who]
    assert page.status_code == (200 if seen else 404)
    if seen:
        text = page.content.decode()
        assert {name for name, row in scene.files.items() if str(row.key) in text} == MAY_OPEN[who]


def test_nobody_comes_without_signing_in(client):
    scene = Scene()
    for row in scene.files.values():
        for page in ("attachment_detail", "attachment_file", "attachment_preview"):
            answer = client.get(reverse(page, args=[row.key]))
            assert answer.status_code == 302
            assert "/accounts/sign-in" in answer.url


def test_experts_read_nothing_before_the_review_begins(client):
    scene = Scene()
    type(scene.nomination.round).objects.update(state="screening")
    client.force_login(scene.people["expert"])
    assert client.get(reverse("attachment_file", args=[scene.files["public"].key])).status_code == 404


@pytest.mark.parametrize(
    "address", ["/attachments/1/", "/attachments/1/file", "/media/attachments/", "/attachments/"]
)
def test_there_is_no_address_to_guess(client, address):
    scene = Scene()
    client.force_login(scene.people["manager"])
    assert client.get(address).status_code == 404
    assert client.get(reverse("attachment_file", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize(("state", "expected"), [("quarantined", 409), ("uploaded", 409)])
def test_what_is_not_clean_nobody_opens(client, state, expected):
    scene = Scene()
    Attachment.objects.update(state=state)
    for who in MAY_OPEN:
        client.force_login(scene.people[who])
        for name, row in scene.files.items():
            for page in ("attachment_file", "attachment_preview", "attachment_detail"):
                answer = client.get(reverse(page, args=[row.key]))
                known = name in MAY_OPEN[who] and who != "expert"
                assert answer.status_code == (expected if known else 404), (who, name, page)
                assert "Content-Disposition" not in answer.headers


# The file


@pytest.fixture
def reading(client):
    row = factories.attachment(factories.nomination("nominated", code="2026-0007"), "certificate", number=2)
    client.force_login(factories.user("reviewer"))
    return row


def test_a_download_is_a_download_whatever_is_in_it(client, reading):
    answer = client.get(reverse("attachment_file", args=[reading.key]))
    with reading.file.open("rb") as file:
        assert b"".join(answer.streaming_content) == file.read()
    name = "2026-0007-%E7%A4%BE%E4%BC%9A%E5%B7%A5%E4%BD%9C%E8%80%85%E8%81%8C%E4%B8%9A%E8%B5%84%E6%A0%BC%E8%AF%81%E4%B9%A6-2.pdf"
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=\"2026-0007-certificate-2.pdf\"; filename*=UTF-8''{name}"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "no-store" in answer.headers["Cache-Control"]
    assert int(answer.headers["Content-Length"]) == reading.size


def test_a_preview_stands_in_our_page_and_nowhere_else(client, reading):
    page = client.get(reverse("attachment_detail", args=[reading.key]))
    address = reverse("attachment_preview", args=[reading.key])
    assert f'src="{address}"' in page.content.decode()
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    framed = client.get(address, headers={"Sec-Fetch-Dest": "iframe"})
    assert framed.headers["Content-Disposition"].startswith("inline")
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'none'" in framed.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in framed.headers["Content-Security-Policy"]
    alone = client.get(address, headers={"Sec-Fetch-Dest": "document"})
    assert alone.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in alone.headers["Content-Security-Policy"]


def test_a_picture_is_shown_as_a_picture(client):
    row = factories.attachment(
        factories.nomination("nominated"), "award", mime="image/jpeg", content=factories.picture()
    )
    client.force_login(factories.user("reviewer"))
    assert "<img" in client.get(reverse("attachment_detail", args=[row.key])).content.decode()
    shown = client.get(reverse("attachment_preview", args=[row.key]), headers={"Sec-Fetch-Dest": "image"})
    assert (shown.headers["Content-Type"], shown.headers["X-Frame-Options"]) == ("image/jpeg", "DENY")
    assert "sandbox" in shown.headers["Content-Security-Policy"]


def test_a_file_that_was_changed_on_the_disk_is_not_served(client, reading):
    with open(reading.file.path, "ab") as file:
        file.write(b" ")
    answer = client.get(reverse("attachment_file", args=[reading.key]))
    assert answer.status_code == 409
    assert "与存证的摘要不符" in answer.content.decode()


def test_a_file_that_is_missing_is_said_to_be(client, reading):
    reading.file.storage.delete(reading.file.name)
    answer = client.get(reverse("attachment_file", args=[reading.key]))
    assert (answer.status_code, "文件缺失" in answer.content.decode()) == (409, True)


def test_who_reads_an_identity_card_stands_on_the_ledger(client):
    scene = Scene()
    row = scene.files["restricted"]
    for who, written in (("reviewer", 1), ("clerk", 1), ("city", 2)):
        client.force_login(scene.people[who])
        client.get(reverse("attachment_file", args=[row.key]))
        found = ledger.entries_of(scene.nomination).filter(kind="nomination.read_restricted")
        assert found.count() == written, who
    client.get(reverse("attachment_file", args=[scene.files["staff"].key]))
    assert found.count() == 2


# The list and its upload


@pytest.fixture
def draft(client):
    row = factories.nomination("draft")
    client.force_login(factories.user("unit_clerk", organisation=row.unit))
    return row


def page_of(row):
    return reverse("nomination_attachments", args=[row.pk])


def sent(name="证书.pdf", content=None):
    return SimpleUploadedFile(name, factories.pdf() if content is None else content)


def test_several_files_come_at_once(client, draft):
    answer = client.post(
        page_of(draft), {"kind": "certificate", "files": [sent("a.pdf"), sent("b.pdf")]}, follow=True
    )
    text = answer.content.decode()
    assert "已上传2个文件。" in text
    assert Attachment.objects.count() == 2
    assert "社会工作者职业资格证书 2" in text
    assert "原文件名：a.pdf" in text


def test_one_bad_file_does_not_lose_the_others(client, draft):
    files = [sent("好.pdf"), sent("坏.pdf", b"MZ"), sent("断.pdf", factories.pdf()[:-20]), sent("也好.pdf")]
    answer = client.post(page_of(draft), {"kind": "case", "files": files})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "坏.pdf：文件内容是EXE格式，请转换为PDF、JPG或PNG后再上传。" in text
    assert "断.pdf：文件不完整或已损坏" in text
    assert "已上传2个文件。" in text
    assert Attachment.objects.count() == 2


def test_a_program_gets_each_answer_by_itself(client, draft):
    files = [sent("a.pdf"), sent("b.gif", b"GIF89a\1\0\1\0")]
    answer = client.post(page_of(draft), {"kind": "id", "files": files}, **JSON)
    assert answer.status_code == 200
    found = [(row["name"], row["ok"], row["code"]) for row in answer.json()["results"]]
    assert found == [("a.pdf", True, ""), ("b.gif", False, "wrong_type")]


def test_a_file_above_the_limit_is_refused_by_name(client, draft):
    big = sent("大.pdf", b"%PDF-1.7" + b"0" * (10 * 1024 * 1024))
    answer = client.post(page_of(draft), {"kind": "id", "files": [big]})
    assert "大.pdf：文件超过10 MB的上限" in answer.content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [({"kind": "certificate"}, "请选择要上传的文件"), ({"kind": "background", "files": [b"x"]}, "材料种类")],
)
def test_what_is_not_filled_in_is_said(client, draft, given, words):
    given = {**given, "files": [sent() for _file in given["files"]]} if "files" in given else given
    answer = client.post(page_of(draft), given)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Attachment.objects.exists()


def test_a_name_is_no_way_to_write_into_the_page(client, draft):
    client.post(page_of(draft), {"kind": "case", "files": [sent("<img src=x onerror=alert(1)>.pdf")]})
    assert "<img src=x" not in client.get(page_of(draft)).content.decode()


def test_a_file_is_removed_again(client, draft):
    client.post(page_of(draft), {"kind": "case", "files": [sent()]})
    row = Attachment.objects.get()
    answer = client.post(reverse("attachment_remove", args=[row.key]), follow=True)
    assert "已移除：案例和成果材料 1" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_others_see_the_list_without_a_form(client, draft):
    factories.attachment(draft, "certificate")
    client.force_login(factories.user("bureau_officer", organisation=draft.county))
    text = client.get(page_of(draft)).content.decode()
    assert "data-upload" not in text
    assert "移除" not in text
    assert "原文件名" not in text
    assert client.post(page_of(draft), {"kind": "case", "files": [sent()]}).status_code == 403
    assert Attachment.objects.count() == 1


def test_after_the_closing_nothing_is_offered_and_nothing_taken(client, draft):
    with clock.frozen(factories.CLOSES_AT):
        assert "data-upload" not in client.get(page_of(draft)).content.decode()
        answer = client.post(page_of(draft), {"kind": "case", "files": [sent()]}, follow=True)
    assert "申报已于" in answer.content.decode()
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("role", ["unit_clerk", "reviewer"])
def test_the_list_takes_the_same_statements_for_one_file_and_for_many(client, draft, role):
    person = factories.user(role, organisation=draft.unit)
    client.force_login(person)

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(page_of(draft)).status_code == 200
        return len(caught)

    factories.attachment(draft, "case")
    statements()
    few = statements()
    for _more in range(9):
        factories.attachment(draft, "case")
    assert statements() == few <= 15
