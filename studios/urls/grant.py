from django.urls import path

from studios.views import grant

urlpatterns = [
    path("office/instalments/", grant.instalment_list, name="instalment_list"),
    path("office/instalments/<int:pk>/", grant.instalment_detail, name="instalment_detail"),
]
