from django.urls import path

from studios.views import overview, studio

urlpatterns = [
    path("studios/", studio.studio_list, name="studio_list"),
    path("studios/<int:pk>/", overview.studio_detail, name="studio_detail"),
    path("studios/<int:pk>/certificate.pdf", studio.studio_certificate, name="studio_certificate"),
]
