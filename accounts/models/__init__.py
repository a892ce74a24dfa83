from accounts.models.api import IdempotentAnswer
from accounts.models.board import BoardOfficer, BoardTerm
from accounts.models.organisation import Organisation, OrganisationRecord
from accounts.models.sign_in import SignInFailure
from accounts.models.user import ApiToken, RoleGrant, User

__all__ = [
    "ApiToken",
    "BoardOfficer",
    "BoardTerm",
    "IdempotentAnswer",
    "Organisation",
    "OrganisationRecord",
    "RoleGrant",
    "SignInFailure",
    "User",
]
