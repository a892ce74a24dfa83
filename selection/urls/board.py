"""Addresses of the federations' boards."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import board

urlpatterns: list[URLPattern] = [
    path("office/federations/", board.board_list, name="board_list"),
    path("office/federations/<int:pk>/terms/new", board.board_record, name="board_record"),
    path("office/federations/terms/<int:pk>", board.board_revise, name="board_revise"),
]
