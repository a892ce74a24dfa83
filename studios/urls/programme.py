from django.urls import path

from studios.views import programme

urlpatterns = [
    path("office/programme/", programme.programme, name="programme_list"),
    path("office/programme/new/", programme.programme_new, name="programme_new"),
    path("office/programme/<int:version>/", programme.programme_version, name="programme_version"),
    path("office/programme/proposals/<int:pk>/", programme.programme_proposal, name="programme_proposal"),
]
