from django.urls import path

from studios.views import report

urlpatterns = [
    path("studios/reports/", report.report_list, name="report_list"),
    path("studios/<int:studio_pk>/reports/<int:pk>/", report.report_detail, name="report_detail"),
]
