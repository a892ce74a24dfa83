from django.urls import path

from selection.views import record as views

urlpatterns = [
    path("office/records/", views.record_list, name="record_list"),
    path("office/records/<slug:code>/", views.record_detail, name="record_detail"),
    path("ledger/verify_record.py", views.verifier, name="record_verifier"),
]
