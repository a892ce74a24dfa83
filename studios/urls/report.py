from django.urls import path

from studios.views import report

urlpatterns = [
    path("studios/reports/", report.report_list, name="report_list"),
    path("studios/reports/calendar/", report.report_calendar, name="report_calendar"),
    path("studios/report-files/<uuid:key>/", report.report_file_open, name="report_file"),
    path("studios/report-files/<uuid:key>/remove/", report.report_file_remove, name="report_file_remove"),
    path("studios/<int:studio_pk>/reports/", report.studio_reports, name="studio_reports"),
    path("studios/<int:studio_pk>/reports/<int:pk>/", report.report_detail, name="report_detail"),
    path("studios/<int:studio_pk>/reports/<int:pk>/print/", report.report_print, name="report_print"),
    path("studios/<int:studio_pk>/reports/<int:pk>/files/", report.report_attach, name="report_attach"),
    path(
        "studios/<int:studio_pk>/rectifications/<int:pk>/files/",
        report.rectification_attach,
        name="rectification_attach",
    ),
]
