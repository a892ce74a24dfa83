"""Where the pages of each stage stand."""

from studios.urls.studio import urlpatterns as studio
from studios.urls.grant import urlpatterns as grant
from studios.urls.report import urlpatterns as report

urlpatterns = [
    *studio,
    *grant,
    *report,
]
