"""A blind round: whatever an expert gets names the dossier's number, never the person."""

import pytest

from accounts.models import ApiToken
from selection.actions import blind, own_sheets, scoring
from selection.models import Attachment, Nomination, ScoreSheet
from selection.models.dossier import Affiliation, PracticeInterval
from selection.rules.blind import Secrets, masked
from tests import factories
from tests.selection import stage as stages
from workflow import clock
from workflow.errors import NotPermitted
from workflow.models import Message

NAME, UNIT, OLD_UNIT, PHONE, CERTIFICATE = (
    "欧阳独一",
    "独山社会工作站",
    "旧岭服务社",
    "13900001234",
    "ZS20180077",
)
PLANTED = (NAME, UNIT, OLD_UNIT, PHONE, CERTIFICATE)


def test_names_units_and_places_are_replaced_the_longest_first():
    secrets = Secrets((NAME, "", "1"), (UNIT,), ("杭州市民政局", "浙江省杭州市西湖区"))
    told = masked(f"{NAME}在杭州市民政局指导下，于{UNIT}服务西湖区、杭州的儿童1次", secrets)
    assert told == "〔人选〕在〔地区〕指导下，于〔单位〕服务〔地区〕、〔地区〕的儿童1次"
    assert masked("", secrets) == "" and masked("无", Secrets((), (), ())) == "无"


@pytest.fixture
def dossier(db):
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(1, blind=True)
        row = stage.nominations[0]
        row.nominee.name = NAME
        row.nominee.save()
        row.unit.name = UNIT
        row.unit.save()
        story = f"{NAME}在{UNIT}和{OLD_UNIT}工作，电话{PHONE}，受{row.nominator.name}表彰"
        Nomination.objects.filter(pk=row.pk).update(
            phone=PHONE, certificate_number=CERTIFICATE, achievements=story, summary=story, studio_plan=story,
            unit_opinion=story, studio_team=story, studio_site=story, studio_partners=story, title=f"{UNIT}主任",
        )  # fmt: skip
        Affiliation.objects.create(nomination=row, unit=UNIT, title="主任", primary=not row.posts.exists())
        PracticeInterval.objects.create(nomination=row, unit=OLD_UNIT, duty=f"{OLD_UNIT}社工", witness=NAME)
    with clock.frozen(stages.REVIEW):
        stage.nominator_name = row.nominator.name
        yield stage


def kept_from(body, stage):
    text = body.decode("utf-8", "replace")
    return [words for words in (*PLANTED, stage.nominator_name) if words in text]


def test_nothing_an_expert_gets_names_the_person(client, dossier):
    duty = dossier.duty()
    client.force_login(duty.expert.user)
    for url in ("/home/", "/panel/", f"/panel/{duty.pk}/conflict", f"/steps/assignments/{duty.pk}/accept/"):
        answer = client.get(url)
        assert answer.status_code == 200 and kept_from(answer.content, dossier) == [], url
    sheet = stages.accepted(duty)
    saved = scoring.save_draft(
        sheet, by=duty.expert.user, marks=dict.fromkeys(stages.CODES, "80"), comments={}, overall="", revision=0
    )  # fmt: skip
    own_sheets.mark_ready(saved, by=duty.expert.user, ready=True)
    urls = (
        "/panel/",
        "/panel/compare/",
        "/panel/submit/",
        "/panel/scores/",
        "/panel/scores.xlsx",
        f"/panel/{duty.pk}/",
    )
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 200 and kept_from(answer.content, dossier) == [], url
        assert kept_from(str(answer.headers).encode(), dossier) == []
    desk = client.get(f"/panel/{duty.pk}/").content.decode()
    assert f"候选人{duty.nomination.code}" in desk and "〔人选〕在〔单位〕" in desk and "匿名评审" in desk
    own_sheets.submit_many(dossier.round, by=duty.expert.user, chosen={sheet.pk: saved.revision})
    for url in ("/panel/receipts/", f"/panel/{duty.pk}/", "/panel/"):
        assert kept_from(client.get(url).content, dossier) == [], url


def test_messages_and_api_name_the_number_alone(client, dossier):
    duty = dossier.duty()
    stages.accepted(duty)
    token = ApiToken.new_token()
    ApiToken.objects.create(user=duty.expert.user, digest=ApiToken.digest_of(token), expires_at=stages.LATER)
    for path in (
        "assignments",
        f"assignments/{duty.pk}",
        "score-sheets",
        "attachments",
        "nominations",
        "rounds",
        "messages",
    ):
        answer = client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code in (200, 403, 404) and kept_from(answer.content, dossier) == [], path
    written = Message.objects.filter(recipient_id=duty.expert.user.pk)
    texts = " ".join(f"{message.subject} {message.body}" for message in written)
    assert texts and not any(words in texts for words in (NAME, UNIT, PHONE))


def test_files_are_hidden_until_the_manager_says_that_they_name_nobody(client, dossier):
    duty = dossier.duty()
    stages.accepted(duty)
    fields = {
        "mime": "application/pdf",
        "size": 9,
        "sha256": "0" * 64,
        "source_sha256": "0" * 64,
        "source_name": f"{NAME}.pdf",
    }
    file = Attachment.objects.create(
        nomination=duty.nomination, kind="case", number=1, audience="expert", state="clean", file="x.pdf",
        uploaded_by=factories.user("unit_clerk"), **fields,
    )  # fmt: skip
    client.force_login(duty.expert.user)
    assert client.get(f"/attachments/{file.key}/").status_code == 404
    with pytest.raises(NotPermitted):
        blind.mark_anonymised(file, by=duty.expert.user, anonymised=True)
    client.force_login(dossier.manager)
    assert "标为已隐去身份" in client.get(f"/attachments/{file.key}/").content.decode()
    assert client.post(f"/attachments/{file.key}/anonymised", {"anonymised": "1"}).status_code == 302
    client.force_login(duty.expert.user)
    answer = client.get(f"/attachments/{file.key}/")
    assert answer.status_code == 200 and kept_from(answer.content, dossier) == []
    assert "标为已隐去身份" not in answer.content.decode()


def test_a_round_that_is_not_blind_names_people(client, db):
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(1)
    with clock.frozen(stages.REVIEW):
        duty = stage.duty()
        stages.accepted(duty)
        client.force_login(duty.expert.user)
        for url in ("/panel/", "/panel/compare/", f"/panel/{duty.pk}/", f"/panel/{duty.pk}/conflict"):
            assert duty.nomination.nominee.name in client.get(url).content.decode(), url
    assert ScoreSheet.objects.count() == 1
