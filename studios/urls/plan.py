from django.urls import path

from studios.views import plan

urlpatterns = [
    path("studios/<int:pk>/plan/", plan.studio_plan, name="studio_plan"),
    path("studios/<int:pk>/plan/<int:version>/", plan.plan_detail, name="plan_detail"),
    path("studios/<int:pk>/plan/<int:version>/edit/", plan.plan_edit, name="plan_edit"),
]
