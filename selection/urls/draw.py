"""Addresses of the draw's protocol."""

from __future__ import annotations

from django.urls import URLPattern, path

from selection.views import draw as views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:code>/draw/", views.draw_public, name="draw_public"),
    path("office/draw/<int:pk>/", views.panel_detail, name="panel_detail"),
    path("office/draw/<int:pk>/inputs.json", views.panel_inputs, name="panel_inputs"),
    path("office/draw/<int:pk>/record.json", views.panel_record, name="panel_record"),
    path("office/draw/<int:pk>/fill", views.panel_fill, name="panel_fill"),
    path("office/seats/<int:pk>/replace", views.seat_replace, name="seat_replace"),
    path("panel/rounds/<slug:code>/decline", views.seat_decline, name="seat_decline"),
]
