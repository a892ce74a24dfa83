from django.urls import path

from selection.views import objection as views

urlpatterns = [
    path("objections/new", views.new, name="objection_new"),
    path("objections/status", views.status, name="objection_status"),
    path("objections/withdraw", views.withdraw, name="objection_withdraw"),
    path("office/objections/", views.objection_list, name="objection_list"),
    path("office/objections/<int:pk>/", views.objection_detail, name="objection_detail"),
    path("office/objections/<int:pk>/identity/", views.identity, name="objection_identity"),
]
