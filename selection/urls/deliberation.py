from django.urls import path

from selection.views import deliberation as views

urlpatterns = [
    path("office/results/<slug:code>/", views.result_list, name="result_list"),
    path("office/results/<slug:code>/<int:pk>/", views.result_detail, name="result_detail"),
    path("office/proposal/<slug:code>/", views.proposal, name="proposal"),
]
