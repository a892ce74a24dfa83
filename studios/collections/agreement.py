"""The versions of agreements as pages and API share them, and what of them waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.roles import Role
from studios.collections.studio import iso
from studios.forms.agreement import FORMS
from studios.models import AgreementVersion
from studios.queries import agreement as queries
from workflow import collections, todo
from workflow.actor import Actor
from workflow.todo import Todo


def represent(version: AgreementVersion, _actor: Actor) -> dict[str, Any]:
    """One version, JSON-ready; of the account's number the last four figures."""
    return {
        "id": version.pk,
        "studio": version.studio_id,
        "version": version.number,
        "state": version.state,
        "agreement_number": version.agreement_number,
        "award": str(version.award),
        "site": version.site,
        "ends_on": iso(version.ends_on),
        "terms": version.terms,
        "amendment_reason": version.amendment_reason,
        "account": {
            "name": version.account_name,
            "bank": version.account_bank,
            "number": version.masked_account,
        },
        "signatures": [
            {"party": row.party, "name": row.name, "signed_on": iso(row.signed_on)}
            for row in version.signatures.all()
        ],
        "in_force_on": iso(version.in_force_on),
    }


def url(version: AgreementVersion) -> str:
    """The agreement's page."""
    return reverse("studio_agreement", args=[version.studio_id])


collections.register(
    collections.Collection(
        name="agreements",
        model=AgreementVersion,
        visible_to=queries.versions_visible_to,
        represent=represent,
        url=url,
        forms=FORMS,
        filters=("state", "studio"),
    )
)


@todo.register
def waiting(actor: Any) -> Iterator[Todo]:
    """For the manager the versions whose signatures are not all recorded."""
    if not actor.holds(Role.MANAGER):
        return
    rows = list(queries.to_sign().select_related("studio").order_by("pk")[:2])
    if len(rows) == 1:
        title = ngettext("%(n)s份协议待登记签署", "%(n)s份协议待登记签署", 1) % {"n": 1}
        yield Todo(title, url(rows[0]), note=rows[0].studio.name, icon="signature")
    elif rows:
        count = queries.to_sign().count()
        title = ngettext("%(n)s份协议待登记签署", "%(n)s份协议待登记签署", count) % {"n": count}
        yield Todo(title, f"{reverse('studio_list')}?state=preparing", icon="signature", count=count)
