from django.urls import path

from config import admin, site

urlpatterns = [
    path("healthz", site.healthz, name="healthz"),
    path("readyz", site.readyz, name="readyz"),
    path("robots.txt", site.robots, name="robots"),
    path("styleguide/", site.styleguide, name="styleguide"),
    path("admin/", admin.site.urls),
]
