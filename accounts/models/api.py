"""Answers of the API that a client may ask for again under one key."""

from __future__ import annotations

from django.db import models

from accounts.models.user import User
from workflow import clock
from workflow.fields import EncryptedTextField


class IdempotentAnswer(models.Model):
    """What was answered to one person's request under one key: the same again, come what may."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # of method, path and body
    status = models.PositiveSmallIntegerField(default=0)
    body = EncryptedTextField(blank=True)  # holds what its owner could see
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="one_answer_per_key"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"
