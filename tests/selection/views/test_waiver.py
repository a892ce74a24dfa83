"""The pages of the waivers, the API beside them, and the rules of a round as its manager writes them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken
from selection.models import Nomination, Round, Waiver
from tests import factories
from tests.selection import stage as stages
from workflow import clock

pytestmark = pytest.mark.django_db

REASON = "该人选扎根山区二十年，带出本县全部持证社会工作者。"


@pytest.fixture(autouse=True)
def screening_time():
    with clock.frozen(stages.SCREENING):
        yield


def old(nominees: int = 1) -> stages.Stage:
    stage = stages.screening(nominees)
    Nomination.objects.update(born_on=date(1965, 3, 15))
    stage.nominations = list(Nomination.objects.order_by("pk"))
    return stage


def text(answer) -> str:
    return answer.content.decode()


def test_an_officer_asks_and_a_manager_approves_on_pages(client):
    stage = old()
    row = stage.nominations[0]
    ask = reverse("step", args=["nominations", row.pk, "ask_waiver"])
    client.force_login(factories.user("bureau_officer", organisation=row.nominator))
    assert ask in text(client.get(reverse("nomination_detail", args=[row.pk])))
    assert "E07 年龄一般不超过55周岁" in text(client.get(ask))
    assert client.post(ask, {"rule": "E07", "reason": "短"}).status_code == 422
    assert client.post(ask, {"rule": "E04", "reason": REASON}).status_code == 422
    assert client.post(ask, {"rule": "E07", "reason": REASON}).status_code == 302
    waiver = Waiver.objects.get()
    client.force_login(stage.manager)
    assert row.nominee.name in text(client.get(reverse("waiver_list") + "?state=asked"))
    page = text(client.get(reverse("waiver_detail", args=[waiver.pk])))
    for words in (REASON, "61周岁", "核准放宽", "不予放宽"):
        assert words in page
    approve = reverse("step", args=["waivers", waiver.pk, "approve"])
    assert (
        client.post(approve, {"remark": "同意。"}).headers["Location"]
        == f"{reverse('waiver_detail', args=[waiver.pk])}"
    )
    assert Waiver.objects.get().state == "approved"
    client.force_login(stage.reviewers[0])
    assert "省级已核准放宽" in text(client.get(reverse("qualification_detail", args=[row.pk])))


def test_a_nominee_within_the_age_offers_no_waiver(client):
    row = stages.screening().nominations[0]
    client.force_login(factories.user("bureau_officer", organisation=row.nominator))
    assert "ask_waiver" not in text(client.get(reverse("nomination_detail", args=[row.pk])))
    assert client.get(reverse("step", args=["nominations", row.pk, "ask_waiver"])).status_code == 403


def test_another_city_and_strangers_find_no_waiver(client):
    waiver = factories.waiver(old().nominations[0])
    elsewhere = factories.organisation("city")
    for person in (
        factories.user("bureau_officer", organisation=elsewhere),
        factories.user("expert"),
        factories.user("unit_clerk", organisation=elsewhere),
    ):
        client.force_login(person)
        assert client.get(reverse("waiver_detail", args=[waiver.pk])).status_code == 404
        assert waiver.nomination.nominee.name not in text(client.get(reverse("waiver_list")))


def test_the_list_costs_the_same_for_one_and_three(client, django_assert_max_num_queries):
    stage = old(3)
    client.force_login(stage.manager)
    counts = []
    for row in stage.nominations:
        factories.waiver(row)
        with django_assert_max_num_queries(15) as asked:
            client.get(reverse("waiver_list"))
        counts.append(len(asked))
    assert len(set(counts)) == 1


def test_by_the_api(client):
    stage = old()
    row = stage.nominations[0]

    def call(person, address, **body):
        token = ApiToken.new_token()
        expires = clock.now() + timedelta(days=1)
        ApiToken.objects.create(user=person, digest=ApiToken.digest_of(token), expires_at=expires)
        caller = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "zh-CN"})
        answer = caller.post(f"/api/v1/{address}", body, content_type="application/json")
        return answer.status_code, answer.json()

    bureau = factories.user("bureau_officer", organisation=row.nominator)
    assert call(bureau, f"nominations/{row.pk}/steps/ask_waiver", rule="E07", reason="")[0] == 400
    assert call(bureau, f"nominations/{row.pk}/steps/ask_waiver", rule="E07", reason=REASON)[0] == 200
    waiver = Waiver.objects.get()
    assert call(stage.reviewers[0], f"waivers/{waiver.pk}/steps/approve", remark="")[0] == 403
    status, body = call(stage.manager, f"waivers/{waiver.pk}/steps/approve", remark="同意。")
    assert (status, body["state"], body["rule"]) == (200, "approved", "E07")


# The rules of a round ---------------------------------------------------------------------------------------------


def typed(client, round_, **changes):
    form = client.get(reverse("round_rulebook", args=[round_.code])).context["form"]
    found = {b.name: b.value() for b in form if b.value() is not None and b.value() is not False}
    found |= {"opens_at": "2026-11-02T09:00", "closes_at": "2026-12-10T17:30", "reference_date": "2026-12-10"}
    return {**found, **changes}


def drafted(client):
    city = factories.organisation("city")
    client.force_login(factories.user("manager"))
    papers = {
        "code": "2026",
        "title": "第二批",
        "organiser": "浙江省民政厅",
        "document_prefix": "浙民慈",
        "call": "现启动。",
    }
    client.post(reverse("round_create"), papers)
    return Round.objects.get(), {f"quota_{city.pk}": 4}


def test_a_number_is_changed_and_a_rule_added_on_the_page_and_both_decide(client):
    round_, quota = drafted(client)
    page = reverse("round_rulebook", args=[round_.code])
    new = {
        "rule_17_id": "e18", "rule_17_name": "大专以上学历", "rule_17_kind": "choice_in", "rule_17_fact": "education",
        "rule_17_choices": "研究生、大学本科，college", "rule_17_force": "hard", "rule_17_decides": "system",
        "rule_17_source": "本省通知",
    }  # fmt: skip
    saved = client.post(page, typed(client, round_, rule_3_number=4, **new, **quota))
    assert saved.headers["Location"] == reverse("round_detail", args=[round_.code])
    client.post(reverse("step", args=["rounds", round_.pk, "announce"]))
    round_ = Round.objects.get()
    rules = round_.rulebook
    assert (round_.state, rules.rule("E04").params["years"], rules.rule("E04").version) == ("open", 4, 2)
    assert rules.rule("E18").params == {"fact": "education", "choices": ["graduate", "bachelor", "college"]}
    assert {rule.version for rule in rules.eligibility if rule.id != "E04"} == {1}
    assert round_.rulebook_version.digest == rules.digest()
    row = factories.nomination(round=round_, certified_on=date(2023, 1, 1), education="other")
    failed = {found.rule: found.passes_on for found in row.findings if found.hard and found.outcome == "fail"}
    assert failed == {"E04": date(2027, 1, 1), "E18": None}
    shown = text(client.get(page))
    for words in (
        "证书持有满4年",
        "大专以上学历",
        "2022-12-10及以前取得",
        "1970-12-11及以后出生",
        "本省通知",
    ):
        assert words in shown


def test_a_rule_is_taken_away_and_what_is_wrong_is_said_at_its_field(client):
    round_, quota = drafted(client)
    page = reverse("round_rulebook", args=[round_.code])
    client.post(page, typed(client, round_, rule_15_id="", **quota))
    kept = [rule["id"] for rule in Round.objects.get().rulebook_version.content["eligibility"]]
    assert kept == [f"E{n:02d}" for n in range(1, 18) if n != 16]
    client.post(page, typed(client, round_, rule_3_number="", rule_4_id="E06", **quota))
    errors = client.get(page).context["form"].errors
    assert "数值不得少于1" in str(errors["rule_3_number"])
    assert "规则代号E06重复" in str(errors)
    refused = client.post(page, typed(client, round_, rule_2_choices="院士", **quota))
    assert refused.status_code == 422
    assert "没有“院士”这一选项" in text(refused)


def test_an_announced_rulebook_is_not_edited(client):
    round_, quota = drafted(client)
    page = reverse("round_rulebook", args=[round_.code])
    given = typed(client, round_, **quota)
    client.post(page, given)
    client.post(reverse("step", args=["rounds", round_.pk, "announce"]))
    before = Round.objects.get().rulebook_version.content
    client.post(page, {**given, "rule_3_number": 1})
    assert Round.objects.get().rulebook_version.content == before
