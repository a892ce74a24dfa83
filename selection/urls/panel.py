"""Addresses of the draw, the pool and the experts' duties."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import panel as views

urlpatterns: list[URLPattern] = [
    path("office/draw/", views.panel_list, name="panel_list"),
    path("office/draw/prepare/<slug:code>", views.panel_prepare, name="panel_prepare"),
    path("panel/<int:pk>/conflict", views.panel_conflict, name="panel_conflict"),
]
