"""What the entries of the ledger say happened: the step's label, or the name of an event that is no step."""

from __future__ import annotations

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from workflow import ledger
from workflow.errors import Sentence
from workflow.machine import Machine, Step, step_named
from workflow.models import Entry

ledger.LABELS.update(
    {
        "refused": _("办理未通过"),
        "bound": _("据此限制办理"),
        "calendar.loaded": _("导入工作日历"),
        "calendar.deadlines_moved": _("按新版日历调整期限"),
        "demo_clock.moved": _("调整演示时钟"),
    }
)


def named(kind: str, label: Sentence) -> str:
    """Give a kind of entry its label; returns the kind, so that a module can name it once."""
    ledger.LABELS[kind] = label
    return kind


def label_of(kind: str) -> Sentence:
    """The label, or the kind itself where nobody named it."""
    return ledger.LABELS.get(kind, kind)


def all_named() -> dict[str, Sentence]:
    """Every kind with a label."""
    return dict(ledger.LABELS)


def label_of_entry(entry: Entry) -> Sentence:
    """What an entry says happened, in the words of the button that did it."""
    declared = _declared_step(entry)
    return declared.label if declared else label_of(entry.kind)


def _declared_step(entry: Entry) -> Step | None:
    app, _dot, name = entry.subject.partition(":")[0].partition(".")
    model = apps.all_models.get(app, {}).get(name)
    if model is None or not issubclass(model, Machine):
        return None
    return step_named(model, entry.kind.rpartition(".")[2])
