"""Where the pages of each stage stand."""

from studios.urls.grant import urlpatterns as grant
from studios.urls.report import urlpatterns as report
from studios.urls.studio import urlpatterns as studio

urlpatterns = [
    *studio,
    *grant,
    *report,
]
