"""Addresses of the attachments. A file's own address is a random key."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import attachment as views

urlpatterns: list[URLPattern] = [
    path("nominations/<int:pk>/attachments", views.nomination_attachments, name="nomination_attachments"),
    path("attachments/<uuid:key>/", views.attachment_detail, name="attachment_detail"),
    path("attachments/<uuid:key>/file", views.attachment_file, name="attachment_file"),
    path("attachments/<uuid:key>/preview", views.attachment_preview, name="attachment_preview"),
    path("attachments/<uuid:key>/remove", views.attachment_remove, name="attachment_remove"),
]
