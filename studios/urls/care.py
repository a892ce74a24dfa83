from django.urls import path

from studios.views import care as views

urlpatterns = [
    path("studios/care/", views.care_list, name="care_list"),
    path("studios/care/summary/", views.care_summary, name="care_summary"),
    path("studios/care/new/", views.care_new, name="care_new"),
    path("studios/care/export/", views.care_export, name="care_export"),
    path("studios/care/<int:pk>/take-back/", views.care_take_back, name="care_take_back"),
]
