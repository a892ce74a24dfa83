from django.urls import path

from selection.views import integrity as views

urlpatterns = [
    path("office/integrity/", views.bar_list, name="bar_list"),
    path("office/integrity/new/", views.bar_new, name="bar_new"),
    path("office/integrity/export/", views.bar_export, name="bar_export"),
    path("office/integrity/<int:pk>/", views.bar_detail, name="bar_detail"),
]
