from django.urls import path

from selection.views import determination as views
from selection.views import public

urlpatterns = [
    path("results/", public.result_list, name="result_list_public"),
    path("results/<slug:code>/", public.result, name="result_public"),
    path("roll", public.roll, name="roll"),
    path("certificate", public.certificate, name="certificate"),
    path("office/determinations/", views.determination_list, name="determination_list"),
    path("office/determinations/new/<slug:code>/", views.draft, name="determination_draft"),
    path("office/determinations/<int:pk>/", views.determination_detail, name="determination_detail"),
]
