"""Addresses of what a blind round asks for."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import blind as views

urlpatterns: list[URLPattern] = [
    path("attachments/<uuid:key>/anonymised", views.attachment_anonymised, name="attachment_anonymised"),
]
