"""Addresses of the waivers."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import waiver as views

urlpatterns: list[URLPattern] = [
    path("waivers/", views.waiver_list, name="waiver_list"),
    path("waivers/<int:pk>/", views.waiver_detail, name="waiver_detail"),
]
