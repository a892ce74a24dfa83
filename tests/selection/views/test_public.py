from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from selection.models import Objection, Recognition, Round
from selection.views.flood import DEPTH, address_of, spend
from tests.factories import (
    NOON,
    nomination,
    nominee,
    objection,
    office,
    public_notice,
    round_,
    shown_a_minute_ago,
    tree,
)
from workflow import clock

pytestmark = pytest.mark.django_db
END = datetime(2026, 10, 13, 0, 0, tzinfo=clock.ZONE)


def running(names: tuple[str, ...] = ("沈雨晴",)) -> Any:
    row, orgs = round_("notice"), tree()
    people = [nomination("on_notice", round=row, orgs=orgs, nominee=nominee(name)) for name in names]
    return public_notice(row, people, "posted", ends_at=END)


def published(names: tuple[str, ...] = ("秦芸",), **fields: Any) -> Round:
    row = round_("published", published_on=date(2026, 10, 20))
    for ordinal, name in enumerate(names, start=1):
        Recognition.objects.create(
            round=row, ordinal=ordinal, name=name, name_key="".join(name.split()), affiliations=["某中心主任", "某校教授"],
            certificate_number=f"领军〔{2000 + row.pk}〕{ordinal:03d}", recognised_on=date(2026, 10, 15),
            **{"expires_on": date(2029, 10, 15), **fields},
        )  # fmt: skip
    return row


PAGES = ("/", "/notices/", "/notices/{number}/", "/calls/{call}/", "/results/{result}/", "/roll", "/certificate?number=x",
         "/objections/new?notice={number}", "/objections/status")  # fmt: skip


def addresses(names: tuple[str, ...]) -> list[str]:
    given = {"number": running(names).number, "call": round_("open").code, "result": published(names).code}
    return [page.format(**given) for page in PAGES]


def test_public_pages_set_no_cookie_and_ask_for_no_account(client: Client) -> None:
    with clock.frozen(NOON):
        for address in addresses(("沈雨晴",)):
            response = client.get(address)
            assert response.status_code in (200, 404), address
            assert "<h1" in response.content.decode(), address
            assert not response.cookies, address


def test_public_pages_cost_the_same_for_one_row_and_three(client: Client) -> None:
    def count(address: str) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(address)
        return len(found)

    with clock.frozen(NOON):
        one = [count(address) for address in addresses(("甲一",))]
        running(("乙一", "乙二", "乙三"))
        three = [count(address) for address in addresses(("丙一", "丙二", "丙三"))]
    assert one == three and max(three) <= 15


def test_a_copy_is_asked_about_and_not_sent_again(client: Client) -> None:
    address = f"/notices/{running().number}/"
    with clock.frozen(NOON):
        first = client.get(address)
        again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert "public" in first["Cache-Control"] and again.status_code == 304


def test_a_notice_prints_its_period_and_its_list(client: Client) -> None:
    made = running(("秦芸", "沈雨晴"))
    with clock.frozen(NOON):
        page = client.get(f"/notices/{made.number}/").content.decode()
    for words in ("2026年10月12日", "24:00", "沈雨晴", "慈善社工处", "提出异议", "浙江省民政厅"):
        assert words in page


def test_drafts_are_nobodys_business(client: Client) -> None:
    row = round_("deliberation")
    draft = public_notice(row, [nomination("proposed", round=row)], "scanned")
    assert client.get(f"/notices/{draft.number}/").status_code == 404
    assert client.get(f"/results/{row.code}/").status_code == 404
    assert client.get(f"/calls/{round_('draft').code}/").status_code == 404


def test_english_is_a_choice_and_comes_back_to_the_page(client: Client) -> None:
    response = client.get("/language/en/?next=/roll")
    assert (
        response["Location"] == "/roll"
        and client.get("/language/en/?next=//evil.example/")["Location"] == "/"
    )
    assert client.get("/roll")["Content-Language"] == "en"
    assert client.get("/language/fr/").status_code == 404


@pytest.mark.parametrize("typed", ["秦芸", "秦\u3000芸", " 秦 芸 "])
def test_a_name_is_found_with_or_without_the_space_of_print(client: Client, typed: str) -> None:
    published(("秦\u3000芸", "沈雨晴"))
    page = client.get("/roll", {"q": typed}).content.decode()
    assert page.count('<th scope="row">') == 1 and "秦\u3000芸" in page


def test_the_roll_is_paged_and_shows_revocation(client: Client) -> None:
    published(tuple(f"人选{n:02d}" for n in range(30)), revoked_on=date(2026, 10, 21))
    assert client.get("/roll").content.decode().count('<th scope="row">') == 25
    assert "已撤销" in client.get("/roll?page=2").content.decode()


@pytest.mark.parametrize(
    ("fields", "status"),
    [({}, "有效"), ({"expires_on": date(2026, 8, 1)}, "期满"), ({"revoked_on": date(2026, 8, 1)}, "已撤销")],
)
def test_a_certificate_shows_its_status_and_nothing_else(
    client: Client, fields: dict[str, Any], status: str
) -> None:
    row = published(**fields)
    with clock.frozen(NOON):
        page = client.get("/certificate", {"number": f"领军[{2000 + row.pk}]1"}).content.decode()
    for words in ("秦芸", "某中心主任", row.title, status):
        assert words in page
    told = re.findall(r"<dt>(.*?)</dt>", page)
    assert told == ["姓名", "认定时单位及职务", "批次", *(["撤销日期"] if status == "已撤销" else [])]
    assert client.get("/certificate", {"number": "领军〔1999〕001"}).status_code == 404


def form(made: Any, **changes: Any) -> dict[str, str]:
    given = {"notice": made.number, "nominee": "1", "kind": "real_name", "name": "举报甲", "contact": "0571-12345678",
             "facts": "2019年3月至12月未在所述单位任职，附工资单一份。", "form_key": shown_a_minute_ago("k1"), "website": ""}  # fmt: skip
    return {**given, **changes}


def test_an_objection_takes_one_form_and_gives_a_code(client: Client) -> None:
    made = running()
    with clock.frozen(END - timedelta(seconds=1)):
        page = client.post("/objections/new", form(made)).content.decode()
        again = client.post("/objections/new", form(made)).content.decode()
    said = Objection.objects.get()
    assert said.kind == "real_name" and said.code in page and said.code in again
    status = client.post("/objections/status", {"code": said.code.lower()}).content.decode()
    assert "待受理" in status and "举报甲" not in status and "工资单" not in status


def test_at_midnight_it_is_a_complaint(client: Client) -> None:
    made = running()
    with clock.frozen(END):
        page = client.post("/objections/new", form(made)).content.decode()
    assert Objection.objects.get().kind == "complaint" and "举报" in page


def test_what_is_missing_is_named_and_nothing_typed_is_lost(client: Client) -> None:
    response = client.post("/objections/new", form(running(), contact="", nominee=""))
    page = response.content.decode()
    assert response.status_code == 422 and not Objection.objects.exists()
    assert "请填写电话或邮箱" in page and "请选择对哪一位人选" in page and "附工资单一份" in page


def test_an_anonymous_lead_leaves_no_name(client: Client) -> None:
    with clock.frozen(NOON):
        client.post("/objections/new", form(running(), kind="lead"))
    said = Objection.objects.get()
    assert (said.kind, said.objector_name, said.objector_contact) == ("lead", "", "")


def test_a_program_that_fills_every_field_lodges_nothing(client: Client) -> None:
    assert client.post("/objections/new", form(running(), website="http://x")).status_code == 422
    assert not Objection.objects.exists()


def test_one_address_cannot_flood_and_its_neighbour_goes_on(client: Client) -> None:
    made = running()
    for _n in range(DEPTH["objection"]):
        assert spend("objection:203.0.113.9", DEPTH["objection"])
    with clock.frozen(NOON):
        refused = client.post("/objections/new", form(made), REMOTE_ADDR="203.0.113.9")
        taken = client.post("/objections/new", form(made), REMOTE_ADDR="203.0.113.8")
    page = refused.content.decode()
    assert (refused.status_code, taken.status_code) == (429, 200)
    assert "附工资单一份" in page and made.contact in page and Objection.objects.count() == 1


def test_a_proxy_is_believed_only_if_it_is_ours(settings: Any, rf: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    told = {"HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.7, 10.0.0.2"}
    assert address_of(rf.get("/", REMOTE_ADDR="10.0.0.1", **told)) == "203.0.113.7"
    assert address_of(rf.get("/", REMOTE_ADDR="203.0.113.9", **told)) == "203.0.113.9"


def test_the_code_withdraws(client: Client) -> None:
    made = running()
    said = objection(made.entries.get().nomination, "admitted")
    assert "已撤回" in client.post("/objections/withdraw", {"code": said.code}).content.decode()
    assert client.post("/objections/withdraw", {"code": said.code}).status_code == 409
    assert client.post("/objections/withdraw", {"code": "WRONG"}).status_code == 404


def test_nobody_else_reads_what_the_objector_said(client: Client) -> None:
    made = running()
    person = made.entries.get().nomination
    said = objection(
        person, "admitted", facts="暗号甲乙丙", objector_name="暗号丁戊", objector_contact="暗号己庚"
    )
    who = office()
    pages = [
        "/", "/notices/", f"/notices/{made.number}/", "/office/notices/", f"/office/notices/{made.pk}/",
        "/office/determinations/", f"/office/results/{person.round.code}/", "/office/objections/",
        f"/office/objections/{said.pk}/", f"/steps/objections/{said.pk}/dismiss/", f"/nominations/{person.pk}/",
        f"/steps/nominations/{person.pk}/remove/", "/home/", "/messages/",
    ]  # fmt: skip
    from tests.factories import user

    clerk = user("unit_clerk", organisation=person.unit)
    officer = user("bureau_officer", organisation=person.nominator)
    for reader in (who["leader"], who["publisher"], who["reviewer"], clerk, officer):
        client.force_login(reader)
        for page in pages:
            text = client.get(page).content.decode()
            assert not [word for word in ("暗号甲乙丙", "暗号丁戊", "暗号己庚", said.code) if word in text], (
                page
            )
        assert client.get(f"/office/objections/{said.pk}/").status_code == 404
        assert (
            client.post(
                f"/office/objections/{said.pk}/identity/", {"reason": "想知道是谁提出的异议。"}
            ).status_code
            == 404
        )


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_a_round_that_was_never_announced_has_no_call(client: Client, state: str) -> None:
    row = round_(state, announced_at=None, closes_at=None)
    row.rulebook_versions.update(content={})
    assert client.get(f"/calls/{row.code}/").status_code == 404
    client.force_login(office()["manager"])
    assert client.get(f"/office/notices/new/{row.code}/").status_code == 404
