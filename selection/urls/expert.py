"""Addresses of the pool, and of the expert's own page."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import expert as views
from selection.views import expert_check as check
from selection.views import expert_file as files
from selection.views import expert_own as own

urlpatterns: list[URLPattern] = [
    path("office/experts/", views.expert_list, name="expert_list"),
    path("office/experts/search", views.expert_search, name="expert_search"),
    path("office/experts/new", views.expert_new, name="expert_new"),
    path("office/experts/import", files.expert_import, name="expert_import"),
    path("office/experts/import/template", files.expert_import_template, name="expert_import_template"),
    path("office/experts/import/<int:pk>", files.expert_import_result, name="expert_import_result"),
    path("office/experts/import/<int:pk>/faults", files.expert_import_faults, name="expert_import_faults"),
    path("office/experts/check", check.expert_check, name="expert_check"),
    path("office/experts/export", files.expert_export, name="expert_export"),
    path("office/experts/<int:pk>/", views.expert_detail, name="expert_detail"),
    path("office/experts/<int:pk>/edit", views.expert_edit, name="expert_edit"),
    path("office/experts/<int:pk>/standing", views.expert_standing, name="expert_standing"),
    path("office/experts/<int:pk>/account", views.expert_account, name="expert_account"),
    path("office/experts/<int:pk>/<slug:what>/new", views.expert_add, name="expert_add"),
    path("office/experts/<int:pk>/<slug:what>/<int:row>/end", views.expert_end, name="expert_end"),
    path("panel/me/", own.expert_me, name="expert_me"),
    path("panel/me/edit", own.expert_me_edit, name="expert_me_edit"),
    path("panel/me/confirm", own.expert_me_confirm, name="expert_me_confirm"),
    path("panel/me/<slug:what>/new", own.expert_me_add, name="expert_me_add"),
    path("panel/me/<slug:what>/<int:row>/end", own.expert_me_end, name="expert_me_end"),
]
