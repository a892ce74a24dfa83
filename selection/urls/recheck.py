"""Addresses of the re-checks."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import recheck as views

urlpatterns: list[URLPattern] = [
    path("nominations/rechecks/<int:pk>/", views.recheck_detail, name="recheck_detail"),
]
