"""The pool as a table: the rows that the list shows, numbers and phones masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from selection.models import Expert
from selection.queries.dossier import masked_id, masked_phone
from selection.queries.expert import Filter, absent, listed, standing_of
from selection.queries.integrity import barred_until
from workflow import clock

CHUNK = 1_000


def rows_for_export(user: Any, query: str) -> QuerySet[Expert]:
    """The rows that the list page shows under this address."""
    return listed(user, Filter.of(QueryDict(query)))


def headings() -> list[str]:
    """The first line."""
    return [
        _("编号"), _("姓名"), _("身份证号"), _("手机"), _("单位"), _("单位代码"), _("职务职称"), _("类别"), _("领域"),
        _("证书级别"), _("地区"), _("入库日期"), _("聘期届满"), _("状态"), _("本人确认"),
    ]  # fmt: skip


def lines(rows: QuerySet[Expert], *, at: Callable[[int], None]) -> Iterator[list[Any]]:
    """Row by row, never all at once; `at` is told how many are read."""
    today = clock.today()
    found: Any = rows.annotate(away=absent(today), barred_until=barred_until(today))
    for number, row in enumerate(found.iterator(chunk_size=CHUNK), start=1):
        yield [
            row.code, row.name, masked_id(row.id_number) if row.id_number else "",
            masked_phone(row.phone) if row.phone else "", row.unit.name, row.unit.code, row.title,
            row.get_category_display(), row.get_field_display(), row.get_certificate_level_display(), row.region,
            row.enabled_from, row.enabled_until, str(standing_of(row, today, row.away)[0]), row.confirmed_at,
        ]  # fmt: skip
        at(number)
