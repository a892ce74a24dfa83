"""Addresses of the screening."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import qualification as views

urlpatterns: list[URLPattern] = [
    path("office/screening/", views.qualification_queue, name="qualification_queue"),
    path("office/screening/reasons", views.qualification_reasons, name="qualification_reasons"),
    path("office/screening/<int:pk>/", views.qualification_detail, name="qualification_detail"),
    path("office/screening/<int:pk>/start", views.qualification_start, name="qualification_start"),
    path("office/screening/<int:pk>/ruling", views.qualification_ruling, name="qualification_ruling"),
]
