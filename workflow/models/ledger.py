"""Rows of the ledger. The database refuses to change or delete entries and published heads."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow.clock import ZONE


class Chain(models.Model):
    """One chain and its end: the row that serialises its writers."""

    key = models.CharField(_("链"), max_length=80, primary_key=True)
    count = models.PositiveBigIntegerField(_("条数"), default=0)
    head = models.CharField(_("链头"), max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.key} {self.count}"


class Entry(models.Model):
    """What happened, once, for good."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveBigIntegerField(_("序号"))
    kind = models.CharField(_("类型"), max_length=80)
    at = models.DateTimeField(_("时间"))
    subject = models.CharField(_("对象"), max_length=120, db_index=True)
    actor_role = models.CharField(_("角色"), max_length=40, blank=True)
    actor_name = models.CharField(_("办理人"), max_length=120)
    rules_version = models.CharField(_("规则版本"), max_length=80, blank=True)
    alg = models.CharField(max_length=16)
    commitment = models.CharField(max_length=64)
    payload = models.TextField(blank=True)
    salt = models.CharField(max_length=64, blank=True)
    leaf = models.CharField(_("摘要"), max_length=64)
    head = models.CharField(_("链头"), max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("chain", "seq"), name="one_entry_per_seq"),)
        ordering = ("chain", "seq")

    def __str__(self) -> str:
        return f"{self.chain_id} {self.seq} {self.kind}"

    @property
    def local_time(self) -> datetime:
        """When, in the zone of the law."""
        return self.at.astimezone(ZONE)


class PublishedHead(models.Model):
    """The heads of all chains as they were published: nobody can later show another past."""

    at = models.DateTimeField(_("时间"))
    occasion = models.CharField(_("场合"), max_length=120)
    lines = models.TextField(_("各链条数与链头"))
    digest = models.CharField(_("总摘要"), max_length=64)
    by_name = models.CharField(_("公布人"), max_length=120)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.occasion} {self.digest[:16]}"
