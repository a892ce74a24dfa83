from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StudiosConfig(AppConfig):
    name = "studios"
    verbose_name = _("工作室")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studios import collections  # noqa: F401  (registers what pages and API share)
