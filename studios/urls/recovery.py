from django.urls import path

import selection.urls.papers  # noqa: F401  (registers the converter "paper")
from studios.views import recovery

urlpatterns = [
    path("office/recovery-orders/", recovery.recovery_list, name="recovery_list"),
    path("office/recovery-orders/<int:pk>/", recovery.recovery_detail, name="recovery_detail"),
    path(
        "office/recovery-orders/<int:pk>/notice.<paper:extension>",
        recovery.recovery_paper,
        name="recovery_paper",
    ),
]
