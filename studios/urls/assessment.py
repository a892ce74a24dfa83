from django.urls import path

from studios.views import assessment, rectification

urlpatterns = [
    path("office/assessments/", assessment.assessment_list, name="assessment_list"),
    path("office/assessments/new/", assessment.assessment_schedule, name="assessment_schedule"),
    path("office/assessments/inbox/", assessment.assessment_inbox, name="assessment_inbox"),
    path("office/rectifications/", rectification.rectification_list, name="rectification_list"),
    path("studios/<int:studio_pk>/assessment/", assessment.studio_assessments, name="studio_assessments"),
    path(
        "studios/<int:studio_pk>/assessment/<int:pk>/", assessment.assessment_detail, name="assessment_detail"
    ),
    path(
        "studios/<int:studio_pk>/rectifications/<int:pk>/",
        rectification.rectification_detail,
        name="rectification_detail",
    ),
]
