"""Where the pages of each stage stand."""

from selection.urls.attachment import urlpatterns as attachment
from selection.urls.board import urlpatterns as board
from selection.urls.deliberation import urlpatterns as deliberation
from selection.urls.determination import urlpatterns as determination
from selection.urls.intake import urlpatterns as intake
from selection.urls.nomination import urlpatterns as nomination
from selection.urls.notice import urlpatterns as notice
from selection.urls.objection import urlpatterns as objection
from selection.urls.panel import urlpatterns as panel
from selection.urls.qualification import urlpatterns as qualification
from selection.urls.quota import urlpatterns as quota
from selection.urls.recheck import urlpatterns as recheck
from selection.urls.round import urlpatterns as round
from selection.urls.scoring import urlpatterns as scoring
from selection.urls.waiver import urlpatterns as waiver

urlpatterns = [
    *round,
    *quota,
    *board,
    *nomination,
    *intake,
    *attachment,
    *qualification,
    *recheck,
    *panel,
    *scoring,
    *deliberation,
    *notice,
    *objection,
    *determination,
    *waiver,
]
