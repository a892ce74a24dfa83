"""Whoever investigated an objection alone is the first of its investigators."""

from django.db import migrations


def carry_over(apps, schema_editor):
    objections = apps.get_model("selection", "Objection")
    places = objections.investigators.through.objects
    places.bulk_create(
        objections.investigators.through(objection_id=objection, user_id=user)
        for objection, user in objections.objects.exclude(investigator=None).values_list("pk", "investigator")
    )


def bring_back(apps, schema_editor):
    for objection in apps.get_model("selection", "Objection").objects.all():
        objection.investigator = objection.investigators.order_by("pk").first()
        objection.save(update_fields=["investigator"])


class Migration(migrations.Migration):
    dependencies = [("selection", "0004_decisions_published")]
    operations = [migrations.RunPython(carry_over, bring_back)]
