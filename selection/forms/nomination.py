"""Forms of the steps that a dossier goes through between the unit and the offices."""

from __future__ import annotations

from selection.actions import nomination as actions
from selection.forms.asking import AskingForm
from selection.forms.dossier import CorrectionForm
from workflow.forms import StepForm, plain, with_reason


class ReturnForm(AskingForm):
    """One reason a field; a field without a reason is not returned."""

    action = staticmethod(actions.return_for_completion)


FORMS: dict[str, type[StepForm]] = {
    "submit": plain(actions.submit),
    "return_for_completion": ReturnForm,
    "decline": with_reason(actions.decline),
    "correct": CorrectionForm,
    "withdraw": with_reason(actions.withdraw),
}
