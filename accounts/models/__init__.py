from accounts.models.organisation import Organisation, OrganisationRecord
from accounts.models.user import ApiToken, RoleGrant, User

__all__ = ["ApiToken", "Organisation", "OrganisationRecord", "RoleGrant", "User"]
