"""Addresses of changes of announced rules."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import rulebook_change as views

urlpatterns: list[URLPattern] = [
    path("office/rounds/<slug:code>/rulebook/change", views.rulebook_change_new, name="rulebook_change_new"),
    path("office/rulebook-changes/<int:pk>/", views.rulebook_change_detail, name="rulebook_change_detail"),
]
