"""Addresses of the draw, the pool and the experts' duties."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import panel as views

urlpatterns: list[URLPattern] = [
    path("office/draw/", views.panel_list, name="panel_list"),
    path("office/draw/prepare/<slug:code>", views.panel_prepare, name="panel_prepare"),
    path("office/draw/<int:pk>/", views.panel_detail, name="panel_detail"),
    path("office/experts/", views.expert_list, name="expert_list"),
    path("office/experts/<int:pk>/available", views.expert_available, name="expert_available"),
    path("panel/", views.panel_inbox, name="panel_inbox"),
    path("panel/<int:pk>/conflict", views.panel_conflict, name="panel_conflict"),
]
