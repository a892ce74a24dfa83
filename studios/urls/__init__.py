"""Where the pages of each stage stand."""

from studios.urls.activity import urlpatterns as activity
from studios.urls.grant import urlpatterns as grant
from studios.urls.indicator import urlpatterns as indicator
from studios.urls.network import urlpatterns as network
from studios.urls.report import urlpatterns as report
from studios.urls.studio import urlpatterns as studio

urlpatterns = [
    *studio,
    *activity,
    *grant,
    *indicator,
    *network,
    *report,
]
