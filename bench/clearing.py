"""One notice ends at 24:00 and a thousand nominees are cleared, each in an act of its own with its ledger entry."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

from accounts.models import User
from bench.figure import Figure
from config import scale
from selection.actions import notice as actions
from selection.models import Nomination, NoticeEntry, PublicNotice, Round
from workflow import clock

NOMINEES = 1000


def notice() -> PublicNotice:
    """A posted notice of a thousand lines that ends in a week."""
    scale.fill(rounds=1, nominations=NOMINEES, experts=1, studios=0)
    round_ = Round.objects.filter(historical=False, nominations__isnull=False).latest("pk")
    stamp = round_.rulebook_versions.latest("version").stamp
    Round.objects.filter(pk=round_.pk).update(state="notice", rulebook_stamp=stamp)  # as announcing leaves it
    Nomination.objects.filter(round=round_).update(state="on_notice")
    now = clock.now()
    made = PublicNotice.objects.create(
        round=round_, number=f"{now.year}-901", title="拟认定名单公示", body="现予公示。", days=5, contact="慈善社工处",
        state="posted", composed_by=User.objects.earliest("pk"), posted_at=now, ends_at=now + timedelta(days=7),
    )  # fmt: skip
    NoticeEntry.objects.bulk_create(
        NoticeEntry(
            notice=made, nomination=row, ordinal=n, name=f"人选{n}", affiliation="社会工作服务中心主任",
            nominator="民政局", began_at=now, ends_at=made.ends_at,
        )
        for n, row in enumerate(round_.nominations.order_by("pk"), start=1)
    )  # fmt: skip
    return made


def figures() -> Iterator[Figure]:
    """Seconds from the end of the notice to the last of them cleared."""
    made = notice()
    assert made.ends_at is not None
    with clock.frozen(made.ends_at):
        started = time.perf_counter()
        actions.end_due_notices()  # another bench may have left a notice, too: it has nobody to clear
        cleared = actions.clear_due_nominations()
        spent = time.perf_counter() - started
    made.refresh_from_db()
    if (made.state, cleared) != ("ended", NOMINEES):
        raise RuntimeError(f"{made.state}, {cleared} cleared")
    yield Figure("notice_ended_and_1000_cleared", round(spent, 2), "s")
