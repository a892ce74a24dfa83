"""Addresses of the dossiers."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import dossier, dossier_print, dossier_save, listing, nomination

urlpatterns: list[URLPattern] = [
    path("nominations/", listing.nomination_list, name="nomination_list"),
    path("office/nominations/", listing.office_nominations, name="office_nominations"),
    path("nominations/views/", listing.view_list, name="nomination_views"),
    path("nominations/views/save", listing.view_save, name="nomination_view_save"),
    path("nominations/views/<int:pk>/rename", listing.view_rename, name="nomination_view_rename"),
    path("nominations/views/<int:pk>/delete", listing.view_delete, name="nomination_view_delete"),
    path("nominations/columns", listing.columns_choose, name="nomination_columns"),
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
