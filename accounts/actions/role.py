"""Roles: given and ended by the security administrator, never two that exclude each other."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import messages, policies
from accounts.errors import RoleRefused
from accounts.models import Organisation, RoleGrant, User
from accounts.roles import ADMINISTRATORS, PROVINCIAL, Role, incompatible
from workflow import clock, door, kinds, ledger
from workflow.actor import Actor
from workflow.errors import NotPermitted
from workflow.wording import listed

GRANTED = kinds.named("role.granted", _("授予角色"))
ENDED = kinds.named("role.ended", _("终止角色"))

_Kind = Organisation.Kind
_NOMINATORS = frozenset({_Kind.CITY, _Kind.COUNTY, _Kind.DIRECT, _Kind.FEDERATION, _Kind.ASSOCIATION})
_EMPLOYERS = frozenset({_Kind.EMPLOYER, _Kind.DIRECT, _Kind.FEDERATION, _Kind.ASSOCIATION})
# Where a role belongs. Experts and studios' people belong anywhere.
BELONGS_TO: dict[str, frozenset[Organisation.Kind]] = {
    **dict.fromkeys(PROVINCIAL | ADMINISTRATORS, frozenset({_Kind.PROVINCE})),
    Role.BUREAU_OFFICER: _NOMINATORS,
    Role.UNIT_CLERK: _EMPLOYERS,
}


@door.act
def grant(
    user: User, *, by: Actor, role: str, since: date | None = None, until: date | None = None
) -> RoleGrant:
    """Give a role, from today unless a day is named. Refuses what a role already held excludes."""
    policies.require(by, Role.SECURITY_ADMIN, _("授予角色"))
    _require_another(user, by)
    user = User.objects.select_for_update().get(pk=user.pk)
    since = since or clock.today()
    _require_possible(user, Role(role), since, until)
    given = RoleGrant.objects.create(user=user, role=role, since=since, until=until, granted_by=str(by.name))
    _record(by, GRANTED, given)
    messages.role.granted(given)
    return given


@door.act
def end(grant: RoleGrant, *, by: Actor, reason: str) -> RoleGrant:
    """End a role today; the grant stays on the record. Tells the person."""
    policies.require(by, Role.SECURITY_ADMIN, _("终止角色"))
    grant = RoleGrant.objects.select_for_update().get(pk=grant.pk)
    _require_another(grant.user, by)
    today = clock.today()
    if grant.until is not None and grant.until <= today:
        raise RoleRefused(_("该角色已经终止。"), code="already_ended")
    grant.until = max(today, grant.since)
    grant.save(update_fields=["until"])
    _record(by, ENDED, grant, reason=reason)
    messages.role.ended(grant)
    return grant


def _require_another(user: User, by: Actor) -> None:
    if str(by.id) == str(user.pk):
        raise NotPermitted(_("不能为本人授予或者终止角色。"))


def _require_possible(user: User, role: Role, since: date, until: date | None) -> None:
    if until is not None and until <= since:
        raise RoleRefused(_("终止日期应晚于起始日期。"), code="dates")
    not_ended = Q(until=None) | Q(until__gt=max(since, clock.today()))
    held = set(user.grants.filter(not_ended).values_list("role", flat=True))
    if role in held:
        raise RoleRefused(
            _("%(name)s已有“%(role)s”角色。") % {"name": user.name, "role": role.label}, code="held"
        )
    other = incompatible(role, held)
    if other is not None:
        raise RoleRefused(
            _("“%(role)s”与%(name)s已有的“%(other)s”不得由同一人担任。须先终止“%(other)s”。")
            % {"role": role.label, "name": user.name, "other": Role(other).label},
            code="incompatible",
        )
    _require_place(user, role)


def _require_place(user: User, role: Role) -> None:
    places = BELONGS_TO.get(role)
    if places is not None and (user.organisation is None or user.organisation.kind not in places):
        names = listed(kind.label for kind in _Kind if kind in places)
        raise RoleRefused(
            _("“%(role)s”只授予%(places)s的人员。") % {"role": role.label, "places": names}, code="place"
        )


def _record(by: Actor, kind: str, given: RoleGrant, **more: Any) -> None:
    until = given.until.isoformat() if given.until else None
    payload = {"role": given.role, "since": given.since.isoformat(), "until": until, **more}
    ledger.append(
        by, chain=ledger.OFFICE, kind=kind, subject=f"accounts.user:{given.user_id}", payload=payload
    )
