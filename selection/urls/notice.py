from django.urls import path

from selection.views import notice as office
from selection.views import notice_file as files
from selection.views import notice_parts as parts
from selection.views import public

urlpatterns = [
    path("", public.home, name="public_home"),
    path("language/<slug:code>/", public.choose_language, name="public_language"),
    path("calls/<slug:code>/", public.call, name="call_public"),
    path("notices/", public.notice_list, name="notice_list"),
    path("notices/<slug:number>/", public.notice, name="notice_public"),
    path("notices/<slug:number>/files/<int:ordinal>/", files.public_file, name="notice_file"),
    path("office/notices/", office.notice_list, name="office_notice_list"),
    path("office/notices/new/<slug:code>/", office.compose, name="notice_compose"),
    path("office/notices/<int:pk>/", office.notice_detail, name="office_notice"),
    path("office/notices/<int:pk>/text/", office.edit_text, name="notice_text"),
    path("office/notices/<int:pk>/lines/<int:ordinal>/", office.edit_line, name="notice_line"),
    path("office/notices/<int:pk>/files/", files.files, name="notice_files"),
    path("office/notices/<int:pk>/files/<int:ordinal>/", files.office_file, name="office_notice_file"),
    path("office/notices/<int:pk>/files/<int:ordinal>/remove/", files.remove, name="notice_file_remove"),
    path("office/notices/<int:pk>/errata/new/", parts.erratum_new, name="notice_erratum"),
    path("office/outages/", parts.outage_list, name="outage_list"),
    path("office/notices/<int:pk>/preview/", office.preview, name="notice_preview"),
]
