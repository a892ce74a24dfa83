"""Addresses of an expert's own duties and sheets."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import own_sheets as views
from selection.views import own_sheets_file as files

urlpatterns: list[URLPattern] = [
    path("panel/", views.panel_inbox, name="panel_inbox"),
    path("panel/compare/", views.own_sheets_compare, name="own_sheets_compare"),
    path("panel/submit/", views.own_sheets_submit, name="own_sheets_submit"),
    path("panel/receipts/", views.own_sheets_receipts, name="own_sheets_receipts"),
    path("panel/scores.xlsx", files.own_sheets_download, name="own_sheets_download"),
    path("panel/scores/", files.own_sheets_upload, name="own_sheets_upload"),
    path("panel/<int:pk>/ready", views.own_sheet_ready, name="own_sheet_ready"),
]
