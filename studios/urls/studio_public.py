from django.urls import path

from studios.views import studio_public

urlpatterns = [
    path("roll/studios/", studio_public.studio_public_list, name="studio_public_list"),
    path("roll/studios/<int:pk>/", studio_public.studio_public, name="studio_public"),
]
