"""The official working-day calendar of 2024 to 2026, from the State Council General Office's notices."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "data" / "workcalendar_2024_2026.json"


def load(apps, schema_editor):
    data = json.loads(FILE.read_text(encoding="utf-8"))
    issued = [datetime.fromisoformat(day) for day in re.findall(r"\d{4}-\d\d-\d\d", data["source"])]
    for year, on in zip(data["years"], issued, strict=True):
        apps.get_model("workflow", "CalendarYear").objects.create(
            year=year,
            notice=f"国务院办公厅关于{year}年部分节假日安排的通知（{on.year}年{on.month}月{on.day}日）",
            off_ranges=[r for r in data["off_ranges"] if r[0].startswith(str(year))],
            makeup_workdays=[d for d in data["makeup_workdays"] if d.startswith(str(year))],
            loaded_at=datetime.now(UTC),
            loaded_by="系统",
        )


def forget(apps, schema_editor):
    apps.get_model("workflow", "CalendarYear").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("workflow", "0002_append_only")]
    operations = [migrations.RunPython(load, forget)]
