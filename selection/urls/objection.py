from django.urls import path

from selection.views import objection as views
from selection.views import objection_office as office

urlpatterns = [
    path("objections/new", views.new, name="objection_new"),
    path("objections/status", views.status, name="objection_status"),
    path("objections/withdraw", views.withdraw, name="objection_withdraw"),
    path("objections/supplement", views.supplement, name="objection_supplement"),
    path("objections/appeal", views.appeal, name="objection_appeal"),
    path("office/objections/", office.objection_list, name="objection_list"),
    path("office/objections/enter/", office.enter, name="objection_enter"),
    path("office/objections/evidence/<uuid:key>/", office.evidence_file, name="evidence_file"),
    path("office/objections/<int:pk>/", office.objection_detail, name="objection_detail"),
    path("office/objections/<int:pk>/identity/", office.identity, name="objection_identity"),
    path("office/objections/<int:pk>/aside/", office.aside, name="objection_aside"),
    path("office/objections/<int:pk>/note/", office.note, name="objection_note"),
    path("nominations/issues/<int:pk>/", office.issue, name="objection_issue"),
]
