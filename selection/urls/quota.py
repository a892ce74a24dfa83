"""Addresses of the places and of the order of nominees."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import quota

urlpatterns: list[URLPattern] = [
    path("nominations/quota", quota.quota_list, name="quota_list"),
    path("nominations/rank", quota.nomination_rank, name="nomination_rank"),
]
