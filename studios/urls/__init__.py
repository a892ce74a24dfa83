"""Where the pages of each stage stand."""

from studios.urls.activity import urlpatterns as activity
from studios.urls.agreement import urlpatterns as agreement
from studios.urls.assessment import urlpatterns as assessment
from studios.urls.care import urlpatterns as care
from studios.urls.change import urlpatterns as change
from studios.urls.exit import urlpatterns as exit_
from studios.urls.grant import urlpatterns as grant
from studios.urls.indicator import urlpatterns as indicator
from studios.urls.monitor import urlpatterns as monitor
from studios.urls.network import urlpatterns as network
from studios.urls.plan import urlpatterns as plan
from studios.urls.programme import urlpatterns as programme
from studios.urls.recovery import urlpatterns as recovery
from studios.urls.report import urlpatterns as report
from studios.urls.spending import urlpatterns as spending
from studios.urls.studio import urlpatterns as studio
from studios.urls.studio_public import urlpatterns as studio_public

urlpatterns = [
    *studio,
    *studio_public,
    *activity,
    *assessment,
    *exit_,
    *change,
    *care,
    *grant,
    *indicator,
    *monitor,
    *network,
    *plan,
    *agreement,
    *programme,
    *recovery,
    *report,
    *spending,
]
