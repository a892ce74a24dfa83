"""A list of dossiers as a table: the rows that the list page shows, masked unless somebody may see more and says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.models import Nomination, Round
from selection.queries.dossier import masked_id, masked_phone
from selection.queries.nomination import Filter, listed
from workflow.errors import Sentence

CHUNK = 1_000

# heading, where the value stands; the value is shown as the field's choices and the masks below say
COLUMNS: tuple[tuple[Sentence, str], ...] = (
    (_("编号"), "code"),
    (_("批次"), "round_id"),
    (_("姓名"), "nominee__name"),
    (_("身份证号"), "nominee__id_number"),
    (_("手机"), "phone"),
    (_("工作单位"), "unit__name"),
    (_("单位代码"), "unit__code"),
    (_("职务"), "title"),
    (_("推荐渠道"), "route"),
    (_("县级民政局"), "county__name"),
    (_("推荐单位"), "nominator__name"),
    (_("推荐类别"), "category"),
    (_("推荐排序"), "rank_in_nominator"),
    (_("服务领域"), "field"),
    (_("证书级别"), "certificate_level"),
    (_("证书编号"), "certificate_number"),
    (_("证书批准日期"), "certified_on"),
    (_("状态"), "state"),
    (_("提交时间"), "submitted_at"),
    (_("推荐时间"), "nominated_at"),
)
PATHS = tuple(path for _heading, path in COLUMNS)
MASKS: dict[str, Callable[[str], str]] = {"nominee__id_number": masked_id, "phone": masked_phone}


def may_unmask(user: Any) -> bool:
    """Whether this person may take identity numbers and phones out of the system."""
    return bool(user.holds(Role.MANAGER))


def rows_for_export(user: Any, query: str) -> QuerySet[Nomination]:
    """The rows that the list page shows under this address."""
    return listed(user, Filter.of(QueryDict(query)))


def headings() -> list[str]:
    """The first line."""
    return [str(heading) for heading, _path in COLUMNS]


def lines(rows: QuerySet[Nomination], *, masked: bool, at: Callable[[int], None]) -> Iterator[list[Any]]:
    """Row by row, never all at once; `at` is told how many are read."""
    words = _words()
    masks = [MASKS.get(path) if masked else None for path in PATHS]
    found = rows.prefetch_related(None).values_list(*PATHS)
    for number, values in enumerate(found.iterator(chunk_size=CHUNK), start=1):
        shown = [
            known.get(value, value) if known else mask(value) if mask and value else value
            for value, known, mask in zip(values, words, masks, strict=True)
        ]
        yield shown
        at(number)


def _words() -> list[Mapping[Any, str]]:
    """For each column, what its values are called: looked up once, not once a row."""
    rounds = list(Round.objects.prefetch_related("rulebook_versions"))
    found: dict[str, Mapping[Any, str]] = {
        "round_id": {row.pk: str(row.shown_title) for row in rounds},
        "category": dict(pair for row in rounds for pair in row.categories),
    }
    for path in PATHS:
        field: Any = None if "__" in path else Nomination._meta.get_field(path.removesuffix("_id"))
        if field is not None and field.choices:
            found[path] = {value: str(label) for value, label in field.flatchoices}
    return [found.get(path, {}) for path in PATHS]
