"""Everything that changes accounts, roles and settings; a page and a command call the same."""

from accounts.actions import calendar, ledger, organisation, role, sign_in, token, user

__all__ = ["calendar", "ledger", "organisation", "role", "sign_in", "token", "user"]
