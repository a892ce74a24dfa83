"""A person who is put forward, found again by a keyed hash of the identity number."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow import crypto
from workflow.fields import EncryptedTextField


class Nominee(models.Model):
    """A person who is put forward: one row a person, whatever the round or the route."""

    person_key = models.CharField(max_length=64, unique=True)  # keyed hash of the identity number
    id_number = EncryptedTextField(_("身份证号"))
    name = models.CharField(_("姓名"), max_length=40)
    name_key = models.CharField(max_length=40, db_index=True)  # without spaces: 秦　芸 and 秦芸 are one

    class Meta:
        verbose_name = _("人选")

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def key_of(id_number: str) -> str:
        """How an identity number is found again."""
        return crypto.keyed_hash(id_number.strip().upper(), "person")


def plain_name(name: str) -> str:
    """A name without the spaces that print puts into it (U+3000 among them)."""
    return "".join(name.split())
