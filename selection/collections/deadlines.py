"""The deadlines of the selection that another version of the calendar may move, once somebody has confirmed it."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from selection.models import Nomination, Objection, Panel, RecheckRequest, Revocation
from workflow.deadlines import Kept, register

for kept in (
    Kept(Nomination, "due_on", _("县级、市级审核期限"), Q(state__in=("county_review", "nominator_review"))),
    Kept(Nomination, "correction_due", _("补正期限"), Q(state="correction"), never_earlier=True),
    Kept(RecheckRequest, "request_due", _("申请复核期限"), Q(state="offered"), never_earlier=True),
    Kept(RecheckRequest, "answer_due", _("答复复核期限"), Q(state="requested")),
    Kept(
        Panel, "scoring_due", _("专家评分期限"), Q(state="drawn", round__state="review"), never_earlier=True
    ),
    Kept(Objection, "admit_due", _("异议受理期限"), Q(state="lodged")),
    Kept(Objection, "conclude_due", _("异议核查期限"), Q(state="admitted")),
    Kept(Revocation, "statement_due", _("撤销陈述申辩期限"), Q(state="started"), never_earlier=True),
):
    register(kept)
