from django.urls import path

from selection.views import deliberation as views
from selection.views import result

urlpatterns = [
    path("office/results/<slug:code>/", views.result_list, name="result_list"),
    path("office/results/<slug:code>/results.csv", result.round_csv, name="round_csv"),
    path("office/results/<slug:code>/results.pdf", result.round_pdf, name="round_pdf"),
    path("office/results/<slug:code>/what-if", result.what_if, name="what_if"),
    path("office/results/<slug:code>/<int:pk>/", views.result_detail, name="result_detail"),
    path("office/results/<slug:code>/<int:pk>/sheet.csv", result.sheet_csv, name="sheet_csv"),
    path("office/results/<slug:code>/<int:pk>/sheet.pdf", result.sheet_pdf, name="sheet_pdf"),
    path("office/proposal/<slug:code>/", views.proposal, name="proposal"),
]
