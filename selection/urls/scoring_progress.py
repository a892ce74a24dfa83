"""Addresses of the office's pages of the scoring."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import scoring_progress as views

urlpatterns: list[URLPattern] = [
    path("office/scoring/sheets/<int:pk>/", views.sheet_office, name="sheet_office"),
    path("office/scoring/<slug:code>/", views.scoring_progress, name="scoring_progress"),
    path("office/scoring/<slug:code>/remind", views.scoring_remind, name="scoring_remind"),
    path("office/scoring/<slug:code>/experts/<int:pk>/", views.scoring_expert, name="scoring_expert"),
    path("office/opening/<slug:code>/", views.opening_report, name="opening_report"),
]
