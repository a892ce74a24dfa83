"""Plain factories: each makes one valid row, in the state asked for. Only here is a state set without the door."""

from __future__ import annotations

import copy
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from io import BytesIO
from itertools import count
from typing import Any

from accounts.models import Organisation, RoleGrant, User
from selection.models import Assignment, Expert, Nomination, Nominee, Quota, Round, RulebookVersion
from selection.models.dossier import PARTS, write_rows
from selection.models.nomination import plain_name
from selection.rules.rulebook import DEFAULT_RULEBOOK, Rulebook
from workflow.clock import ZONE

_serial = count(1)

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=ZONE)  # a Tuesday, while the default round is open
OPENS_AT = datetime(2026, 8, 24, 9, 0, tzinfo=ZONE)
CLOSES_AT = datetime(2026, 10, 10, 17, 30, tzinfo=ZONE)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(born: date = date(1985, 3, 15), serial: int | None = None) -> str:
    """A valid invented identity number of Zhejiang."""
    number = next(_serial) if serial is None else serial
    body = f"330106{born:%Y%m%d}{number % 1000:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def organisation(kind: str = "employer", **fields: Any) -> Organisation:
    number = next(_serial)
    given = {"code": f"T{number:05d}", "name": f"测试机构{number}", **fields}
    return Organisation.objects.create(kind=kind, **given)


def user(*roles: str, organisation: Organisation | None = None, **fields: Any) -> User:
    number = next(_serial)
    given = {
        "username": f"user{number}",
        "name": f"用户{number}",
        "email": f"user{number}@example.cn",
        **fields,
    }
    person = User.objects.create_user(
        given.pop("username"), "a-long-password", organisation=organisation, **given
    )
    for role in roles:
        RoleGrant.objects.create(user=person, role=role, since=date(2020, 1, 1), granted_by="测试")
    return person


def rulebook(**changes: Any) -> dict[str, Any]:
    """The default rules with this test's changes, as they are stored. No files are asked for unless the test does."""
    content = {
        **copy.deepcopy(DEFAULT_RULEBOOK),
        "required_attachments": [],
        "comment_at_least": 101,
        "comment_below": 0,
        "opens_at": OPENS_AT.isoformat(),
        "closes_at": CLOSES_AT.isoformat(),
    }
    content["reference_date"] = CLOSES_AT.date().isoformat()
    return Rulebook.from_dict({**content, **changes}).to_dict()


def round_(state: str = "open", *, rules: dict[str, Any] | None = None, **fields: Any) -> Round:
    number = next(_serial)
    given = {"code": f"r{number}", "title": f"第{number}批社会工作领军人才选拔", "organiser": "浙江省民政厅",
             "document_prefix": "浙民慈", **fields}  # fmt: skip
    if state != "draft":
        given = {"announced_at": OPENS_AT, "closes_at": CLOSES_AT, **given}
    row = Round.objects.create(state=state, **given)
    RulebookVersion.objects.create(
        round=row, content=rules or rulebook(), frozen_at=None if state == "draft" else OPENS_AT
    )
    return row


def tree() -> dict[str, Organisation]:
    """A province, a city, its county and an employer there."""
    province = organisation("province", name="浙江省民政厅")
    city = organisation("city", name="杭州市民政局", area="杭州市", parent=province)
    county = organisation("county", name="西湖区民政局", area="西湖区", parent=city)
    unit = organisation("employer", name="杭州青禾社会工作服务中心", parent=county)
    return {"province": province, "city": city, "county": county, "unit": unit}


def nominee(name: str = "沈雨晴", **fields: Any) -> Nominee:
    number = fields.pop("id_number", None) or id_number()
    return Nominee.objects.create(
        name=name, name_key=plain_name(name), id_number=number, person_key=Nominee.key_of(number), **fields
    )


def nomination(
    state: str = "draft",
    *,
    round: Round | None = None,
    orgs: dict[str, Organisation] | None = None,
    **fields: Any,
) -> Nomination:
    """A complete and eligible dossier on the county route."""
    row, orgs = round or round_(), orgs or tree()
    number = next(_serial)
    given: dict[str, Any] = {
        "code": f"N{number:04d}", "route": "county", "unit": orgs["unit"], "county": orgs["county"],
        "nominator": orgs["city"], "title": "总干事", "field": "children", "gender": "female",
        "born_on": date(1985, 3, 15), "phone": "13800000000", "certificate_level": "intermediate",
        "certificate_number": f"2018{number:06d}", "certified_on": date(2018, 9, 20),
        "setting": "social_organisation", "civil_status": "none", "ethnicity": "汉族", "politics": "masses",
        "education": "bachelor", "studio_team": "五名社会工作师。", "studio_site": "中心二楼", "achievements": "从事儿童社会工作十二年。",
        "summary": "长期从事困境儿童社会工作。", "studio_plan": "建立儿童服务督导小组。", "unit_opinion": "同意推荐。",
        "unit_notice_from": date(2026, 8, 10), "unit_notice_until": date(2026, 8, 20), "unit_notice_proof": "单位公告栏照片",
        "unit_notice_place": "单位一楼公告栏", "unit_notice_objections": "none",
        "truth_declared_at": OPENS_AT, "conflict_declared_at": OPENS_AT, "privacy_read_at": OPENS_AT,
        "publication_consent_at": OPENS_AT,
    }  # fmt: skip
    if state not in ("draft", "returned", "county_review", "nominator_review", "declined"):
        given |= {"nominated_at": OPENS_AT + timedelta(days=5), "rank_in_nominator": 1}
    given["nominee"] = fields.pop("nominee", None) or nominee()
    parts = {name: fields.pop(name, None) for name in PARTS}
    made = Nomination.objects.create(round=row, state=state, **{**given, **fields})
    for name, lines in parts.items():
        if given_lines := (lines_of(made, name) if lines is None else lines):
            write_rows(made, name, given_lines)
    return made


def lines_of(nomination: Nomination, part: str) -> list[dict[str, Any]]:
    """Plausible lines of a part that repeats."""
    post = {"unit": nomination.unit.name, "title": nomination.title}
    since = {"started": date(2014, 7, 1), "unit": nomination.unit.name, "duty": "儿童社会工作"}
    year = {
        "year": 2025,
        "cases": 12,
        "groups": 4,
        "activities": 20,
        "beneficiaries": 800,
        "outcome": "服务落地。",
    }
    budget = [{"head": "training", "amount": "20000.00"}]
    found: dict[str, list[dict[str, Any]]] = {
        "posts": [post],
        "intervals": [since],
        "service_records": [year],
    }
    return found.get(part, budget if part == "budget_lines" else [])


def quota(round: Round, nominator: Organisation, places: int = 2, category: str = "") -> Quota:
    return Quota.objects.create(round=round, nominator=nominator, places=places, category=category)


def expert(category: str = "scholar", **fields: Any) -> Expert:
    number = next(_serial)
    unit = fields.pop("unit", None) or organisation("expert_unit")
    person = fields.pop("user", None) or user("expert", organisation=unit)
    given = {"code": f"X{number:03d}", "name": person.name, "field": "children", **fields}
    return Expert.objects.create(user=person, unit=unit, category=category, **given)


def assignment(nomination: Nomination, expert: Expert, state: str = "drawn") -> Assignment:
    return Assignment.objects.create(
        round=nomination.round, nomination=nomination, expert=expert, state=state
    )


def bare_studio(nomination: Nomination, *, lead: User, host: Organisation, state: str = "preparing") -> Any:
    """A studio of a recognised nominee, without an agreement."""
    from selection.models import Recognition
    from studios.models import Studio

    recognition = Recognition.objects.create(
        round=nomination.round, nomination=nomination, nominee=nomination.nominee, ordinal=next(_serial),
        name=nomination.nominee.name, name_key=nomination.nominee.name_key, affiliations=nomination.affiliations,
        certificate_number=f"领军〔2026〕{next(_serial):03d}", recognised_on=date(2026, 1, 5), expires_on=date(2029, 1, 5),
    )  # fmt: skip
    return Studio.objects.create(
        recognition=recognition,
        name=f"{recognition.name}社会工作领军人才工作室",
        host=host,
        lead=lead,
        state=state,
    )


def recognition(nomination: Nomination | None = None, **fields: Any) -> Any:
    """A recognised talent of a published round."""
    from selection.models import Recognition

    row = nomination or _recognised()
    number = next(_serial)
    given = {
        "round": row.round, "nominee": row.nominee, "ordinal": number, "name": row.nominee.name,
        "name_key": row.nominee.name_key, "affiliations": row.affiliations,
        "certificate_number": f"领军〔2026〕T{number}", "recognised_on": date(2026, 1, 5),
        "expires_on": date(2029, 1, 5), **fields,
    }  # fmt: skip
    return Recognition.objects.create(nomination=row, **given)


def _recognised() -> Nomination:
    return nomination("recognised", round=round_("published", published_on=date(2026, 1, 12)))


def studio(state: str = "active", *, talent: Any = None, **fields: Any) -> Any:
    """A studio with its lead, host and city; from `agreed` on with its agreement and instalments of 50/30/20."""
    from studios.models import Agreement, Instalment, Studio

    talent = talent or recognition()
    source = talent.nomination
    given = {
        "name": f"{talent.name_key}社会工作领军人才工作室", "host": source.unit, "city": source.nominator,
        "county": source.county, "ends_on": talent.expires_on,
        "lead": fields.pop("lead", None) or user("studio_lead", organisation=source.unit), **fields,
    }  # fmt: skip
    if state not in ("preparing", "agreed"):
        given = {"active_from": date(2026, 2, 1), **given}
    row = Studio.objects.create(recognition=talent, state=state, **given)
    if state != "preparing":
        Agreement.objects.create(
            studio=row, number=f"协{row.pk}号", award="50000.00", shares=[50, 30, 20], signed_on=date(2026, 1, 20),
            signed_by_province="张处长", signed_by_host="李主任", signed_by_talent=talent.name, recorded_by=given["lead"],
        )  # fmt: skip
        for number, amount in enumerate(("25000.00", "15000.00", "10000.00"), start=1):
            Instalment.objects.create(studio=row, number=number, amount=amount)
    return row


def instalment(state: str = "planned", *, number: int = 1, home: Any = None, **fields: Any) -> Any:
    """One instalment of a running studio, with those before it paid."""
    from studios.models import Instalment

    home = home or studio()
    paid = {"state": "paid", "paid_at": NOON - timedelta(days=60)}
    for earlier in home.instalments.filter(number__lt=number):
        Instalment.objects.filter(pk=earlier.pk).update(**paid, voucher=f"记-{home.pk}-{earlier.number}")
    Instalment.objects.filter(studio=home, number=number).update(state=state, **fields)
    return Instalment.objects.get(studio=home, number=number)


def report(state: str = "due", *, home: Any = None, **fields: Any) -> Any:
    """The third quarter's report, due on 20 October 2026."""
    from studios.models import ProgressReport

    given = {"kind": "quarterly", "period": "2026Q3", "due_on": date(2026, 10, 20), **fields}
    if state != "due":
        given = {
            "activities_held": 6, "people_served": 240, "mentees": 5, "spent": "8000.00", "results": "按计划开展督导。",
            "next_steps": "继续开展督导。", "submitted_at": NOON, **given,
        }  # fmt: skip
    if state in ("accepted", "returned"):
        given = {"judged_at": NOON, **given}
    return ProgressReport.objects.create(studio=home or studio(), state=state, **given)


def activity(state: str = "submitted", *, home: Any = None, photo: str = "", **fields: Any) -> Any:
    """A community activity of 20 August 2026, with one photo."""
    from studios.models import Activity, ActivityPhoto

    home = home or studio()
    held_on = fields.get("held_on", date(2026, 8, 20))
    given = {
        "kind": "community", "title": "邻里议事会", "held_on": held_on, "starts_at": time(9), "ends_at": time(11),
        "due_on": held_on + timedelta(days=10), "place": "文新街道社工站", "station_name": "文新街道社工站",
        "attendances": 37, "people": 33, "faces_masked": True, "recorded_by": home.lead, **fields,
    }  # fmt: skip
    if state != "drafted":
        given = {"submitted_at": NOON, "submitted_on": held_on + timedelta(days=2), **given}
    if state in ("cosigned", "verified"):
        given = {"cosigned_at": NOON, **given}
    row = Activity.objects.create(studio=home, state=state, **given)
    digest = photo or sha256(f"photo{row.pk}".encode()).hexdigest()
    ActivityPhoto.objects.create(
        activity=row, file="activities/x.jpg", mime="image/jpeg", size=9, sha256=digest, source_sha256=digest
    )
    return row


def funded_studio(state: str = "active", **fields: Any) -> Any:
    """A studio that was paid its first instalment sixty days before noon, with a clerk at its host."""
    home = studio(state, **fields)
    instalment("paid", number=1, home=home, paid_at=NOON - timedelta(days=200), voucher=f"记-{home.pk}-1")
    return home


def expense(state: str = "drafted", *, home: Any = None, **fields: Any) -> Any:
    """An expense of 800 yuan for services on 20 August 2026, with one voucher."""
    from studios.models import Expense, ExpenseVoucher
    from studios.rules.spending import invoice_key

    home = home or funded_studio()
    number = fields.setdefault("invoice_number", f"{next(_serial):08d}")
    given = {
        "spent_on": date(2026, 8, 20), "head": "service", "payee": "杭州文具商店", "purpose": "社区活动物资", "amount": "800.00",
        "invoice_key": invoice_key(fields.get("invoice_code", ""), number), "claimant": home.lead,
        "recorded_by": home.lead, **fields,
    }  # fmt: skip
    if state in ("submitted", "approved", "refused"):
        given = {"submitted_at": NOON, **given}
    if state == "approved" and "approver" not in given:
        given = {"approver": user("unit_clerk", organisation=home.host), "approved_at": NOON, **given}
    row = Expense.objects.create(studio=home, state=state, **given)
    digest = sha256(f"voucher{row.pk}".encode()).hexdigest()
    ExpenseVoucher.objects.create(
        expense=row, name="发票.jpg", file="vouchers/x.jpg", mime="image/jpeg", size=9, sha256=digest,
        source_sha256=digest, scanned_at=NOON,
    )  # fmt: skip
    return row


def admitted_objection(nomination: Nomination) -> Any:
    """An objection under investigation: it holds the nominee, and nobody else."""
    from selection.models import Objection, PublicNotice

    number = next(_serial)
    notice = PublicNotice.objects.create(
        round=nomination.round, number=f"公示{number}", title="公示", body="公示", contact="处室", days=5,
        composed_by=user("publisher"),
    )  # fmt: skip
    return Objection.objects.create(
        notice=notice, nomination=nomination, code=f"YY{number:06d}", kind="lead", state="admitted", facts="材料不实。",
        lodged_at=NOON, admit_due=NOON.date() + timedelta(days=3),
    )  # fmt: skip


# The list, its notice, what is said against it ---------------------------------------------------------------------


def result(nomination: Nomination, score: str, *, order: int, rank: int | None = None, **fields: Any) -> Any:
    from selection.models import Result

    given = {
        "exact": score,
        "sheets": 5,
        "trimmed": True,
        "computed_at": NOON,
        "rank": rank or order,
        **fields,
    }
    return Result.objects.create(nomination=nomination, score=score, order=order, **given)


def scored_round(
    scores: list[str], *, ceiling: int = 20, state: str = "deliberation"
) -> tuple[Round, list[Nomination]]:
    """A round whose scores are opened: one scored nominee a score, best first, equal scores sharing the rank."""
    row, orgs = round_(state, rules=rulebook(ceiling=ceiling)), tree()
    people = []
    for order, score in enumerate(scores, start=1):
        person = nomination("scored", round=row, orgs=orgs, nominee=nominee(f"人选{order:02d}号"))
        result(person, score, order=order, rank=scores.index(score) + 1)
        people.append(person)
    return row, people


def office() -> dict[str, User]:
    """One person for each role that decides on the list."""
    province = organisation("province")
    roles = ("manager", "leader", "publisher", "supervisor", "reviewer")
    return {role: user(role, organisation=province) for role in roles}


SAID = {
    "basis": "《社会工作领军人才选拔办法》",
    "discipline": "机关纪委，0571-00000001",
    "address": "杭州市示例路1号",
    "email": "office@example.cn",
}  # what a notice must say besides


def public_notice(round: Round, nominations: list[Nomination], state: str = "drafted", **fields: Any) -> Any:
    """A notice with a line for each nomination; posted ones run until `ends_at`."""
    from selection.models import NoticeEntry, PublicNotice

    author = fields.pop("composed_by", None) or user("manager")
    given = {
        "number": f"2026-{next(_serial)}", "title": f"{round.title}拟认定名单公示", "body": "经会议研究，现予公示。",
        "contact": "慈善社工处，0571-00000000", "days": 5, "composed_by": author, **SAID, **fields,
    }  # fmt: skip
    if state not in ("drafted", "scanned", "approved"):
        given = {"posted_at": NOON, "ends_at": NOON + timedelta(days=8), **given}
    notice = PublicNotice.objects.create(round=round, state=state, **given)
    for ordinal, person in enumerate(nominations, start=1):
        NoticeEntry.objects.create(
            notice=notice, nomination=person, ordinal=ordinal, name=person.nominee.name,
            affiliation="、".join(person.affiliations), nominator=person.nominator.name, ends_at=notice.ends_at,
            began_at=notice.posted_at,
        )  # fmt: skip
    return notice


def shown_a_minute_ago(key: str) -> str:
    """The key of a public form as it was signed when the form was shown."""
    import time

    from django.core.signing import TimestampSigner, b62_encode

    class Earlier(TimestampSigner):
        def timestamp(self) -> str:
            return b62_encode(int(time.time()) - 60)

    return Earlier(salt="objection form").sign(key)


def objection(nomination: Nomination, state: str = "lodged", **fields: Any) -> Any:
    """An objection in real name to somebody on the newest notice."""
    from selection.models import Objection

    entry = nomination.notice_entries.order_by("-pk").first()
    assert entry is not None
    given = {
        "notice": entry.notice, "code": f"CODE{next(_serial):08d}", "kind": "real_name", "objector_name": "举报甲",
        "objector_contact": "0571-12345678", "facts": "称其2019年未在所述单位任职，附工资单。", "lodged_at": NOON,
        "admit_due": (NOON + timedelta(days=3)).date(), **fields,
    }  # fmt: skip
    if state in ("admitted", "upheld", "dismissed"):
        given = {
            "neutral_issue": "任职年限", "grade": "A", "admitted_at": NOON, "conclude_due": date(2026, 9, 20),
            "statement_due": date(2026, 9, 8), "statement": "任职情况属实。", "statement_at": NOON, **given,
        }  # fmt: skip
    people = given.pop("investigators", None)
    made = Objection.objects.create(nomination=nomination, state=state, **given)
    if state in ("admitted", "upheld", "dismissed"):
        made.investigators.set(people or [user("reviewer"), user("reviewer")])
    return made


def waiver(nomination: Nomination, state: str = "asked", **fields: Any) -> Any:
    """A request to release a nominee from the rule on age."""
    from selection.models import Waiver

    given = {
        "rule": "E07",
        "reason": "该人选业绩突出，所在山区县社会工作人才紧缺。",
        "asked_at": NOON,
        **fields,
    }
    if state != "asked":
        given = {"decided_at": NOON, **given}
    return Waiver.objects.create(nomination=nomination, state=state, **given)


def recusal_request(nomination: Nomination, state: str = "requested", **fields: Any) -> Any:
    """A request to leave somebody out."""
    from selection.models import RecusalRequest

    given = {
        "name": "钱老师",
        "reason": "与人选有公开的学术争议，见2024年报道。",
        "asked_at": NOON,
        **fields,
    }
    given = {"name_key": plain_name(given["name"]), **given}
    return RecusalRequest.objects.create(nomination=nomination, state=state, **given)


# Attachments ---------------------------------------------------------------------------------------------------------


def pdf(pages: int = 1, *, password: str = "", owner: str = "", tail: bytes = b"") -> bytes:
    """A small PDF, no two the same; `tail` follows its end as a comment."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(210, 297)
    writer.add_metadata({"/Title": f"页{next(_serial)}"})
    if password or owner:
        writer.encrypt(password, owner_password=owner or password)
    out = BytesIO()
    writer.write(out)
    return out.getvalue() + (b"%" + tail if tail else b"")


def picture(kind: str = "JPEG", *, size: tuple[int, int] = (60, 40), orientation: int = 0) -> bytes:
    """A small picture, its left half blue, perhaps with a note in its EXIF on how it is to be turned."""
    from PIL import Image

    image = Image.new("RGB", size, (200, next(_serial) % 200, 0))
    image.paste((0, 0, 200), (0, 0, size[0] // 2, size[1]))
    out = BytesIO()
    notes = Image.Exif()
    if orientation:
        notes[0x0112], notes[0x010E] = orientation, "secret place"
    image.save(out, kind, exif=notes)
    return out.getvalue()


def attachment(nomination: Nomination, kind: str = "certificate", state: str = "clean", **fields: Any) -> Any:
    """A file of a dossier, in the storage."""
    from django.core.files.base import ContentFile

    from selection.models import Attachment
    from selection.rules.attachment import EXTENSIONS, audience_of

    content = fields.pop("content", None) or pdf()
    mime = fields.pop("mime", "application/pdf")
    digest = sha256(content).hexdigest()
    given = {
        "number": next(_serial) % 30000, "audience": audience_of(kind), "mime": mime, "size": len(content),
        "sha256": digest, "source_sha256": digest, "source_name": "扫描件.pdf", "uploaded_at": OPENS_AT, **fields,
    }  # fmt: skip
    given["uploaded_by"] = given.get("uploaded_by") or user(organisation=nomination.unit)
    row = Attachment(nomination=nomination, kind=kind, state=state, **given)
    row.file.save(f"attachments/test/{row.key.hex}.{EXTENSIONS[mime]}", ContentFile(content), save=False)
    row.save()
    return row


def record_export(round: Round, **fields: Any) -> Any:
    """The round's record as it was taken out in the state it has now."""
    from selection.models import RecordExport

    given = {
        "stage": round.state,
        "entries": 1,
        "head": "0" * 64,
        "manifest": "0" * 64,
        "reason": "归档",
        **fields,
    }
    return RecordExport.objects.create(round=round, exported_by="审计管理员", **given)


def revocation(nomination: Nomination, state: str = "started", **fields: Any) -> Any:
    """A title under question: the facts told on 1 September, a statement due a week later."""
    from selection.models import Revocation

    given = {
        "ground": "fraud", "facts": "申报材料中的服务记录经查不实。", "started_by": user("manager"), "started_at": NOON,
        "statement_due": date(2026, 9, 8), **fields,
    }  # fmt: skip
    return Revocation.objects.create(nomination=nomination, state=state, **given)


def roll_correction(recognition: Any, state: str = "drafted", **fields: Any) -> Any:
    """The name of a printed line, to be put right."""
    from selection.models import RollCorrection

    given = {
        "place": "name", "before": recognition.name, "after": "沈雨情", "basis": "厅办公会纪要〔2026〕30号",
        "why": "原名单姓名录入有误。", "drafted_by": user("manager"), **fields,
    }  # fmt: skip
    return RollCorrection.objects.create(recognition=recognition, state=state, **given)


# What gates and recoveries go by -----------------------------------------------------------------------------------


def spent(home: Any, amount: str, state: str = "approved", **fields: Any) -> Any:
    """One expense of a studio, without its voucher."""
    from studios.models import Expense

    given = {
        "spent_on": date(2026, 8, 1), "head": "training", "payee": "杭州图书馆", "purpose": "督导培训场地",
        "claimant": home.lead, "recorded_by": home.lead, **fields,
    }  # fmt: skip
    if state == "approved":
        given = {"approver": user("unit_clerk", organisation=home.host), "approved_at": NOON, **given}
    return Expense.objects.create(studio=home, amount=amount, state=state, **given)


def graded(home: Any, grade: str = "qualified", state: str = "confirmed", **fields: Any) -> Any:
    """An assessment of the year before, with its grade."""
    from studios.models import Assessment

    given = {"kind": "annual", "year": 2025, "score": "84.50", "confirmed_at": NOON, **fields}
    return Assessment.objects.create(studio=home, grade=grade, state=state, **given)


def open_gate(number: int = 2, *, home: Any = None, state: str = "planned", **fields: Any) -> Any:
    """An instalment all of whose conditions hold: those before it paid, reported on, spent; the studio assessed."""
    made = instalment(state, number=number, home=home, **fields)
    report("accepted", home=made.studio, period="2026Q2")
    spent(made.studio, "40000.00")
    graded(made.studio)
    return type(made).objects.get(pk=made.pk)


def recovery_order(state: str = "ordered", *, home: Any = None, **fields: Any) -> Any:
    """A studio's whole first instalment asked back."""
    from studios.models import RecoveryOrder

    home = home or instalment("paid", paid_at=NOON).studio
    given = {
        "amount": "25000.00", "ground": "terminated", "reason": "工作室终止，未支出资金退回。",
        "ordered_on": NOON.date(), "due_on": NOON.date() + timedelta(days=30), **fields,
    }  # fmt: skip
    row = RecoveryOrder.objects.create(studio=home, state=state, **given)
    return RecoveryOrder.objects.get(pk=row.pk)


def plan_content(home: Any, **fields: Any) -> dict[str, Any]:
    """What a whole plan of a studio says."""
    from studios.rules import plan as rules

    found = rules.empty(home.programme, 2026)
    stations = [
        {"point": "", "name": "东街社工站", "weaker_area": False},
        {"point": "", "name": "山前乡社工站", "weaker_area": True},
    ]
    return found | {
        "goals": [{"text": "带教社工十五名", "measure": "取得证书五名", "by_year": 2028}],
        "team": [{"name": n, "post": "督导", "certificate": "社会工作师"} for n in ("甲一", "乙二", "丙三")],
        "stations": stations,
        **fields,
    }


def mentees(home: Any, count: int = 5) -> None:
    """Persons whom a studio guides."""
    from studios.models import Mentorship

    for _n in range(count):
        key = f"mentee-{next(_serial)}"
        Mentorship.objects.create(
            studio=home, person_key=key, name=key[-4:], year=2026, since=date(2026, 1, 5)
        )


def plan(state: str = "drafted", *, home: Any = None, **fields: Any) -> Any:
    """A studio's whole plan in some state; what it says holds where it is approved."""
    from studios.actions import plan as actions
    from studios.models import StudioPlan

    home = home or studio("preparing")
    if not home.mentorships.exists():
        mentees(home)
    row = home.plans.order_by("-version").first()
    given = {"content": plan_content(home), **fields}
    if row is None:
        row = StudioPlan.objects.create(studio=home, state=state, **given)
    else:
        StudioPlan.objects.filter(pk=row.pk).update(state=state, **given)
        row = StudioPlan.objects.get(pk=row.pk)
    if state == "approved":
        actions._apply(row, home)
    return row


def bar(person: Any = None, *, organisation: Organisation | None = None, **fields: Any) -> Any:
    """A bar in force for three years from 1 August 2026: of a person (a nominee or an expert) or of a nominator."""
    from selection.models import Bar

    key = getattr(person, "person_key", "") or getattr(person, "id_hash", "")
    given = {
        "person_hash": key, "organisation": organisation, "capacity": "nominator" if organisation else "both",
        "subject_name": organisation.name if organisation else person.name, "ground": "fraud", "source": "hand",
        "document_number": "浙民罚〔2026〕3号", "from_on": date(2026, 8, 1), "until_on": date(2029, 8, 1), **fields,
    }  # fmt: skip
    return Bar.objects.create(**given)


def studio_exit(home: Any, state: str = "noticed", **fields: Any) -> Any:
    """A termination because the assessment was failed twice: told on 1 September, a statement due a week later."""
    from studios.models import Exit

    given = {
        "ground": "unqualified", "facts": "2025、2026年度考核均为不合格。", "started_at": NOON,
        "statement_due": date(2026, 9, 8), **fields,
    }  # fmt: skip
    return Exit.objects.create(studio=home, state=state, **given)


def reported_change(home: Any, state: str = "filed", **fields: Any) -> Any:
    """The host's legal person has changed on 20 August, reported on 1 September."""
    from studios.models import ReportedChange

    given = {
        "kind": "host_legal_person", "happened_on": date(2026, 8, 20), "due_on": date(2026, 9, 19),
        "told": "法定代表人由张某变更为李某。", "filed_at": NOON, **fields,
    }  # fmt: skip
    return ReportedChange.objects.create(studio=home, state=state, **given)


def assessment(
    state: str = "scheduled", *, home: Any = None, reviewers: Any = None, marks: Any = (), **fields: Any
) -> Any:
    """The assessment of 2026 with two reviewers; `marks` are the two sheets handed in, dimension by dimension."""
    from studios.models import Assessment, AssessmentSheet

    row = Assessment.objects.create(
        studio=home or studio(), state=state, **{"kind": "annual", "year": 2026, **fields}
    )
    people = reviewers if reviewers is not None else [user("reviewer"), user("reviewer")]
    for number, person in enumerate(people):
        given = {"marks": marks[number], "submitted_at": NOON} if number < len(marks) else {}
        AssessmentSheet.objects.create(assessment=row, reviewer=person, assigned_at=NOON, **given)
    return Assessment.objects.get(pk=row.pk)


def rectification(state: str = "ordered", *, home: Any = None, **fields: Any) -> Any:
    """One thing to be put right by 20 October 2026."""
    from studios.models import Rectification

    given = {
        "item": "督导记录补齐站点签字",
        "ordered_on": NOON.date(),
        "due_on": date(2026, 10, 20),
        **fields,
    }
    return Rectification.objects.create(studio=home or studio(), state=state, **given)
