"""Where everything stands."""

from django.urls import include, path

from config import api

handler500 = "config.api_answers.server_error"

urlpatterns = [
    path("api/v1/", api.urlpatterns),
    api.nowhere,
    path("", include("config.site_urls")),
    path("", include("accounts.urls")),
    path("", include("workflow.urls")),
    path("", include("selection.urls")),
    path("", include("studios.urls")),
]
