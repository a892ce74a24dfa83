from django.urls import path

import selection.urls.papers  # noqa: F401  (registers the converter "paper")
from studios.views import agreement

urlpatterns = [
    path("studios/<int:pk>/agreement/", agreement.studio_agreement, name="studio_agreement"),
    path("studios/<int:pk>/agreement/new/", agreement.agreement_new, name="agreement_new"),
    path(
        "studios/<int:pk>/agreement/<int:version>.<paper:extension>",
        agreement.agreement_paper,
        name="agreement_paper",
    ),
    path("studios/<int:pk>/agreement/<int:version>/scan/", agreement.agreement_scan, name="agreement_scan"),
    path(
        "studios/<int:pk>/agreement/scans/<int:scan>/",
        agreement.agreement_scan_file,
        name="agreement_scan_file",
    ),
]
