"""Forms of a list in clear. Taking it is no form: the file comes from the page of the request."""

from __future__ import annotations

from selection.actions import export as actions
from workflow.forms import StepForm, plain, with_reason

FORMS: dict[str, type[StepForm]] = {
    "approve": plain(actions.approve),
    "decline": with_reason(actions.decline),
    "withdraw": plain(actions.withdraw),
}
