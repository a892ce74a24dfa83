"""Addresses of the rounds."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import round as views

urlpatterns: list[URLPattern] = [
    path("office/rounds/", views.round_list, name="round_list"),
    path("office/rounds/new", views.round_create, name="round_create"),
    path("office/rounds/<slug:code>/", views.round_detail, name="round_detail"),
    path("office/rounds/<slug:code>/edit", views.round_edit, name="round_edit"),
    path("office/rounds/<slug:code>/rulebook", views.round_rulebook, name="round_rulebook"),
]
