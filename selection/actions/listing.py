"""What a person keeps of the nomination list. None of it is a step: it concerns nobody else."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.models import ListColumns, SavedView
from selection.queries.listing import ALWAYS, COLUMNS, MOST_VIEWS, canonical
from workflow import door
from workflow.errors import StepRefused

LONGEST_NAME = 20  # that of the column


@door.act
def save_view(user: User, *, name: str, query: Mapping[str, str]) -> SavedView:
    """Keep a filter under a name; the same name again keeps the new filter."""
    name = _named(name)
    kept = SavedView.objects.filter(user=user)
    if kept.count() >= MOST_VIEWS and not kept.filter(name=name).exists():
        raise StepRefused(
            _("最多保存%(n)s个视图，请先删除不用的。") % {"n": MOST_VIEWS}, code="too_many_views"
        )
    view, _new = SavedView.objects.update_or_create(
        user=user, name=name, defaults={"query": canonical(query)}
    )
    return view


@door.act
def rename_view(view: SavedView, *, name: str) -> SavedView:
    """Give a view another name."""
    name = _named(name)
    if SavedView.objects.filter(user=view.user_id, name=name).exclude(pk=view.pk).exists():
        raise StepRefused(_("已有名为“%(name)s”的视图。") % {"name": name}, code="name_taken")
    view.name = name
    view.save(update_fields=["name"])
    return view


@door.act
def delete_view(view: SavedView) -> None:
    """Keep it no longer."""
    view.delete()


@door.act
def choose_columns(user: User, *, names: Collection[str]) -> None:
    """Keep which columns the list shows; those that every list has come of themselves."""
    known = [column.name for column in COLUMNS if column.name in names or column.name in ALWAYS]
    ListColumns.objects.update_or_create(user=user, defaults={"columns": known})


LONGEST_NAME = SavedView._meta.get_field("name").max_length or 0


def _named(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME:
        raise StepRefused(_("请填写视图名称，不超过20个字。"), code="bad_name")
    return plain
