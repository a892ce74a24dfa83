"""A list of dossiers as a table: the rows that the list page shows, masked unless somebody may see more and says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.models import Nomination
from selection.queries.dossier import masked_id, masked_phone
from selection.queries.nomination import Filter, listed
from workflow.errors import Sentence

LONG = ("achievements", "studio_plan", "unit_opinion")
CHUNK = 500
Reading = Callable[[Nomination], Any]

COLUMNS: tuple[tuple[Sentence, Reading], ...] = (
    (_("编号"), lambda n: n.code),
    (_("批次"), lambda n: n.round.shown_title),
    (_("姓名"), lambda n: n.nominee.name),
    (_("身份证号"), lambda n: masked_id(n.nominee.id_number)),
    (_("手机"), lambda n: masked_phone(n.phone) if n.phone else ""),
    (_("工作单位"), lambda n: n.unit.name),
    (_("单位代码"), lambda n: n.unit.code),
    (_("职务"), lambda n: n.title),
    (_("推荐渠道"), lambda n: n.get_route_display()),
    (_("县级民政局"), lambda n: n.county.name if n.county else ""),
    (_("推荐单位"), lambda n: n.nominator.name),
    (_("推荐排序"), lambda n: n.rank_in_nominator),
    (_("服务领域"), lambda n: n.get_field_display()),
    (_("证书级别"), lambda n: n.get_certificate_level_display()),
    (_("证书编号"), lambda n: n.certificate_number),
    (_("证书批准日期"), lambda n: n.certified_on),
    (_("状态"), lambda n: n.get_state_display()),
    (_("提交时间"), lambda n: n.submitted_at),
    (_("推荐时间"), lambda n: n.nominated_at),
)
CLEAR: dict[int, Reading] = {3: lambda n: n.nominee.id_number, 4: lambda n: n.phone}


def may_unmask(user: Any) -> bool:
    """Whether this person may take identity numbers and phones out of the system."""
    return bool(user.holds(Role.MANAGER))


def rows_for_export(user: Any, query: str) -> QuerySet[Nomination]:
    """The rows that the list page shows for this address, without the long texts."""
    found = listed(user, Filter.of(QueryDict(query)))
    return found.defer(None).defer(*LONG).prefetch_related(None)


def headings() -> list[str]:
    """The first line."""
    return [str(heading) for heading, _reading in COLUMNS]


def lines(rows: QuerySet[Nomination], *, masked: bool, at: Callable[[int], None]) -> Iterator[list[Any]]:
    """Row by row, never all at once; `at` is told how many are read."""
    readings = [
        reading if masked else CLEAR.get(place, reading) for place, (_heading, reading) in enumerate(COLUMNS)
    ]
    for number, nomination in enumerate(rows.iterator(chunk_size=CHUNK), start=1):
        yield [_shown(reading(nomination)) for reading in readings]
        at(number)


def _shown(value: Any) -> Any:
    return str(value) if value is not None and type(value).__name__ == "__proxy__" else value
