from django.urls import path

from studios.views import change as views

urlpatterns = [
    path("studios/changes/", views.change_list, name="change_list"),
    path("studios/<int:pk>/changes/", views.studio_changes, name="studio_changes"),
    path("studios/<int:pk>/changes/new/", views.change_new, name="change_new"),
    path("studios/<int:pk>/changes/<int:number>/", views.change_detail, name="change_detail"),
]
