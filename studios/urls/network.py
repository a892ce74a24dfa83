from django.urls import path

from studios.views import network as pages

urlpatterns = [
    path("office/network/", pages.network_list, name="network_list"),
    path("office/network/new", pages.network_new, name="network_new"),
    path("office/network/export", pages.network_export, name="network_export"),
    path("office/network/summary/", pages.network_summary, name="network_summary"),
    path("office/network/federations/", pages.federation_list, name="federation_list"),
    path("office/network/import", pages.network_import, name="network_import"),
    path("office/network/import/template", pages.network_import_template, name="network_import_template"),
    path("office/network/import/<int:pk>", pages.network_import_result, name="network_import_result"),
    path("office/network/<int:pk>/", pages.network_detail, name="network_detail"),
    path("office/network/<int:pk>/edit", pages.network_edit, name="network_edit"),
]
