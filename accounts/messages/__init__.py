"""What people are told about their accounts."""

from accounts.messages import account, role

__all__ = ["account", "role"]
