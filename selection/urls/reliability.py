from django.urls import path

from selection.views import reliability as views

urlpatterns = [
    path("office/results/<slug:code>/reliability/", views.reliability, name="reliability"),
]
