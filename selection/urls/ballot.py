"""Addresses of the panel's ballots."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import ballot as views

urlpatterns: list[URLPattern] = [
    path("office/ballots/<slug:code>/", views.ballot_list, name="ballot_list"),
    path("ballots/<int:pk>/", views.ballot_detail, name="ballot_detail"),
]
