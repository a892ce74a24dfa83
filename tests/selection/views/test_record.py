"""Taking a round's record out: who may, for which reason, what is written down; the archive waits for it."""

from __future__ import annotations

import json
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from selection.actions import record, round
from selection.models import RecordExport, Round
from tests import factories
from workflow import jobfiles
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Entry, Job

pytestmark = pytest.mark.django_db

REASON = "公布之后按规定归档保存"


def signed_in(client: Client, role: str) -> User:
    person = factories.user(role, organisation=factories.organisation("province"))
    client.force_login(person)
    return person


def exported(client: Client, row: Round, reason: str = REASON) -> Job:
    answer = client.post(reverse("record_detail", args=[row.code]), {"reason": reason})
    assert answer.status_code == 302
    return Job.objects.latest("pk")


@pytest.mark.parametrize("role", ["audit_admin", "manager"])
def test_the_record_is_taken_out_for_a_reason_as_a_job(client: Client, role: str) -> None:
    person, row = signed_in(client, role), factories.round_("published")
    job = exported(client, row)
    file = jobfiles.of(job, "output")
    assert file is not None
    with ZipFile(BytesIO(b"".join(jobfiles.pieces(file)))) as archive:
        assert json.loads(archive.read(f"{row.code}/manifest.json"))["round"] == row.code
    kept, entry = RecordExport.objects.get(), Entry.objects.get(kind="record.exported")
    assert (kept.reason, kept.exported_by, kept.stage) == (REASON, person.name, "published")
    assert json.loads(entry.payload)["manifest"] == kept.manifest == job.result["manifest"]
    assert entry.chain_id == "office"
    assert kept.reason in client.get(reverse("record_detail", args=[row.code])).content.decode()


@pytest.mark.parametrize(
    "role", ["leader", "supervisor", "reviewer", "expert", "system_admin", "security_admin"]
)
def test_nobody_else_takes_it_out(client: Client, role: str) -> None:
    person, row = signed_in(client, role), factories.round_("published")
    assert client.get(reverse("record_detail", args=[row.code])).status_code == 404
    assert client.get(reverse("record_list")).status_code == 404
    with pytest.raises(NotPermitted):
        record.begin_export(row, by=person, reason=REASON)


def test_a_reason_of_a_few_characters_is_none(client: Client) -> None:
    person, row = signed_in(client, "audit_admin"), factories.round_("published")
    page = client.post(reverse("record_detail", args=[row.code]), {"reason": "归档"})
    assert (page.status_code, Job.objects.count()) == (422, 0)
    with pytest.raises(StepRefused) as refused:
        record.begin_export(row, by=person, reason="归档")
    assert refused.value.code == "reason_required"


def test_a_round_in_draft_has_no_record(client: Client) -> None:
    signed_in(client, "manager")
    row = factories.round_("draft")
    assert client.get(reverse("record_detail", args=[row.code])).status_code == 404


def test_the_list_asks_as_much_for_three_rounds_as_for_one(client: Client) -> None:
    signed_in(client, "audit_admin")
    counts = []
    for states in (["published"], ["published", "review"]):
        for state in states:
            exported(client, factories.round_(state))
        client.get(reverse("record_list"))
        with CaptureQueriesContext(connection) as asked:
            assert "评选档案" in client.get(reverse("record_list")).content.decode()
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 15


def test_a_published_round_is_archived_once_its_record_is_out(client: Client) -> None:
    person, row = signed_in(client, "manager"), factories.round_("published")
    with pytest.raises(StepRefused) as refused:
        round.archive(row, by=person)
    assert refused.value.code == "record_not_exported"
    exported(client, row)
    assert round.archive(row, by=person).state == "archived"


def test_a_record_from_before_the_publication_does_not_count(client: Client) -> None:
    person, row = signed_in(client, "manager"), factories.round_("determination")
    exported(client, row)
    published = factories.round_("published")
    RecordExport.objects.update(round=published)
    with pytest.raises(StepRefused):
        round.archive(published, by=person)


def test_the_command_writes_a_folder_and_the_office_chain(tmp_path: Path) -> None:
    row, out = factories.round_("published"), StringIO()
    call_command("export_record", row.code, tmp_path / "record", stdout=out)
    assert f"manifest {RecordExport.objects.get().manifest}" in out.getvalue()
    with pytest.raises(CommandError, match="not empty"):
        call_command("export_record", row.code, tmp_path / "record")
    with pytest.raises(CommandError, match="no round"):
        call_command("export_record", "nowhere", tmp_path / "other")


def test_nothing_personal_leaves_with_a_record(tmp_path: Path) -> None:
    nomination = factories.nomination("cleared", phone="13800001234")
    notice = factories.public_notice(nomination.round, [nomination], "posted")
    factories.objection(
        nomination,
        "dismissed",
        notice=notice,
        objector_name="钱多多",
        objector_contact="13912345678",
        facts="听人说的",
    )
    call_command("export_record", nomination.round.code, tmp_path / "record", stdout=StringIO())
    text = "".join(p.read_text(encoding="utf-8") for p in (tmp_path / "record").rglob("*") if p.is_file())
    assert nomination.code in text
    secrets = (nomination.nominee.id_number, "13800001234", "钱多多", "13912345678", "听人说的")
    assert [secret for secret in secrets if secret in text] == []


def test_only_what_all_may_see_leaves_as_a_file(tmp_path: Path) -> None:
    nomination = factories.nomination("qualified")
    open_, kept = factories.attachment(nomination, "award"), factories.attachment(nomination, "id")
    call_command("export_record", nomination.round.code, tmp_path / "record", stdout=StringIO())
    rows = {r["kind"]: r for r in json.loads((tmp_path / "record/attachments.json").read_text())}
    assert (tmp_path / "record" / rows["award"]["file"]).read_bytes() == open_.file.open().read()
    assert (rows["id"]["file"], rows["id"]["sha256"]) == ("", kept.sha256)


def test_no_mark_is_in_a_record_before_the_opening(tmp_path: Path) -> None:
    from tests.selection import stage as stages
    from workflow import clock

    stage = stages.in_review(1)
    with clock.frozen(stages.LATER):
        stages.submitted(stage.duty(), "91.5", A="66.5", overall="评语")
        call_command("export_record", stage.round.code, tmp_path / "record", stdout=StringIO())
    text = "".join(p.read_text(encoding="utf-8") for p in (tmp_path / "record").rglob("*") if p.is_file())
    assert not (tmp_path / "record/sheets.jsonl").exists()
    assert not (tmp_path / "record/results.json").exists()
    assert [mark for mark in ("91.5", "66.5", "评语") if mark in text] == []


def test_anybody_downloads_the_program_that_verifies(client: Client) -> None:
    page = client.get(reverse("public_ledger")).content.decode()
    assert reverse("record_verifier") in page
    answer = client.get(reverse("record_verifier"))
    tool = (settings.BASE_DIR / "tools/verify_record.py").read_bytes()
    assert (answer.status_code, b"".join(answer)) == (200, tool)
    assert "sessionid" not in answer.cookies


def test_the_page_of_the_round_leads_to_its_record(client: Client) -> None:
    row = factories.round_("published")
    signed_in(client, "manager")
    assert (
        reverse("record_detail", args=[row.code])
        in client.get(reverse("round_detail", args=[row.code])).content.decode()
    )
    signed_in(client, "leader")
    page = client.get(reverse("round_detail", args=[row.code])).content.decode()
    assert reverse("record_detail", args=[row.code]) not in page
