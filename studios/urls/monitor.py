from django.urls import path

from studios.views import monitor

urlpatterns = [
    path("office/studios/monitoring/", monitor.monitor, name="monitor"),
    path("office/studios/monitoring.<str:form>", monitor.monitor_file, name="monitor_file"),
]
