from django.urls import path

from studios.views import network

urlpatterns = [
    path("office/network/", network.network_list, name="network_list"),
    path("office/network/new", network.network_new, name="network_new"),
    path("office/network/export", network.network_export, name="network_export"),
    path("office/network/summary/", network.network_summary, name="network_summary"),
    path("office/network/federations/", network.federation_list, name="federation_list"),
    path("office/network/import", network.network_import, name="network_import"),
    path("office/network/import/template", network.network_import_template, name="network_import_template"),
    path("office/network/import/<int:pk>", network.network_import_result, name="network_import_result"),
    path("office/network/<int:pk>/", network.network_detail, name="network_detail"),
    path("office/network/<int:pk>/edit", network.network_edit, name="network_edit"),
]
