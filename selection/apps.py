from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SelectionConfig(AppConfig):
    name = "selection"
    verbose_name = _("选拔")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from selection import collections  # noqa: F401  (registers what pages and API share)
