"""The versions of agreements as a reader may see them, and whether a reader sees an account's number."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet

from accounts.roles import Role
from studios.models import AgreementScan, AgreementVersion, Studio
from studios.queries.studio import of_reader


def versions_visible_to(user: Any) -> QuerySet[AgreementVersion]:
    """The versions of the studios this reader may see; what was withdrawn is seen by the province alone."""
    rows = AgreementVersion.objects.filter(of_reader(user, "studio__"))
    if not user.holds(Role.MANAGER):
        rows = rows.exclude(state=AgreementVersion.State.WITHDRAWN)
    return rows.select_related(
        "studio__recognition__round", "studio__recognition__nomination", "studio__host", "studio__city",
        "studio__county", "studio__lead", "studio__agreement__programme", "drawn_up_by",
    ).prefetch_related("signatures")  # fmt: skip


def scans_visible_to(user: Any) -> QuerySet[AgreementScan]:
    """The scans of the versions this reader may see, for those whom an agreement concerns."""
    versions = versions_visible_to(user).order_by().values("pk")
    return AgreementScan.objects.filter(version__in=versions).select_related("version__studio", "uploaded_by")


def sees_account(studio: Studio, user: Any) -> bool:
    """Whose account it is and who pays into it; everybody else sees the last four figures."""
    if user.holds(Role.MANAGER) or user.holds(Role.FINANCE) or studio.lead_id == user.pk:
        return True
    return bool(user.holds(Role.UNIT_CLERK) and user.organisation_id == studio.host_id)


def in_force(studio: Studio) -> AgreementVersion | None:
    """The version that holds, with the account that money goes to."""
    return studio.agreement_versions.filter(state=AgreementVersion.State.IN_FORCE).first()


def drafted(studio: Studio) -> AgreementVersion | None:
    """The version that is being signed."""
    rows = studio.agreement_versions.filter(state=AgreementVersion.State.DRAFTED)
    return rows.prefetch_related("signatures").first()


def to_sign() -> QuerySet[AgreementVersion]:
    """The versions whose signatures are not all recorded, for the manager."""
    rows = AgreementVersion.objects.filter(
        state=AgreementVersion.State.DRAFTED, studio__state__in=Studio.LIVING
    )
    return rows.annotate(signed=Count("signatures")).filter(signed__lt=3)
