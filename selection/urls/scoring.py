"""Addresses of the score sheets and of their progress."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import scoring as views

urlpatterns: list[URLPattern] = [
    path("panel/<int:pk>/", views.scoring_sheet, name="scoring_sheet"),
    path("panel/<int:pk>/save", views.scoring_save, name="scoring_save"),
]
