"""Announced rules are changed by a new version that three persons have had in hand, and never under anybody's feet."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from selection.actions import nomination as nominations
from selection.actions import round as rounds
from selection.actions import rulebook_change as actions
from selection.models import Quota, Round, RulebookVersion
from selection.queries.quota import quotas_visible_to
from selection.queries.rulebook_change import corrections, differences
from selection.rules.rulebook import Rulebook
from tests import factories
from workflow import clock, ledger
from workflow.errors import NotPermitted, Refused, StepRefused
from workflow.models import Entry, Message

pytestmark = pytest.mark.django_db

REASON = "汛期影响申报，延长申报时间五个工作日。"
LATER = factories.CLOSES_AT + timedelta(days=7)
OPINIONS = {"opinion": "同意推荐。", "background": "无。"}


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


class Scene:
    def __init__(self, **rules: Any) -> None:
        self.orgs = factories.tree()
        given = {"quotas": {self.orgs["city"].code: 2}, **rules}
        self.manager, self.other = factories.user("manager"), factories.user("manager")
        self.leader = factories.user("leader")
        self.officer = factories.user("bureau_officer", organisation=self.orgs["city"])
        draft = factories.round_("draft", rules=factories.rulebook(**given))
        with clock.frozen(factories.OPENS_AT - timedelta(days=1)):
            self.round = rounds.announce(draft, by=self.manager)

    def content(self, **changes: Any) -> dict[str, Any]:
        return Rulebook.from_dict({**self.fresh.rulebook.to_dict(), **changes}).to_dict()

    def propose(self, **changes: Any) -> Any:
        return actions.propose(self.round, by=self.manager, reason=REASON, content=self.content(**changes))

    def change(self, **changes: Any) -> Any:
        return actions.approve(actions.second(self.propose(**changes), by=self.other), by=self.leader)

    def nominated(self) -> Any:
        row = factories.nomination(
            "nominator_review", round=self.round, orgs=self.orgs, originals_checked=True
        )
        rank = self.round.nominations.filter(nominated_at__isnull=False).count() + 1
        return nominations.nominate(row, by=self.officer, rank=rank, **OPINIONS)

    @property
    def fresh(self) -> Round:
        return Round.objects.get(pk=self.round.pk)


def code_of(act: Any) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_a_change_becomes_a_version_of_its_own_and_the_old_one_stays_as_it_was():
    scene = Scene()
    first = RulebookVersion.objects.get(round=scene.round)
    before = (first.content, first.digest, first.frozen_at)
    done = scene.change(closes_at=LATER.isoformat())
    first.refresh_from_db()
    assert (first.content, first.digest, first.frozen_at) == before
    second = RulebookVersion.objects.get(round=scene.round, version=2)
    assert second.digest == second.rules.digest() != first.digest
    assert second.frozen_at == factories.NOON
    assert (done.state, done.version) == ("approved", 2)
    assert scene.fresh.closes_at == LATER == scene.fresh.rulebook.closes_at
    assert scene.fresh.rules_version.endswith("/v2")
    assert ledger.verify() == []


def test_every_step_is_on_the_ledger_with_old_and_new_and_what_was_done_before_keeps_its_version():
    scene = Scene()
    scene.nominated()
    scene.change(closes_at=LATER.isoformat())
    scene.nominated()
    entries = {e.kind: e for e in Entry.objects.filter(chain=scene.round.chain_key)}
    kinds = [
        "rulebookchange.propose",
        "rulebookchange.second",
        "rulebookchange.approve",
        "round.correct_rulebook",
    ]
    assert set(kinds) < set(entries)
    said = json.loads(entries["round.correct_rulebook"].payload)
    assert said["reason"] == REASON
    assert [row["parameter"] for row in said["changes"]] == ["closes_at"]
    versions = [
        e.rules_version[-2:]
        for e in Entry.objects.filter(chain=scene.round.chain_key, kind="nomination.nominate").order_by("seq")
    ]
    assert versions == ["v1", "v2"]


def test_nobody_approves_what_they_proposed_and_one_approval_is_not_enough():
    scene = Scene()
    change = scene.propose(ceiling=18)
    for who in (scene.manager, scene.leader, scene.officer):
        with pytest.raises(NotPermitted):
            actions.second(change, by=who)
    with pytest.raises(StepRefused):
        actions.approve(change, by=scene.leader)
    change = actions.second(change, by=scene.other)
    for who in (scene.manager, scene.other, scene.officer):
        with pytest.raises(NotPermitted):
            actions.approve(change, by=who)
    assert scene.fresh.rulebook.ceiling == 20


def test_declined_or_withdrawn_it_changes_nothing():
    scene = Scene()
    declined = actions.decline(
        scene.propose(ceiling=18), by=scene.leader, reason="名额已向各市公布，不宜调整。"
    )
    assert (declined.state, declined.remark) == ("declined", "名额已向各市公布，不宜调整。")
    assert actions.withdraw(scene.propose(ceiling=18), by=scene.manager).state == "withdrawn"
    assert scene.fresh.rulebook_version.version == 1  # type: ignore[union-attr]
    assert Message.objects.filter(kind="rulebookchange.declined", recipient_id=str(scene.manager.pk)).exists()


def test_only_a_manager_proposes_with_a_reason_one_at_a_time_and_something_different():
    scene = Scene()
    content = scene.content(ceiling=18)
    for by, reason, given, code in (
        (scene.leader, REASON, content, "not_permitted"),
        (scene.manager, "太短", content, "reason_required"),
        (scene.manager, REASON, scene.content(), "nothing_changed"),
        (scene.manager, REASON, {**content, "criteria": []}, "rulebook_incomplete"),
        (scene.manager, REASON, {**content, "quotas": {"没有": 1}}, "rulebook_incomplete"),
    ):
        act = lambda: actions.propose(scene.round, by=by, reason=reason, content=given)  # noqa: B023, E731
        assert code_of(act) == code
    scene.propose(ceiling=18)
    assert code_of(lambda: scene.propose(ceiling=17)) == "change_standing"
    draft = factories.round_("draft")
    assert (
        code_of(lambda: actions.propose(draft, by=scene.manager, reason=REASON, content=content))
        == "wrong_state"
    )


def test_quotas_are_changed_on_the_rows_but_never_below_what_is_used():
    scene = Scene()
    city, other = scene.orgs["city"].code, factories.organisation("city").code
    scene.nominated(), scene.nominated()
    with pytest.raises(StepRefused, match="已用2个") as refused:
        scene.propose(quotas={city: 1, other: 3})
    assert refused.value.code == "relied_on"
    scene.change(quotas={city: 3, other: 3})
    assert dict(Quota.objects.values_list("nominator__code", "places")) == {city: 3, other: 3}
    scene.nominated()
    assert code_of(scene.nominated) == "quota_exceeded"
    quota: Any = quotas_visible_to(scene.officer).get()
    assert (quota.places, quota.used, quota.left) == (3, 3, 0)


def test_what_became_used_between_proposal_and_approval_stops_it():
    scene = Scene()
    change = actions.second(scene.propose(quotas={scene.orgs["city"].code: 1}), by=scene.other)
    scene.nominated(), scene.nominated()
    assert code_of(lambda: actions.approve(change, by=scene.leader)) == "relied_on"
    change.refresh_from_db()
    assert change.state == "seconded"
    assert scene.fresh.rulebook.quotas == {scene.orgs["city"].code: 2}


WEIGHTS = [
    {"code": "A", "name": "资质", "name_en": "", "weight": "50.00"},
    {"code": "B", "name": "实绩", "name_en": "", "weight": "50.00"},
]


@pytest.mark.parametrize(
    ("state", "name", "value", "code"),
    [
        ("open", "criteria", WEIGHTS, ""),
        ("screening", "criteria", WEIGHTS, ""),
        ("review", "criteria", WEIGHTS, "relied_on"),
        ("screening", "pass_line", "60.00", ""),
        ("review", "pass_line", "60.00", "relied_on"),
        ("open", "closes_at", factories.NOON.isoformat(), "relied_on"),
        ("open", "closes_at", (factories.NOON + timedelta(seconds=1)).isoformat(), ""),
        ("screening", "closes_at", LATER.isoformat(), "relied_on"),
        ("open", "opens_at", (factories.OPENS_AT + timedelta(days=1)).isoformat(), "relied_on"),
        ("deliberation", "ceiling", 18, "relied_on"),
        ("review", "ceiling", 18, ""),
        ("deliberation", "notice_days", 7, ""),
        ("review", "correction_days", 7, "relied_on"),
        ("determination", "award", "60000.00", ""),
        (
            "open",
            "categories",
            [{"code": "x", "name": "甲"}, {"code": "y", "name": "乙"}],
            "rulebook_incomplete",
        ),
    ],
)
def test_what_may_still_be_changed_when(state, name, value, code):
    scene = Scene(reference_date=factories.OPENS_AT.date().isoformat())
    Round.objects.filter(pk=scene.round.pk).update(state=state)
    scene.round.refresh_from_db()
    given = {"tie_criterion": "B", name: value}
    if code:
        assert code_of(lambda: scene.propose(**given)) == code
    else:
        assert scene.propose(**given).state == "proposed"


def test_eligibility_stays_once_a_dossier_was_sent_and_the_notice_once_it_was_posted():
    scene = Scene()
    rules = [{**rule, "version": 2} for rule in scene.content()["eligibility"]]
    actions.withdraw(scene.propose(eligibility=rules), by=scene.manager)
    factories.nomination("county_review", round=scene.round, orgs=scene.orgs, submitted_at=factories.NOON)
    assert code_of(lambda: scene.propose(eligibility=rules)) == "relied_on"
    Round.objects.filter(pk=scene.round.pk).update(state="notice")
    scene.round.refresh_from_db()
    scene.round.notices.create(
        number="G-1", title="公示", body="公示", contact="处室", days=5, state="posted", posted_at=factories.NOON,
        composed_by=scene.other,
    )  # fmt: skip
    assert code_of(lambda: scene.propose(notice_days=9)) == "relied_on"


def test_another_version_in_between_stops_a_change():
    scene = Scene()
    change = scene.propose(ceiling=18)
    RulebookVersion.objects.create(round=scene.round, version=2, content=scene.content(ceiling=15))
    Round.objects.filter(pk=scene.round.pk).update(rulebook_stamp="")
    assert code_of(lambda: actions.second(change, by=scene.other)) == "changed_meanwhile"


def test_those_concerned_are_told_and_the_public_reads_old_and_new(client):
    scene = Scene()
    scene.change(closes_at=LATER.isoformat(), award="60000.00", quotas={scene.orgs["city"].code: 4})
    told = set(Message.objects.filter(kind="rulebookchange.approved").values_list("recipient_id", flat=True))
    assert {str(scene.manager.pk), str(scene.officer.pk)} <= told
    (found,) = corrections(scene.fresh)
    rows = {(row.name, row.old, row.new) for row in found.differences}
    assert ("closes_at", "2026-10-10 17:30", "2026-10-17 17:30") in rows
    assert ("award", "¥50,000.00", "¥60,000.00") in rows
    page = client.get(f"/calls/{scene.round.code}/").content.decode()
    for words in ("规则更正", REASON, "2026-10-10 17:30", "2026-10-17 17:30", "¥60,000.00", found.digest):
        assert words in page
    assert scene.manager.name not in page


def test_differences_name_every_line_of_a_list():
    scene = Scene()
    old = scene.fresh.rulebook
    new = Rulebook.from_dict({**old.to_dict(), "criteria": WEIGHTS, "max_dossier_mb": 200})
    found = {row.label: (row.old, row.new) for row in differences(old, new)}
    assert found["评分指标 · A"] == ("专业资质与理论素养 15.00", "资质 50.00")
    assert found["评分指标 · C"][1] == "无"
    assert found["每份申报附件合计上限"] == ("100 MB", "200 MB")
