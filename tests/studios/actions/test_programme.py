"""New rules for studios: one proposes, another adopts; what was signed keeps its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from studios.actions import programme as actions
from studios.errors import ProgrammeRefused
from studios.models import Agreement, ProgrammeVersion, Studio
from studios.models.programme import in_force
from studios.rules.programme import default
from tests import factories
from workflow import clock
from workflow.errors import NotPermitted
from workflow.models import Entry, Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> Any:
    return factories.user("manager")


@pytest.fixture
def leader() -> Any:
    return factories.user("leader")


def propose(manager: Any, **changes: Any) -> Any:
    content = {**default().to_dict(), **(changes or {"record_days": 7})}
    return actions.propose(
        by=manager,
        content=content,
        basis="浙民慈〔2026〕5号",
        reason="缩短登记期限。",
        effective_from=clock.today(),
    )


def test_what_is_adopted_holds_from_its_day(manager: Any, leader: Any) -> None:
    proposal = propose(manager)
    assert in_force() is None and not ProgrammeVersion.objects.exists()
    proposal = actions.adopt(proposal, by=leader)
    version = ProgrammeVersion.objects.get()
    assert (proposal.state, proposal.version, version.version) == ("adopted", version, 1)
    assert version.rules.record_days == 7 and version.digest == version.rules.digest
    assert in_force() == version
    kinds = [kind.rpartition(".")[2] for kind in Entry.objects.filter(subject=f"studios.programmeproposal:{proposal.pk}").order_by("pk").values_list("kind", flat=True)]  # fmt: skip
    assert kinds == ["propose", "adopt"]
    assert set(Message.objects.values_list("kind", "recipient_id")) == {
        ("programme.proposed", str(leader.pk)),
        ("programme.decided", str(manager.pk)),
    }


def test_two_persons_make_a_version(manager: Any) -> None:
    both = factories.user("manager", "leader")
    proposal = propose(both)
    for person in (both, manager):
        with pytest.raises(NotPermitted):
            actions.adopt(proposal, by=person)
    with pytest.raises(NotPermitted):
        actions.propose(
            by=factories.user("leader"), content={}, basis="文", reason="改", effective_from=clock.today()
        )


def test_a_version_of_tomorrow_does_not_hold_today(manager: Any, leader: Any) -> None:
    content = {**default().to_dict(), "record_days": 5}
    proposal = actions.propose(
        by=manager,
        content=content,
        basis="文",
        reason="明日施行。",
        effective_from=clock.today() + timedelta(days=1),
    )
    actions.adopt(proposal, by=leader)
    assert in_force() is None and in_force(clock.today() + timedelta(days=1)) is not None


def test_what_was_signed_keeps_its_rules(manager: Any, leader: Any) -> None:
    actions.adopt(propose(manager), by=leader)
    home = factories.studio()
    Agreement.objects.filter(studio=home).update(programme=in_force())
    actions.adopt(propose(manager, record_days=3), by=leader)
    assert Studio.objects.get(pk=home.pk).programme.record_days == 7
    assert factories.studio("preparing").programme.record_days == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"record_days": -1}, "bad_programme"),
        ({"nothing": 1}, "bad_programme"),
    ],
)
def test_what_cannot_be_a_version_is_refused(manager: Any, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ProgrammeRefused) as refused:
        propose(manager, **changes)
    assert refused.value.code == code


def test_a_version_that_changes_nothing_is_none(manager: Any, leader: Any) -> None:
    actions.adopt(propose(manager, record_days=10), by=leader)  # the first one may say what held without one
    with pytest.raises(ProgrammeRefused) as refused:
        propose(manager, record_days=10)
    assert refused.value.code == "unchanged"


def test_one_proposal_at_a_time_and_never_for_the_past(manager: Any, leader: Any) -> None:
    with pytest.raises(ProgrammeRefused, match="不能早于今天"):
        actions.propose(
            by=manager, content={**default().to_dict(), "link_days": 3}, basis="文", reason="补",
            effective_from=clock.today() - timedelta(days=1),
        )  # fmt: skip
    first = propose(manager)
    with pytest.raises(ProgrammeRefused, match="待批准"):
        propose(manager, link_days=3)
    actions.decline(first, by=leader, reason="须先征求各市意见再定。")
    second = propose(manager, link_days=3)
    assert actions.withdraw(second, by=manager).state == "withdrawn"
