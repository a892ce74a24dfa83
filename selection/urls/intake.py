"""Addresses of import, export and steps in bulk."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import bulk, extract, intake

urlpatterns: list[URLPattern] = [
    path("nominations/import", intake.nomination_import, name="nomination_import"),
    path("nominations/import/template", intake.nomination_import_template, name="nomination_import_template"),
    path("nominations/import/<int:pk>", intake.nomination_import_result, name="nomination_import_result"),
    path(
        "nominations/import/<int:pk>/faults", intake.nomination_import_faults, name="nomination_import_faults"
    ),
    path("nominations/export", extract.nomination_export, name="nomination_export"),
    path("nominations/bulk", bulk.bulk_choose, name="bulk_choose"),
    path("nominations/bulk/<int:pk>", bulk.bulk_run, name="bulk_run"),
]
