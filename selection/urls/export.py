"""Addresses of lists in clear."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import export as views

urlpatterns: list[URLPattern] = [
    path("nominations/exports/", views.export_list, name="export_list"),
    path("nominations/exports/<int:pk>/", views.export_detail, name="export_detail"),
    path("nominations/exports/<int:pk>/file", views.export_file, name="export_file"),
]
