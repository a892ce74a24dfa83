from django.urls import path

from studios.views import activity, activity_check, activity_public

urlpatterns = [
    path("studios/<int:studio_pk>/activities/", activity.activity_list, name="activity_list"),
    path("studios/<int:studio_pk>/activities/new/", activity.activity_new, name="activity_new"),
    path("studios/<int:studio_pk>/activities/<int:pk>/", activity.activity_detail, name="activity_detail"),
    path("studios/<int:studio_pk>/activities/<int:pk>/edit/", activity.activity_edit, name="activity_edit"),
    path("studios/<int:studio_pk>/activities/<int:pk>/link/", activity.activity_link, name="activity_link"),
    path(
        "studios/<int:studio_pk>/activities/<int:pk>/unlink/",
        activity.activity_unlink,
        name="activity_unlink",
    ),
    path("studios/activity-photos/<uuid:key>/", activity.activity_photo, name="activity_photo"),
    path("studios/activity-photos/<uuid:key>/remove/", activity.photo_remove, name="activity_photo_remove"),
    path("studios/<int:studio_pk>/groups/", activity.group_list, name="group_list"),
    path("studios/<int:studio_pk>/groups/<int:pk>/", activity.group_detail, name="group_detail"),
    path("studios/<int:studio_pk>/volunteers/", activity_check.volunteer_list, name="volunteer_list"),
    path(
        "studios/<int:studio_pk>/volunteers.<str:form>", activity_check.volunteer_file, name="volunteer_file"
    ),
    path("office/activities/", activity_check.sample_list, name="activity_samples"),
    path("office/activities/samples/<int:pk>/", activity_check.sample_detail, name="activity_sample"),
    path("office/activities/calls/<int:pk>/", activity_check.call, name="activity_call"),
    path("office/activities/odd/", activity_check.odd_list, name="activity_odd"),
    path("cosign/<str:token>/", activity_public.cosign, name="cosign"),
    path("hours/<str:number>/", activity_public.hours, name="hours_certificate"),
]
