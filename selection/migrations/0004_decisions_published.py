"""Decisions of batches that are public already were published with their batch."""

from django.db import migrations
from django.db.models import F


def mark(apps, schema_editor):
    decisions = apps.get_model("selection", "Determination").objects.filter(
        state="confirmed", published_on=None, round__state__in=("published", "archived")
    )
    for decision in decisions.annotate(day=F("round__published_on")):
        decision.published_on = decision.day
        decision.save(update_fields=["published_on"])


def forget(apps, schema_editor):
    apps.get_model("selection", "Determination").objects.update(published_on=None)


class Migration(migrations.Migration):
    dependencies = [("selection", "0003_recused_pairs")]
    operations = [migrations.RunPython(mark, forget)]
