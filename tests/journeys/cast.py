"""Who takes part in the journeys: only accounts, organisations and the pool of experts are made beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import Organisation, User
from accounts.roles import Role
from selection.models import Expert
from tests import factories

PROVINCIAL = ("manager", "leader", "publisher", "supervisor", "finance")
POOL = (
    Expert.Category.SCHOLAR, Expert.Category.SCHOLAR, Expert.Category.PRACTICE, Expert.Category.PRACTICE,
    Expert.Category.ASSOCIATION,
)  # fmt: skip


@dataclass
class Cast:
    """Everybody of one round."""

    orgs: dict[str, Organisation]
    people: dict[str, User]
    experts: list[User]

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    @property
    def everybody(self) -> dict[str, User]:
        return {**self.people, **{f"expert{n}": user for n, user in enumerate(self.experts, start=1)}}


def gather() -> Cast:
    """One person a role, two reviewers, a manager who took no part before, five experts."""
    orgs = factories.tree()
    province: Any = orgs["province"]
    people = {role: factories.user(role, organisation=province, name=f"省厅{role}") for role in PROVINCIAL}
    people["reviewer1"] = factories.user(Role.REVIEWER, organisation=province, name="初审甲")
    people["reviewer2"] = factories.user(Role.REVIEWER, organisation=province, name="初审乙")
    people["investigator"] = factories.user(Role.MANAGER, organisation=province, name="核查丙")
    people["investigator2"] = factories.user(Role.REVIEWER, organisation=province, name="核查丁")
    people["county"] = factories.user(Role.BUREAU_OFFICER, organisation=orgs["county"], name="县级经办")
    people["city"] = factories.user(Role.BUREAU_OFFICER, organisation=orgs["city"], name="市级经办")
    people["clerk"] = factories.user(Role.UNIT_CLERK, organisation=orgs["unit"], name="单位经办")
    people["lead"] = factories.user(Role.STUDIO_LEAD, organisation=orgs["unit"], name="沈雨晴")
    experts = [factories.expert(category).user for category in POOL]
    return Cast(orgs, people, experts)
