"""One account for each role, at a place where the role belongs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.demo import PASSWORD
from accounts.models import Organisation, RoleGrant, User
from accounts.roles import Role

PROVINCE, CITY, COUNTY = "330000", "330100", "330106"
SINCE = date(2021, 1, 1)


@dataclass(frozen=True)
class Person:
    """Who signs in, as what, from where."""

    username: str
    name: str
    role: Role
    place: str


PEOPLE = (
    Person("clerk", "钱一鸣", Role.UNIT_CLERK, "unit"),
    Person("county", "孙丽华", Role.BUREAU_OFFICER, COUNTY),
    Person("city", "周建国", Role.BUREAU_OFFICER, CITY),
    Person("reviewer1", "吴晓梅", Role.REVIEWER, PROVINCE),
    Person("reviewer2", "郑文斌", Role.REVIEWER, PROVINCE),
    Person("manager", "王淑敏", Role.MANAGER, PROVINCE),
    Person("leader", "冯志远", Role.LEADER, PROVINCE),
    Person("publisher", "陈思远", Role.PUBLISHER, PROVINCE),
    Person("supervisor", "褚卫东", Role.SUPERVISOR, PROVINCE),
    Person("finance", "卫国平", Role.FINANCE, PROVINCE),
    Person("expert", "蒋立群", Role.EXPERT, PROVINCE),
    Person("lead", "韩雪梅", Role.STUDIO_LEAD, "unit"),
    Person("member", "杨帆", Role.STUDIO_MEMBER, "unit"),
    Person("system", "朱海涛", Role.SYSTEM_ADMIN, PROVINCE),
    Person("security", "许静怡", Role.SECURITY_ADMIN, PROVINCE),
    Person("audit", "何明哲", Role.AUDIT_ADMIN, PROVINCE),
)


def load() -> None:
    """The accounts, each with its role."""
    unit = Organisation.objects.create(
        kind=Organisation.Kind.EMPLOYER,
        code="51330000DEMO000001",
        name="杭州青禾社会工作服务中心",
        area="西湖区",
        parent=Organisation.objects.get(code=COUNTY),
    )
    places = {"unit": unit}
    for person in PEOPLE:
        place = places.get(person.place) or Organisation.objects.get(code=person.place)
        _add(person, place)


def _add(person: Person, place: Organisation) -> None:
    user = User.objects.create_user(
        person.username, PASSWORD, name=person.name, email=f"{person.username}@example.cn", organisation=place
    )
    RoleGrant.objects.create(user=user, role=person.role, since=SINCE, granted_by="演示数据")
