"""Refusals of the studios."""

from __future__ import annotations

from workflow.errors import Refused


class NumberTaken(Refused):
    """A number that stands for one thing stands for another already."""

    code = "number_taken"


class NotALead(Refused):
    """An account that cannot lead a studio."""

    code = "not_a_lead"


class NetworkRefused(Refused):
    """A row of the service network that cannot be."""

    code = "bad_point"


class IndicatorRefused(Refused):
    """A plan, an observation or a contribution that cannot be."""

    code = "bad_indicator"


class LinkEnded(Refused):
    """A station's link that was used, taken back, or has run out."""

    code = "link_ended"


class PersonalData(Refused):
    """A text holds numbers by which a person is known."""

    code = "personal_data"


class ExpenseRefused(Refused):
    """An expense, a budget or an adjustment that cannot be; `where` names the field."""

    code = "bad_expense"
    where = ""


class ConditionNotLocked(Refused):
    """A condition that needs no waiver, or that nobody may waive."""

    code = "not_locked"


class RecoveryRefused(Refused):
    """An order to give money back, or a repayment, beyond what there is."""

    code = "beyond_recoverable"


class ExitRefused(Refused):
    """An exit or a note on another appointment that cannot be."""

    code = "bad_exit"


class ChangeRefused(Refused):
    """A change that cannot be filed or settled so."""

    code = "bad_change"


class CareRefused(Refused):
    """A measure of care that cannot be entered or taken back."""

    code = "bad_care"


class AgreementRefused(Refused):
    """A version of an agreement, its account or a signature that cannot be so."""

    code = "bad_agreement"


class ProgrammeRefused(Refused):
    """A new version of the rules that cannot be."""

    code = "bad_programme"
