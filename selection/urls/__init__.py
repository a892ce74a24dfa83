"""Where the pages of each stage stand."""

from selection.urls.deliberation import urlpatterns as deliberation
from selection.urls.determination import urlpatterns as determination
from selection.urls.nomination import urlpatterns as nomination
from selection.urls.notice import urlpatterns as notice
from selection.urls.objection import urlpatterns as objection
from selection.urls.panel import urlpatterns as panel
from selection.urls.qualification import urlpatterns as qualification
from selection.urls.round import urlpatterns as round
from selection.urls.scoring import urlpatterns as scoring

urlpatterns = [
    *round,
    *nomination,
    *qualification,
    *panel,
    *scoring,
    *deliberation,
    *notice,
    *objection,
    *determination,
]
