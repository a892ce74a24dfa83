"""Where the pages of each stage stand."""

from selection.urls.attachment import urlpatterns as attachment
from selection.urls.ballot import urlpatterns as ballot
from selection.urls.blind import urlpatterns as blind
from selection.urls.board import urlpatterns as board
from selection.urls.conflict import urlpatterns as conflict
from selection.urls.deliberation import urlpatterns as deliberation
from selection.urls.determination import urlpatterns as determination
from selection.urls.draw import urlpatterns as draw
from selection.urls.expert import urlpatterns as expert
from selection.urls.export import urlpatterns as export
from selection.urls.intake import urlpatterns as intake
from selection.urls.integrity import urlpatterns as integrity
from selection.urls.nomination import urlpatterns as nomination
from selection.urls.notice import urlpatterns as notice
from selection.urls.objection import urlpatterns as objection
from selection.urls.own_sheets import urlpatterns as own_sheets
from selection.urls.panel import urlpatterns as panel
from selection.urls.papers import urlpatterns as papers
from selection.urls.qualification import urlpatterns as qualification
from selection.urls.quota import urlpatterns as quota
from selection.urls.recheck import urlpatterns as recheck
from selection.urls.record import urlpatterns as record
from selection.urls.reliability import urlpatterns as reliability
from selection.urls.revocation import urlpatterns as revocation
from selection.urls.round import urlpatterns as round
from selection.urls.rulebook_change import urlpatterns as rulebook_change
from selection.urls.scoring import urlpatterns as scoring
from selection.urls.scoring_progress import urlpatterns as scoring_progress
from selection.urls.waiver import urlpatterns as waiver

urlpatterns = [
    *papers,  # what the public reads is found first
    *notice,
    *determination,
    *round,
    *rulebook_change,
    *quota,
    *board,
    *nomination,
    *intake,
    *export,
    *attachment,
    *qualification,
    *recheck,
    *expert,
    *integrity,
    *own_sheets,
    *blind,
    *panel,
    *draw,
    *scoring,
    *scoring_progress,
    *conflict,
    *deliberation,
    *ballot,
    *objection,
    *revocation,
    *record,
    *reliability,
    *waiver,
]
