"""Refusals of accounts and roles."""

from __future__ import annotations

from workflow.errors import Refused


class SignInRefused(Refused):
    """The name or the password is wrong, or the account is locked for now."""

    code = "sign_in_refused"


class RoleRefused(Refused):
    """This person may not have this role."""

    code = "role_refused"


class OrganisationRefused(Refused):
    """An organisation cannot be changed so."""

    code = "organisation_refused"


class AccountRefused(Refused):
    """An account cannot be made or changed so."""

    code = "account_refused"
