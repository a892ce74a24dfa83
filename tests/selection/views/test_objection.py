"""The pages of objections: the public's, the handlers', the unit's."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from selection.models import Objection
from tests.factories import (
    nomination,
    objection,
    office,
    public_notice,
    round_,
    shown_a_minute_ago,
    user,
)
from workflow import clock
from workflow.models import Entry

pytestmark = pytest.mark.django_db
END = datetime(2026, 10, 13, 0, 0, tzinfo=clock.ZONE)
IN_TIME = END - timedelta(days=1)


def on_notice() -> tuple[Any, Any]:
    row = round_("notice")
    person = nomination("on_notice", round=row)
    return public_notice(row, [person], "posted", ends_at=END), person


def scan(name: str = "工资单.png") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (9, 9), "navy").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def form(made: Any, **changes: Any) -> dict[str, Any]:
    given = {
        "notice": made.number, "nominee": "1", "kind": "real_name", "name": "举报甲", "contact": "0571-12345678",
        "facts": "2019年3月至12月未在所述单位任职，附工资单一份。", "form_key": shown_a_minute_ago("k1"),
    }  # fmt: skip
    return {**given, **changes}


def test_neither_words_nor_files_are_lost_on_a_mistake(client: Client) -> None:
    made, _person = on_notice()
    with clock.frozen(IN_TIME):
        bad = SimpleUploadedFile("程序.exe", b"MZ" + b"\0" * 99)
        first = client.post("/objections/new", form(made, contact="", files=[scan(), bad]))
        page = first.content.decode()
        assert first.status_code == 422 and "工资单.png" in page and "程序.exe" in page
        second = client.post("/objections/new", form(made))
    assert second.status_code == 200 and "工资单.png" in second.content.decode()
    assert Objection.objects.get().evidence.get().state == "clean"


def test_a_form_sent_within_a_moment_is_shown_again(client: Client) -> None:
    from selection.forms.objection import fresh_key

    made, _person = on_notice()
    with clock.frozen(IN_TIME):
        quick = client.post("/objections/new", form(made, form_key=fresh_key()))
        forged = client.post("/objections/new", form(made, form_key="k1"))
    assert (quick.status_code, forged.status_code) == (422, 422)
    assert "附工资单一份" in forged.content.decode() and not Objection.objects.exists()


def test_by_the_code_more_is_added_and_another_look_asked_for(client: Client) -> None:
    _made, person = on_notice()
    said = objection(person, "admitted")
    more = {"code": said.code, "text": "另附考勤记录一份，请查看。", "form_key": shown_a_minute_ago("k2")}
    with clock.frozen(IN_TIME):
        assert "提交补充材料" in client.post("/objections/status", {"code": said.code}).content.decode()
        assert client.post("/objections/supplement", {**more, "files": [scan()]}).status_code == 200
        assert client.post("/objections/supplement", more).status_code == 409
    assert said.evidence.get().source == "supplement"
    Objection.objects.filter(pk=said.pk).update(state="dismissed", decided_at=IN_TIME, appeal_due=END.date())
    with clock.frozen(IN_TIME):
        asked = {**more, "form_key": shown_a_minute_ago("k3")}
        assert "复查待受理" in _badge(client.post("/objections/appeal", asked), said)
        assert client.post("/objections/appeal", asked).status_code == 409
    assert client.post("/objections/appeal", {**more, "code": "WRONG"}).status_code == 404


def _badge(response: Any, said: Objection) -> str:
    assert response.status_code == 200
    return str(Objection.objects.get(pk=said.pk).appeal.get_state_display())


def test_each_view_of_a_case_and_of_its_files_is_on_the_ledger(client: Client) -> None:
    made, _person = on_notice()
    who = office()
    with clock.frozen(IN_TIME):
        client.post("/objections/new", form(made, files=[scan()]))
        said = Objection.objects.get()
        client.force_login(who["supervisor"])
        assert client.get(f"/office/objections/{said.pk}/").status_code == 200
        file = client.get(f"/office/objections/evidence/{said.evidence.get().key}/")
        client.force_login(who["leader"])
        assert client.get(f"/office/objections/evidence/{said.evidence.get().key}/").status_code == 404
    assert file.status_code == 200 and "attachment" in file["Content-Disposition"]
    kinds = list(Entry.objects.filter(kind__startswith="objection.").values_list("kind", flat=True))
    assert kinds.count("objection.viewed") == 1 and kinds.count("objection.evidence_viewed") == 1


def test_a_letter_is_entered_with_its_scan_and_decided_by_postmark(client: Client) -> None:
    made, _person = on_notice()
    manager = office()["manager"]
    client.force_login(manager)
    given = form(made, channel="letter", postmarked_on="2026-10-12", files=[scan()])
    with clock.frozen(END + timedelta(days=1)):
        response = client.post("/office/objections/enter/", given)
    said = Objection.objects.get()
    assert said.code in response.content.decode()
    assert (said.kind, said.channel, said.entered_by) == ("real_name", "letter", manager)
    assert said.evidence.get().source == "paper"


def test_the_unit_reads_the_issue_and_answers_once(client: Client) -> None:
    _made, person = on_notice()
    said = objection(person, "admitted", statement_at=None, statement="")
    client.force_login(user("unit_clerk", organisation=person.unit))
    page = f"/nominations/issues/{said.pk}/"
    with clock.frozen(IN_TIME):
        shown = client.get(page).content.decode()
        assert "任职年限" in shown and "举报甲" not in shown and said.code not in shown
        assert client.post(page, {"text": "任职情况属实，附劳动合同。"}).status_code == 302
        assert "任职情况属实" in client.get(page).content.decode()
    client.force_login(user("unit_clerk"))
    assert client.get(page).status_code == 404


def test_an_investigator_keeps_the_log_and_steps_aside(client: Client) -> None:
    _made, person = on_notice()
    said = objection(person, "admitted")
    first = said.investigators.order_by("pk")[0]
    client.force_login(first)
    base = f"/office/objections/{said.pk}/"
    note = {"kind": "interview", "text": "已与财务谈话，工资单属实。", "form_key": shown_a_minute_ago("k4")}
    with clock.frozen(IN_TIME):
        assert client.post(f"{base}note/", note).status_code == 302
        assert "已与财务谈话" in client.get(base).content.decode()
        assert client.post(f"{base}aside/", {"reason": "与人选系亲属关系，申请回避。"}).status_code == 302
        assert client.get(base).status_code == 404
