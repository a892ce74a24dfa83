from django.urls import path

from selection.views import revocation as views

urlpatterns = [
    path("office/revocations/", views.revocation_list, name="revocation_list"),
    path("office/revocations/new/<int:pk>/", views.start, name="revocation_start"),
    path("office/revocations/<int:pk>/", views.revocation_detail, name="revocation_detail"),
    path("office/corrections/new/<int:pk>/", views.correct, name="correction_new"),
    path("office/corrections/<int:pk>/", views.correction_detail, name="correction_detail"),
]
