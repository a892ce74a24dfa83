from django.urls import path

from studios.views import monitor, yearly

urlpatterns = [
    path("office/studios/monitoring/", monitor.monitor, name="monitor"),
    path("office/studios/monitoring.<str:form>", monitor.monitor_file, name="monitor_file"),
    path("office/studios/yearly/<int:year>/", yearly.yearly_report, name="yearly_report"),
    path("office/studios/yearly/<int:year>.pdf", yearly.yearly_pdf, name="yearly_pdf"),
]
