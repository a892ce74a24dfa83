from django.urls import path

from studios.views import recovery

urlpatterns = [
    path("office/recovery-orders/", recovery.recovery_list, name="recovery_list"),
    path("office/recovery-orders/<int:pk>/", recovery.recovery_detail, name="recovery_detail"),
]
