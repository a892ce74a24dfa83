from django.urls import path

from studios.views import contribution, indicator

urlpatterns = [
    path("office/indicators/", indicator.indicator_list, name="indicator_list"),
    path("office/indicators/export", indicator.indicator_export, name="indicator_export"),
    path("office/indicators/plan", indicator.plan_import, name="plan_import"),
    path("office/indicators/observations/", indicator.observation_list, name="observation_list"),
    path("office/indicators/observations/new", indicator.observation_new, name="observation_new"),
    path(
        "office/indicators/observations/<int:pk>/verify",
        indicator.observation_verify,
        name="observation_verify",
    ),
    path(
        "office/indicators/observations/<int:pk>/reject",
        indicator.observation_reject,
        name="observation_reject",
    ),
    path("office/indicators/contributions/", contribution.contribution_list, name="contribution_list"),
    path("office/indicators/<int:pk>/", indicator.indicator_detail, name="indicator_detail"),
    path("studios/<int:pk>/contributions/", contribution.studio_contributions, name="studio_contributions"),
    path(
        "studios/<int:pk>/contributions/<int:mentorship>/certify",
        contribution.mentorship_certify,
        name="mentorship_certify",
    ),
]
