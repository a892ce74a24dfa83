"""Addresses of the conflicts and of the requests to leave somebody out."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import conflict as views

urlpatterns: list[URLPattern] = [
    path("office/draw/conflicts/<slug:code>/", views.conflict_list, name="conflict_list"),
    path("office/draw/conflicts/<slug:code>/bar", views.conflict_bar, name="conflict_bar"),
    path("recusals/", views.recusal_request_list, name="recusal_request_list"),
    path("recusals/<int:pk>/", views.recusal_request_detail, name="recusal_request_detail"),
]
