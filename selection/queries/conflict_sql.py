"""The statements by which conflicts are found: each joins all experts with all nominees at once, never pair by pair.

They are written for SQLite and PostgreSQL alike. Parameters are named; `people` are persons who are not in the pool
and take negative numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

# Nominations that nobody will judge.
GONE = "('draft', 'declined', 'disqualified', 'withdrawn')"

# Spaces that print puts into a name, the wide one among them, do not make another name.
PLAIN = "REPLACE(REPLACE({0}, ' ', ''), '　', '')"


@dataclass(frozen=True)
class People:
    """Persons outside the pool: each a number below zero, a name, keyed hashes, and units (name, from, to)."""

    names: Sequence[tuple[int, str]] = ()
    keys: Sequence[tuple[int, str]] = ()
    units: Sequence[tuple[int, int, str | None, str | None]] = ()


@dataclass
class Scope:
    """For whom conflicts are asked: a round, perhaps some experts or nominations only, perhaps people from outside."""

    round: int
    on: str
    cut: str
    experts: Sequence[int] | None = None
    nominations: Sequence[int] | None = None
    people: People = field(default_factory=People)

    def run(self, ctes: Sequence[str], select: str, **given: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement over the named common tables."""
        params = {"round": self.round, "on": self.on, "cut": self.cut, **given}
        tables = ", ".join(getattr(self, f"_{name}")(params) for name in ctes)
        with connection.cursor() as cursor:
            cursor.execute(f"WITH RECURSIVE {tables} {select}", params)
            return list(cursor.fetchall())

    def _experts(self, params: dict[str, Any]) -> str:
        """`experts(id, name)`: whom is asked about."""
        wanted = ""
        if self.experts is not None:
            wanted = f" WHERE id IN ({_listed('expert', self.experts, params)})"
        outside = _values("person", self.people.names, params)
        return (
            f"experts(id, name) AS (SELECT id, {PLAIN.format('name')} FROM selection_expert{wanted}{outside})"
        )

    def _keys(self, params: dict[str, Any]) -> str:
        """`keys(expert, hash)`: by which each of them is known."""
        outside = _values("key", self.people.keys, params)
        return (
            "keys(expert, hash) AS ("
            "SELECT x.id, x.id_hash FROM selection_expert x WHERE x.id_hash <> ''"
            " UNION SELECT a.expert_id, a.id_hash FROM selection_expertalias a WHERE a.id_hash <> ''"
            f"{outside})"
        )

    def _same(self, params: dict[str, Any]) -> str:
        """`same(a, b)`: two hashes of one person, one step apart; only of people who are known by more than one."""
        outside = ""
        if self.people.keys:
            outside = f" OR expert IN (SELECT expert FROM keys WHERE hash IN ({_listed('hash', [key for _n, key in self.people.keys], params)}))"
        return (
            "several(expert, hash) AS (SELECT expert, hash FROM keys WHERE expert IN"
            f" (SELECT expert_id FROM selection_expertalias){outside}), "
            "same(a, b) AS (SELECT x.hash, y.hash FROM several x JOIN several y ON y.expert = x.expert"
            " WHERE x.hash <> y.hash)"
        )

    def _nominees(self, params: dict[str, Any]) -> str:
        """`nominees(id, hash, name, unit, county, nominator)` of the round."""
        wanted = ""
        if self.nominations is not None:
            wanted = f" AND n.id IN ({_listed('nomination', self.nominations, params)})"
        return (
            "nominees(id, hash, name, unit, county, nominator) AS (SELECT n.id, p.person_key, p.name_key, n.unit_id,"
            " n.county_id, n.nominator_id FROM selection_nomination n JOIN selection_nominee p ON p.id = n.nominee_id"
            f" WHERE n.round_id = %(round)s AND n.state NOT IN {GONE}{wanted})"
        )

    def _upheld(self, params: dict[str, Any]) -> str:
        """`upheld(nominee, expert, hash, name)`: whom the nominees' side had left out."""
        return (
            "upheld(nominee, expert, hash, name) AS (SELECT r.nomination_id, r.expert_id, r.person_hash, r.name_key"
            " FROM selection_recusalrequest r JOIN nominees ON nominees.id = r.nomination_id WHERE r.state = 'upheld')"
        )

    def _persons(self, params: dict[str, Any]) -> str:
        """`persons(nominee, hash)`: every key of each nominee, by way of the pool's aliases."""
        return (
            "persons(nominee, hash) AS (SELECT id, CAST(hash AS text) FROM nominees"
            " UNION SELECT persons.nominee, CAST(same.b AS text) FROM persons JOIN same ON same.a = persons.hash)"
        )

    def _selves(self, params: dict[str, Any]) -> str:
        """`selves(nominee, expert)`: nominees who are in the pool themselves."""
        return (
            "selves(nominee, expert) AS (SELECT persons.nominee, keys.expert FROM persons"
            " JOIN keys ON keys.hash = persons.hash)"
        )

    def _places(self, params: dict[str, Any]) -> str:
        """`places(expert, unit, capacity, since, until)`: where they are or were, the account's office included."""
        rows = [(n, unit, "employed", since, until) for n, unit, since, until in self.people.units]
        outside = _values("place", rows, params, days=(3, 4))
        return (
            "places(expert, unit, capacity, since, until) AS ("
            "SELECT u.expert_id, u.unit_id, u.capacity, u.starts_on, u.ends_on FROM selection_expertunit u"
            " UNION SELECT x.id, x.unit_id, 'employed', NULL, NULL FROM selection_expert x"
            " UNION SELECT x.id, a.organisation_id, 'employed', NULL, NULL FROM selection_expert x"
            " JOIN accounts_user a ON a.id = x.user_id WHERE a.organisation_id IS NOT NULL"
            f"{outside})"
        )

    def _posts(self, params: dict[str, Any]) -> str:
        """`posts(nominee, unit, via, since, until)`: the nominee's unit, those of the dossier by their full names, those
        recorded in the pool, and the offices that put the nominee forward."""
        written = " UNION ".join(
            f"SELECT r.nomination_id, names.unit, 'unit', r.started, r.ended FROM {table} r"
            " JOIN nominees ON nominees.id = r.nomination_id JOIN names ON names.name = r.unit"
            for table in ("selection_affiliation", "selection_practiceinterval")
        )
        return (
            "names(name, unit) AS (SELECT name, id FROM accounts_organisation"
            " UNION SELECT name, organisation_id FROM accounts_organisationrecord), "
            "posts(nominee, unit, via, since, until) AS ("
            f"{written}"
            " UNION SELECT id, unit, 'unit', NULL, NULL FROM nominees"
            " UNION SELECT selves.nominee, places.unit, 'unit', places.since, places.until FROM selves"
            " JOIN places ON places.expert = selves.expert"
            " UNION SELECT id, county, 'bureau', NULL, NULL FROM nominees WHERE county IS NOT NULL"
            " UNION SELECT id, nominator, 'bureau', NULL, NULL FROM nominees WHERE nominator IS NOT NULL)"
        )


def _listed(name: str, values: Sequence[Any], params: dict[str, Any]) -> str:
    """Placeholders for values; NULL where there is none, which nothing equals."""
    names = [f"{name}_{n}" for n in range(len(values))]
    params |= dict(zip(names, values, strict=True))
    return ", ".join(f"%({one})s" for one in names) or "NULL"


def _values(
    name: str, rows: Sequence[Sequence[Any]], params: dict[str, Any], days: Sequence[int] = ()
) -> str:
    """A `UNION` with rows given from outside, or nothing."""
    found = []
    for n, row in enumerate(rows):
        cells = [f"{name}_{n}_{m}" for m in range(len(row))]
        params |= dict(zip(cells, row, strict=True))
        found.append(", ".join(_cell(cell, m in days) for m, cell in enumerate(cells)))
    lines = ", ".join(f"({cells})" for cells in found)
    return f" UNION SELECT * FROM (VALUES {lines}) AS {name}_rows" if found else ""


def _cell(name: str, is_day: bool) -> str:
    """SQLite keeps a date as its text; PostgreSQL must be told that a text or a NULL is one."""
    return f"CAST(%({name})s AS date)" if is_day and connection.vendor == "postgresql" else f"%({name})s"


# Where they meet: the same unit, or the office that put the nominee forward, both within the years that count.
UNITS = """
SELECT c.nominee, p.expert, c.via, p.capacity, p.since, p.until, c.since, c.until, o.name
FROM places p JOIN experts ON experts.id = p.expert JOIN posts c ON c.unit = p.unit
JOIN accounts_organisation o ON o.id = p.unit
WHERE (p.since IS NULL OR p.since <= %(on)s) AND (p.until IS NULL OR p.until >= %(cut)s)
AND (c.since IS NULL OR c.since <= %(on)s) AND (c.until IS NULL OR c.until >= %(cut)s)
"""

_LINK_COUNTS = """
(l.kind IN ('kin', 'mentor', 'student') OR ((l.since IS NULL OR l.since <= %(on)s)
AND (COALESCE(l.until, CASE WHEN l.kind = 'co_author' THEN l.since END) IS NULL
OR COALESCE(l.until, CASE WHEN l.kind = 'co_author' THEN l.since END) >= %(cut)s)))
"""

# A link that the expert has to the nominee, or that the nominee, being in the pool, has to the expert. A link without an
# identity number binds by name, and by the unit where one is written.
LINKS = f"""
SELECT persons.nominee, l.expert_id, l.kind, l.since, l.until, 0
FROM selection_expertlink l JOIN experts ON experts.id = l.expert_id JOIN persons ON persons.hash = l.person_hash
WHERE l.person_hash <> '' AND {_LINK_COUNTS}
UNION SELECT c.id, l.expert_id, l.kind, l.since, l.until, 0
FROM selection_expertlink l JOIN experts ON experts.id = l.expert_id
JOIN nominees c ON c.name = {PLAIN.format("l.person_name")} AND (l.unit_id IS NULL OR l.unit_id = c.unit)
WHERE l.person_hash = '' AND {_LINK_COUNTS}
UNION SELECT selves.nominee, keys.expert, l.kind, l.since, l.until, 1
FROM selection_expertlink l JOIN selves ON selves.expert = l.expert_id JOIN keys ON keys.hash = l.person_hash
JOIN experts ON experts.id = keys.expert
WHERE l.person_hash <> '' AND {_LINK_COUNTS}
"""

# Officers of a federation, in term, for nominees of that federation and for those who work there.
_BOARD = """
SELECT c.id, experts.id, b.role, t.since, t.until, o.name
FROM accounts_boardterm t JOIN accounts_boardofficer b ON b.term_id = t.id
JOIN accounts_organisation o ON o.id = t.organisation_id
JOIN nominees c ON t.organisation_id IN (c.nominator, c.unit)
{known} WHERE {how} AND t.since <= %(on)s AND t.until >= %(on)s
"""
_KNOWN_BY_KEY = "JOIN keys ON keys.hash = b.person_key JOIN experts ON experts.id = keys.expert"
_KNOWN_BY_NAME = "JOIN experts ON experts.name = b.name_key"
OFFICERS = " UNION ".join(
    (
        _BOARD.format(known=_KNOWN_BY_KEY, how="b.person_key <> ''"),
        _BOARD.format(known=_KNOWN_BY_NAME, how="b.person_key = ''"),
    )
)

SELVES = "SELECT selves.nominee, selves.expert FROM selves JOIN experts ON experts.id = selves.expert"

# Requests that were upheld bind the expert who was matched, else the identity number, else the name.
UNSUITABLE = """
SELECT upheld.nominee, experts.id FROM upheld JOIN experts ON experts.id = upheld.expert
UNION SELECT upheld.nominee, keys.expert FROM upheld JOIN keys ON keys.hash = upheld.hash
JOIN experts ON experts.id = keys.expert WHERE upheld.hash <> ''
UNION SELECT upheld.nominee, experts.id FROM upheld JOIN experts ON experts.name = upheld.name
WHERE upheld.hash = '' AND upheld.expert IS NULL
"""

# The city that nominated or whose county endorsed; on the direct way, the city above the unit.
CITIES = """
SELECT c.id, x.id, o.name FROM nominees c
JOIN accounts_organisation w ON w.id = c.nominator
LEFT JOIN accounts_organisation k ON k.id = c.county
LEFT JOIN accounts_organisation u ON u.id = c.unit
LEFT JOIN accounts_organisation a ON a.id = u.parent_id
JOIN accounts_organisation o ON o.kind = 'city' AND o.id = COALESCE(
CASE WHEN w.kind = 'city' THEN w.id END, k.parent_id, CASE WHEN a.kind = 'city' THEN a.id ELSE a.parent_id END)
JOIN selection_expert x ON x.city_id = o.id JOIN experts ON experts.id = x.id
"""

# People who stand in the pool more than once, or from outside the pool and in it.
TWINS = (
    "SELECT DISTINCT x.expert, y.expert FROM keys x JOIN keys y ON y.hash = x.hash WHERE x.expert < y.expert"
)
