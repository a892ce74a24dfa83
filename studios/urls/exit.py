from django.urls import path

from studios.views import exit as views

urlpatterns = [
    path("studios/exits/", views.exit_list, name="exit_list"),
    path("studios/<int:pk>/exits/new/", views.exit_new, name="exit_new"),
    path("studios/<int:pk>/exits/<int:number>/", views.exit_detail, name="exit_detail"),
    path("studios/<int:pk>/reappointment/", views.reappoint, name="studio_reappoint"),
]
