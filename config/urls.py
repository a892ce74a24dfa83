"""Where everything stands."""

from django.urls import include, path

urlpatterns = [
    path("", include("config.site_urls")),
    path("accounts/", include("accounts.urls")),
    path("", include("workflow.urls")),
    path("", include("selection.urls")),
    path("", include("studios.urls")),
]
