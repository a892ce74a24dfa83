"""Addresses of the dossiers."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import dossier, dossier_print, dossier_save, nomination

urlpatterns: list[URLPattern] = [
    path("nominations/", nomination.nomination_list, name="nomination_list"),
    path("nominations/new", dossier.nomination_new, name="nomination_new"),
    path("nominations/<int:pk>/", nomination.nomination_detail, name="nomination_detail"),
    path("nominations/<int:pk>/edit/<slug:section>/", dossier.nomination_edit, name="nomination_edit"),
    path(
        "nominations/<int:pk>/edit/<slug:section>/save", dossier_save.nomination_save, name="nomination_save"
    ),
    path("nominations/<int:pk>/versions/", dossier.nomination_versions, name="nomination_versions"),
    path("nominations/<int:pk>/check", dossier.nomination_check, name="nomination_check"),
    path("nominations/<int:pk>/form.pdf", dossier_print.nomination_pdf, name="nomination_pdf"),
    path("nominations/<int:pk>/form.docx", dossier_print.nomination_word, name="nomination_word"),
    path("nominations/<int:pk>/correction", dossier.nomination_correction, name="nomination_correction"),
]
