"""The plan that comes with the product says what of a studio's work counts towards its indicators; one loaded before, too."""

from django.db import migrations

CODE = "JL-14"
BEFORE = "60c72f9b9a87d8a3001417c65b2e147ac2e5233b2234a0fc408e233ea7f29246"  # of the plan's file
NOW = "d2f6e76300ed4870aebdad1a95973248222356620ddf4c5aabab3bffe7379216"
COUNTS = {"J01": "mentee_certified", "J08": "station_opened", "J09": "station_opened"}


def mark(apps, schema_editor):
    plans = apps.get_model("studios", "IndicatorPlan").objects.filter(code=CODE, digest=BEFORE)
    indicators = apps.get_model("studios", "Indicator").objects
    for plan in plans:
        for code, counts in COUNTS.items():
            indicators.filter(plan=plan, code=code).update(counts=counts)
    plans.update(digest=NOW)


def unmark(apps, schema_editor):
    plans = apps.get_model("studios", "IndicatorPlan").objects.filter(code=CODE, digest=NOW)
    plans.update(digest=BEFORE)


class Migration(migrations.Migration):
    dependencies = [("studios", "0003_money_assessment_exit")]

    operations = [migrations.RunPython(mark, unmark)]
