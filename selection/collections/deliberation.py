"""What waits while the list is being decided."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from selection.models import Round
from selection.models.round import second_stage_held
from workflow import todo
from workflow.actor import Actor
from workflow.todo import Todo


@todo.register
def lists_waiting(actor: Actor) -> Iterator[Todo]:
    """The leader fixes the proposed list."""
    if actor.holds(Role.LEADER):
        rounds = Round.objects.filter(state="deliberation", nominations__state="scored").distinct()
        for round_ in filter(second_stage_held, rounds.prefetch_related("rulebook_versions")):
            url = reverse("proposal", args=[round_.code])
            yield Todo(_("确定拟认定名单"), url, note=round_.title, icon="list-check")


@todo.register
def second_stages_waiting(actor: Actor) -> Iterator[Todo]:
    """The manager begins the second stage that the rules ask for."""
    if not actor.holds(Role.MANAGER):
        return
    rounds = Round.objects.filter(state="deliberation", stage=1, nominations__state="scored").distinct()
    for round_ in rounds.prefetch_related("rulebook_versions"):
        if not second_stage_held(round_):
            url = reverse("result_list", args=[round_.code])
            yield Todo(_("开始第二阶段评审"), url, note=round_.title, icon="users-group")
