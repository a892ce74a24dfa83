from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflow", "0005_jobs")]
    operations = [
        migrations.AddField(
            "calendaryear", "number", models.CharField("文号", blank=True, default="", max_length=60)
        ),
        migrations.AddField("calendaryear", "issued_on", models.DateField("印发日期", blank=True, null=True)),
        migrations.AddField(
            "calendaryear",
            "scan",
            models.FileField("扫描件", blank=True, default="", max_length=200, upload_to=""),
        ),
        migrations.AddField(
            "calendaryear",
            "scan_sha256",
            models.CharField("扫描件摘要", blank=True, default="", max_length=64),
        ),
    ]
