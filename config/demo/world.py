"""Units, accounts and experts of the demo: everybody who takes part, at the places where they belong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random

from django.contrib.auth.hashers import make_password

from accounts.demo import PASSWORD
from accounts.models import Organisation, RoleGrant, User
from accounts.roles import Role
from config.demo import names
from selection.actions import board
from selection.models import Expert, Nomination

SINCE = date(2021, 1, 1)
EMPLOYERS, EXPERTS = 30, 40
# City code -> places of the round: quotas as the province would allot them, the direct nominators last.
CITY_PLACES = {
    "330100": 6, "330200": 5, "330300": 5, "330400": 4, "330500": 3, "330600": 4, "330700": 4, "330800": 3,
    "330900": 2, "331000": 4, "331100": 3,
}  # fmt: skip
DIRECT_PLACES = (3, 2)


@dataclass
class World:
    """What the rounds of the demo are made from."""

    random: Random
    names: list[str]
    province: Organisation
    cities: dict[str, Organisation]
    units: list[Organisation] = field(default_factory=list)
    direct: list[Organisation] = field(default_factory=list)
    staff: dict[str, User] = field(default_factory=dict)  # provincial accounts by user name
    clerks: dict[int, User] = field(default_factory=dict)  # organisation id -> its clerk
    officers: dict[int, User] = field(default_factory=dict)  # organisation id -> its officer
    experts: list[Expert] = field(default_factory=list)
    _password: str = ""

    def name(self) -> str:
        """The next invented name."""
        return self.names.pop()

    def person(self, username: str, role: Role, place: Organisation, name: str = "") -> User:
        """An account with its role. One hash serves all: the password is printed anyway."""
        self._password = self._password or make_password(PASSWORD)
        user = User.objects.create(
            username=username,
            name=name or self.name(),
            email=f"{username}@example.cn",
            organisation=place,
            password=self._password,
        )
        RoleGrant.objects.create(user=user, role=role, since=SINCE, granted_by="演示数据")
        return user


STAFF = (
    ("reviewer1", "吴晓梅", Role.REVIEWER),
    ("reviewer2", "郑文斌", Role.REVIEWER),
    ("manager", "王淑敏", Role.MANAGER),
    ("manager2", "秦和平", Role.MANAGER),  # investigates objections: took no part before
    ("leader", "冯志远", Role.LEADER),
    ("publisher", "陈思远", Role.PUBLISHER),
    ("supervisor", "褚卫东", Role.SUPERVISOR),
    ("finance", "卫国平", Role.FINANCE),
    ("system", "朱海涛", Role.SYSTEM_ADMIN),
    ("security", "许静怡", Role.SECURITY_ADMIN),
    ("audit", "何明哲", Role.AUDIT_ADMIN),
)


def build(seed: int) -> World:
    """Everybody, on the tree of organisations that is loaded already."""
    random = Random(seed)
    source = names.names(random)
    cities = {o.code: o for o in Organisation.objects.filter(kind=Organisation.Kind.CITY)}
    province = Organisation.objects.get(kind=Organisation.Kind.PROVINCE)
    world = World(random, [next(source) for _ in range(500)], province, cities)
    for username, name, role in STAFF:
        world.staff[username] = world.person(username, role, province, name)
    _build_units(world)
    _build_officers(world)
    _build_direct(world)
    _build_experts(world)
    return world


def _build_units(world: World) -> None:
    counties = _counties_of_units(world)
    for number, (county, brand) in enumerate(zip(counties, names.BRANDS, strict=False)):
        city = county.parent.area.removesuffix("市") if county.parent else ""
        unit = Organisation.objects.create(
            kind=Organisation.Kind.EMPLOYER,
            code=f"5133{county.code[2:]}DEMO{number:06d}",
            name=f"{city}{brand}{names.KINDS[number % len(names.KINDS)]}",
            area=county.area,
            parent=county,
        )
        world.units.append(unit)
        username = "clerk" if number == 0 else f"clerk{number + 1}"
        world.clerks[unit.pk] = world.person(username, Role.UNIT_CLERK, unit)


def _build_direct(world: World) -> None:
    for number, name in enumerate(names.DIRECT_NOMINATORS, start=1):
        unit = Organisation.objects.create(
            kind=Organisation.Kind.FEDERATION if name == names.FEDERATION else Organisation.Kind.DIRECT,
            code=f"51330000DEMO90{number:04d}",
            name=name,
            area="省直",
            parent=world.province,
        )
        world.direct.append(unit)
        world.clerks[unit.pk] = world.person(f"direct_clerk{number}", Role.UNIT_CLERK, unit)
        world.officers[unit.pk] = world.person(f"direct{number}", Role.BUREAU_OFFICER, unit)
        if unit.has_board:
            board.record(
                unit, by=world.staff["manager"], ordinal=1, since=date(2021, 11, 29), until=date(2026, 11, 28),
                document="第一次会员代表大会决议", officers=names.BOARD,
            )  # fmt: skip


def _counties_of_units(world: World) -> list[Organisation]:
    """A county for each employer: every city has some, larger quotas have more; the first is 西湖区."""
    found: list[Organisation] = []
    for code, places in CITY_PLACES.items():
        counties = list(Organisation.objects.filter(kind=Organisation.Kind.COUNTY, parent=world.cities[code]))
        counties.sort(key=lambda county: (county.code != "330106", county.code))
        found += [counties[n % len(counties)] for n in range(max(2, places * 2 // 3))]
    return found[:EMPLOYERS]


def _build_officers(world: World) -> None:
    """The first county's and the first city's come first: sign-in offers the first accounts of each role."""
    counties = {unit.parent_id: unit.parent for unit in world.units if unit.parent is not None}
    first, *others = counties.values()
    for office in (first, *world.cities.values(), *others):
        if office is not None:
            world.officers[office.pk] = world.person(_officer(office), Role.BUREAU_OFFICER, office)


def _officer(office: Organisation) -> str:
    """`county` and `city` at the demo's own desks, elsewhere with the code."""
    own = {"330106": "county", "330100": "city"}
    return own.get(office.code) or f"{office.kind}{office.code.removesuffix('00')}"


def _build_experts(world: World) -> None:
    units = [_expert_unit(world, n, name) for n, name in enumerate(names.UNIVERSITIES + names.ASSOCIATIONS)]
    fields = list(Nomination.Field.values)
    categories = (Expert.Category.SCHOLAR, Expert.Category.PRACTICE, Expert.Category.ASSOCIATION)
    for number in range(EXPERTS):
        category = categories[number % 3]
        schools, turn = len(names.UNIVERSITIES), number // 3
        others = schools + (2 * turn + number % 3) % len(names.ASSOCIATIONS)
        unit = units[turn % schools] if category == Expert.Category.SCHOLAR else units[others]
        user = world.person("expert" if number == 0 else f"expert{number + 1}", Role.EXPERT, unit)
        expert = Expert.objects.create(
            code=f"E{number + 1:03d}", user=user, name=user.name, unit=unit, category=category,
            field=fields[number % len(fields)], region=unit.area,
            city=next((city for city in world.cities.values() if city.area == unit.area), None),
        )  # fmt: skip
        world.experts.append(expert)


def _expert_unit(world: World, number: int, name: str) -> Organisation:
    areas = sorted(city.area for city in world.cities.values())
    return Organisation.objects.create(
        kind=Organisation.Kind.EXPERT_UNIT, code=f"12330000DEMO80{number:04d}", name=name, area=areas[number % len(areas)],
        parent=world.province,
    )  # fmt: skip
