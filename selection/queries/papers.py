"""What stands in the way of a certificate, and what the public papers need."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from selection.models import Recognition, Revocation
from selection.queries.determination import PUBLISHED

_HOLDS = Q(state="admitted") | Q(state="upheld", material=True) | (Q(state="lodged") & ~Q(kind="complaint"))


def certificate_obstacle(recognition: Recognition) -> str:
    """Why no certificate is issued now; empty where nothing stands in the way."""
    if recognition.round.state not in PUBLISHED:
        return _("认定结果尚未公布，不能制发证书。")
    if not recognition.certificate_number:
        return _("该批次没有编发证书编号，不能制发证书。")
    if recognition.revoked_on:
        return _("该认定已经撤销，不能制发证书。")
    nomination = recognition.nomination
    if nomination is None:
        return ""
    if nomination.objections.filter(_HOLDS).exists():
        return _("该人选有异议正在办理，暂停制发证书。")
    if nomination.revocations.filter(state__in=Revocation.OPEN).exists():
        return _("该认定正在办理撤销，暂停制发证书。")
    return ""
