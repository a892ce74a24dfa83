"""Places by category: each with an account of its own, from the rulebook to the list, the import and the refusals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import ApiToken
from config.invariants import places_within_quota
from selection.actions import intake
from selection.actions import nomination as actions
from selection.actions import quota as places
from selection.actions import round as rounds
from selection.errors import BadFile
from selection.models import Nomination, Quota, Round
from selection.queries.extract import headings, lines
from selection.queries.intake import Person
from selection.queries.quota import quotas_visible_to
from selection.rules.rulebook import ABSENT, Rulebook
from tests import factories
from workflow import clock
from workflow.errors import Refused
from workflow.models import Entry, Message

pytestmark = pytest.mark.django_db

KINDS = [
    {"code": "community", "name": "社区服务", "name_en": "Community"},
    {"code": "medical", "name": "医务社会工作", "name_en": "Medical"},
]
OPINIONS = {"opinion": "同意推荐。", "background": "无。"}
REASON = "因工作安排调整，退出本轮申报。"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


class Scene:
    def __init__(self, **given: Any) -> None:
        self.orgs = factories.tree()
        code = self.orgs["city"].code
        rules = {
            "categories": KINDS,
            "quotas_by_category": {code: {"community": 1, "medical": 2}},
            **given,
        }
        draft = factories.round_("draft", rules=factories.rulebook(**rules))
        self.manager = factories.user("manager")
        self.round = rounds.announce(draft, by=self.manager)
        self.officer = factories.user("bureau_officer", organisation=self.orgs["city"])
        self.clerk = factories.user("unit_clerk", organisation=self.orgs["unit"])

    def desk(self, category: str, **fields: Any) -> Nomination:
        return factories.nomination(
            "nominator_review",
            round=self.round,
            orgs=self.orgs,
            originals_checked=True,
            category=category,
            **fields,
        )

    def nominate(self, row: Nomination, rank: int) -> Nomination:
        return actions.nominate(row, by=self.officer, rank=rank, **OPINIONS)

    @property
    def accounts(self) -> dict[str, tuple[int, int, int, int]]:
        rows: Any = quotas_visible_to(self.manager)
        return {row.category: (row.places, row.used, row.returned, row.left) for row in rows}


def refused(act: Any) -> Refused:
    with pytest.raises(Refused) as found:
        act()
    return found.value


def faults(**given: Any) -> list[tuple[str, str]]:
    rules = Rulebook.from_dict(factories.rulebook(**given))
    return [(fault.field, fault.code) for fault in rules.faults(calendar_years=(2026,))]


def test_rules_frozen_before_keep_their_digest_and_their_one_account():
    plain = factories.rulebook(quotas={"3301": 2})
    older = {name: value for name, value in plain.items() if name not in ("categories", "quotas_by_category")}
    assert Rulebook.from_dict(older).digest() == Rulebook.from_dict(plain).digest()
    assert ABSENT["categories"] == [] and Rulebook.from_dict(older).grants == {"3301": {"": 2}}
    one = Rulebook.from_dict(factories.rulebook(quotas={"3301": 2}, categories=KINDS[:1]))
    assert not one.divided and one.grants == {"3301": {"": 2}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"categories": KINDS, "quotas_by_category": {"3301": {"medical": 1}}}, []),
        (
            {"categories": KINDS, "quotas_by_category": {"3301": {"medical": 1}}, "quotas": {"3301": 1}},
            [],
        ),
        (
            {"categories": KINDS, "quotas_by_category": {"3301": {"medical": 1}}, "quotas": {"3301": 2}},
            [("quotas_by_category", "category_sum")],
        ),
        ({"categories": KINDS, "quotas": {"3301": 2}}, [("quotas_by_category", "no_quotas")]),
        (
            {"categories": KINDS, "quotas_by_category": {"3301": {"other": 1}}},
            [("quotas_by_category", "unknown_category")],
        ),
        (
            {"categories": [*KINDS, KINDS[0]], "quotas_by_category": {"3301": {"medical": 1}}},
            [("categories", "category_twice")],
        ),
        (
            {"quotas": {"3301": 2}, "quotas_by_category": {"3301": {"medical": 1}}},
            [("quotas_by_category", "not_divided")],
        ),
    ],
)
def test_what_may_be_announced(given, expected):
    assert faults(**given) == expected


def test_announcing_gives_a_row_for_each_nominator_and_category_and_each_is_used_by_itself():
    scene = Scene()
    assert scene.accounts == {"community": (1, 0, 0, 1), "medical": (2, 0, 0, 2)}
    scene.nominate(scene.desk("community"), 1)
    scene.nominate(scene.desk("medical"), 2)
    full = refused(lambda: scene.nominate(scene.desk("community"), 3))
    assert full.code == "quota_exceeded" and "社区服务" in str(full) and "名额1个" in str(full)
    scene.nominate(scene.desk("medical"), 3)
    assert scene.accounts == {"community": (1, 1, 0, 0), "medical": (2, 2, 0, 0)}
    assert list(places_within_quota()) == []


def test_a_place_comes_back_to_its_own_category_and_only_a_successor_of_that_category_takes_it():
    scene = Scene()
    first, other = scene.nominate(scene.desk("community"), 1), scene.desk("medical")
    actions.withdraw(first, by=scene.officer, reason=REASON)
    assert scene.accounts == {"community": (1, 0, 1, 1), "medical": (2, 0, 0, 2)}
    second = scene.nominate(scene.desk("community"), 1)
    scene.desk("community")
    swap = lambda row: places.substitute(  # noqa: E731
        second, by=scene.officer, successor=row, reason=REASON, **OPINIONS
    )
    assert refused(lambda: swap(other)).code == "no_such_successor"
    swap(scene.desk("community"))
    assert scene.accounts == {"community": (1, 1, 2, 0), "medical": (2, 0, 0, 2)}


def test_the_unit_chooses_on_the_new_page_and_changes_its_mind_before_it_sends(client):
    scene = Scene()
    client.force_login(scene.clerk)
    form = {
        "round": scene.round.pk, "name": "沈雨晴", "id_number": factories.id_number(), "route": "county",
        "setting": "social_organisation", "civil_status": "none", "certificate_level": "intermediate",
        "certified_on": "2018-09-20", "practice_since": "2014-07-01", "province_since": "2014-07-01",
    }  # fmt: skip
    without = client.post(reverse("nomination_new"), form)
    assert without.status_code == 422 and "请选择本轮的推荐类别" in without.content.decode()
    client.post(reverse("nomination_new"), {**form, "category": "community", "told": "1"})
    made = Nomination.objects.get()
    assert made.category == "community"
    tasks = client.get(reverse("nomination_detail", args=[made.pk])).content.decode()
    assert "社区服务" in tasks and "改选类别" in tasks
    client.post(reverse("step", args=["nominations", made.pk, "choose_category"]), {"category": "medical"})
    made.refresh_from_db()
    assert made.category == "medical"
    assert Entry.objects.filter(kind="nomination.choose_category").count() == 1
    bad = refused(lambda: actions.choose_category(made, by=scene.clerk, category="nothing"))
    assert bad.code == "no_such_category"


def test_a_dossier_without_its_category_is_not_sent_where_places_are_divided():
    scene = Scene()
    row = factories.nomination("draft", round=scene.round, orgs=scene.orgs)
    assert refused(lambda: actions.submit(row, by=scene.clerk)).code == "category_missing"


def test_where_places_are_not_divided_nothing_is_asked(client):
    factories.round_()
    orgs = factories.tree()
    client.force_login(factories.user("unit_clerk", organisation=orgs["unit"]))
    assert 'name="category"' not in client.get(reverse("nomination_new")).content.decode()


def test_lists_filter_and_show_it_and_the_account_is_read_on_page_step_and_api(client):
    scene = Scene()
    one, two = scene.nominate(scene.desk("community"), 1), scene.desk("medical")
    client.force_login(scene.officer)
    listed = client.get(reverse("nomination_list") + "?category=community").content.decode()
    assert one.code in listed and two.code not in listed
    page = client.get(reverse("quota_list")).content.decode()
    assert "社区服务" in page and "医务社会工作" in page
    step = client.get(reverse("step", args=["nominations", two.pk, "nominate"])).content.decode()
    assert "“医务社会工作”类名额2个，已用0个，剩余2个" in step
    token = ApiToken.new_token()
    ApiToken.objects.create(
        user=scene.officer, digest=ApiToken.digest_of(token), expires_at=factories.NOON + timedelta(days=1)
    )
    header = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    items = client.get("/api/v1/quotas?category=medical", **header).json()["items"]
    assert [(row["category"], row["category_name"], row["left"]) for row in items] == [
        ("medical", "医务社会工作", 2)
    ]
    assert client.get(f"/api/v1/nominations/{two.pk}", **header).json()["category_name"] == "医务社会工作"
    client.force_login(scene.manager)
    assert "社区服务" in client.get(reverse("round_rulebook", args=[scene.round.code])).content.decode()
    assert "社区服务" in client.get(f"/calls/{scene.round.code}/").content.decode()


def test_the_rulebook_is_divided_on_its_page_in_two_savings(client):
    manager, city = factories.user("manager"), factories.organisation("city", name="杭州市民政局")
    round_ = factories.round_("draft")
    client.force_login(manager)
    url = reverse("round_rulebook", args=[round_.code])
    form = client.get(url).context["form"]
    data = {name: value for name, value in form.initial.items() if value not in (None, "")}
    for row, kind in enumerate(KINDS):
        data |= {f"category_{row}_{part}": kind[part] for part in ("code", "name", "name_en")}
    client.post(url, data)
    fresh = Round.objects.get(pk=round_.pk)
    assert [c["code"] for c in fresh.rulebook_version.content["categories"]] == ["community", "medical"]
    data |= {f"quota_{city.pk}_community": 2, f"quota_{city.pk}_medical": 3}
    client.post(url, data)
    content = Round.objects.get(pk=round_.pk).rulebook_version.content
    assert content["quotas_by_category"] == {city.code: {"community": 2, "medical": 3}}
    assert content["quotas"] == {city.code: 5}


def test_the_nominator_is_told_and_reads_what_a_unit_does_with_its_nominee(client):
    scene = Scene()
    row = scene.nominate(scene.desk("community"), 1)
    Round.objects.filter(pk=scene.round.pk).update(state="screening")
    actions.withdraw(Nomination.objects.get(pk=row.pk), by=scene.clerk, reason=REASON)
    told = Message.objects.get(kind="nomination.withdrawn", recipient_id=str(scene.officer.pk))
    assert REASON in told.body and "推荐名额不释放" in told.body
    entry = Entry.objects.get(kind="nomination.withdraw")
    assert '"told":1' in entry.payload.replace(" ", "") and "杭州市民政局" in entry.payload
    client.force_login(scene.officer)
    page = client.get(reverse("quota_list")).content.decode()
    assert "推荐后的变动" in page and REASON in page and scene.clerk.name in page and "名额不释放" in page
    assert Quota.objects.count() == 2


def test_an_import_names_the_category_by_name_or_code_and_an_export_says_it():
    scene = Scene()
    people = [
        Person(2, "沈一", factories.id_number(), category="社区服务"),
        Person(3, "沈二", factories.id_number(), category="medical"),
    ]
    intake.import_nominations(scene.round, by=scene.clerk, people=people, file_digest="0" * 64)
    assert list(Nomination.objects.order_by("code").values_list("category", flat=True)) == [
        "community",
        "medical",
    ]
    head, rows = headings(), Nomination.objects.order_by("code")
    said = [dict(zip(head, line, strict=True)) for line in lines(rows, masked=True, at=lambda _n: None)]
    assert [row["推荐类别"] for row in said] == ["社区服务", "医务社会工作"]
    for wrong in ("", "养老"):
        person = Person(2, "沈三", factories.id_number(), category=wrong)
        with pytest.raises(BadFile, match="社区服务"):
            intake.import_nominations(scene.round, by=scene.clerk, people=[person], file_digest="0" * 64)
