"""What a person keeps of a list: views with a name, and the columns shown."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SavedView(models.Model):
    """A filter of the nomination list under a name, for the person who keeps it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(_("名称"), max_length=20)
    query = models.CharField(_("条件"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("常用视图")
        ordering = ("user", "pk")
        constraints = (models.UniqueConstraint(fields=("user", "name"), name="one_view_per_name_and_person"),)

    def __str__(self) -> str:
        return self.name


class ListColumns(models.Model):
    """The columns of the nomination list that a person has chosen."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="list_columns")
    columns = models.JSONField(_("列"), default=list)

    class Meta:
        verbose_name = _("列表的列")

    def __str__(self) -> str:
        return str(self.user_id)
