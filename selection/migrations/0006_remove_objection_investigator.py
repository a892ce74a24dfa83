from django.db import migrations


class Migration(migrations.Migration):
    """Apart from the copying: PostgreSQL changes no table in the transaction that has just written to it."""

    dependencies = [("selection", "0005_investigators_in_plural")]
    operations = [migrations.RemoveField(model_name="objection", name="investigator")]
