from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.utils import translation

from workflow.machine import machines, steps_of


class Command(BaseCommand):
    help = "Print the declared states and steps of every machine as Markdown."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("zh-hans"):
            for model in machines(apps.get_models()):
                self.stdout.write("\n".join(table(model)))


def table(model: Any) -> list[str]:
    """The lines of one machine."""
    labels = dict(model._meta.get_field("state").flatchoices)
    lines = [f"## {model._meta.verbose_name} `{model._meta.model_name}`", ""]
    lines += ["```mermaid", "stateDiagram-v2"]
    lines += [f"  {a} --> {b}: {s.name}" for s in steps_of(model) for a in s.sources for b in s.targets]
    lines += ["```", "", "| 步骤 | 名称 | 自 | 至 | 谁 | 条件 |", "| --- | --- | --- | --- | --- | --- |"]
    for s in steps_of(model):
        origin = "、".join(str(labels[state]) for state in s.sources)
        target = "、".join(str(labels[state]) for state in s.targets)
        needs = ", ".join(guard.code for guard in s.needs)
        lines.append(
            f"| `{s.name}` | {s.label} | {origin} | {target} | {', '.join(s.policy.roles)} | {needs} |"
        )
    return [*lines, ""]
