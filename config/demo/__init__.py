"""The demo's data: invented people and units on the province's real map, the same for the same seed.

Its world stands on fixed days of 2024 to 2026, whatever the day on which it is loaded: each stage sets the movable clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.actions import organisation
from accounts.models import User
from accounts.roles import Role
from config.demo import (
    activities,
    aftermath,
    assessments,
    exits,
    network,
    pool,
    recoveries,
    rules,
    setup,
    studios,
)
from config.demo.days import Days, at, on
from config.demo.story import Story
from config.demo.world import World, build
from selection.actions import roll
from studios.actions import month, studio
from studios.models import Studio
from workflow import clock
from workflow.actor import SYSTEM
from workflow.models import DemoClock, Message

STAGES = (
    "draft", "open", "screening", "review", "deliberation", "notice", "determination", "published", "studios",
)  # fmt: skip
DEFAULT_STAGE = "notice"
DEFAULT_SEED = 2026

# Where the demo's clock stands at each stage of the round of 2026.
PRESENT = {
    "draft": at(date(2026, 8, 20)),
    "open": at(date(2026, 9, 21)),
    "screening": at(date(2026, 10, 14)),
    "review": at(date(2026, 11, 3), 14, 30),
    "deliberation": at(date(2026, 11, 12), 14),
    "notice": at(date(2026, 11, 19)),
    "determination": at(date(2026, 11, 26)),
    "published": at(date(2026, 12, 1)),
    "studios": at(date(2026, 12, 2)),
}

EARLIER = Days(
    drafted=date(2024, 7, 8), opens=date(2024, 7, 15), dossiers=date(2024, 8, 12), nominated=date(2024, 8, 26),
    closes=date(2024, 9, 6), screened=date(2024, 9, 10), frozen=date(2024, 9, 19), drawn=date(2024, 9, 20),
    scored=date(2024, 9, 27), opened=date(2024, 10, 8), proposed=date(2024, 10, 9), composed=date(2024, 10, 10),
    posted=date(2024, 10, 11), ended=date(2024, 10, 19), determined=date(2024, 10, 24), published=date(2024, 10, 28),
)  # fmt: skip
PRESENT_ROUND = Days(
    drafted=date(2026, 8, 18), opens=date(2026, 8, 24), dossiers=date(2026, 9, 14), nominated=date(2026, 9, 17),
    closes=date(2026, 10, 10), screened=date(2026, 10, 13), frozen=date(2026, 10, 27), drawn=date(2026, 10, 29),
    scored=date(2026, 11, 2), opened=date(2026, 11, 12), proposed=date(2026, 11, 16), composed=date(2026, 11, 17),
    posted=date(2026, 11, 18), ended=date(2026, 11, 26), determined=date(2026, 11, 27), published=date(2026, 11, 30),
)  # fmt: skip
EARLIER_PLACES = {
    "330100": 4,
    "330200": 3,
    "330300": 3,
    "330400": 3,
    "330600": 3,
    "330700": 2,
    "331000": 2,
    "330900": 1,
}
PRESENT_PLACES = {
    "330100": 6, "330200": 5, "330300": 4, "330400": 4, "330500": 3, "330600": 4, "330700": 4, "330800": 2,
    "330900": 1, "331000": 4, "331100": 3,
}  # fmt: skip


def loaded() -> bool:
    """Whether the demo's data are there."""
    return User.objects.exists()


@transaction.atomic
def load(stage: str = DEFAULT_STAGE, seed: int = DEFAULT_SEED) -> None:
    """Load everything, once: all of it or nothing."""
    present = PRESENT[stage]
    with on(date(2024, 1, 2)):
        organisation.load_tree(by=SYSTEM)
        world = build(seed)
        pool.furnish(world)
        roll.load_roll(FIRST_BATCH.read_bytes(), batch=FIRST, by=SYSTEM)
    earlier = _earlier(world)
    meanwhile = partial(activities.past, earlier.round, present.date())
    studios.run(world, earlier.round, present.date(), meanwhile)
    aftermath.questioned(earlier, present.date())
    network.run(world, earlier.round, present.date())
    activities.run(world, earlier.round, present.date())
    exits.run(world, earlier.round, present.date())
    recoveries.run(world, present.date())
    assessments.this_year(world, earlier.round, present.date())
    story = _present(world, stage)
    with clock.frozen(present):
        _after(world, story, stage)
        month.rebuild()  # what came in bulk did not pass the acts that keep the months
    Message.objects.update(status=Message.Status.SENT, sent_at=F("created_at"), read_at=F("created_at"))
    _set_clock(present)


FIRST_BATCH = settings.BASE_DIR / "selection" / "data" / "first_batch_2021.csv"
FIRST = roll.Batch("roll-2021", "首批浙江省社会工作领军人才", "浙江省民政厅", date(2021, 12, 1))


def _earlier(world: World) -> Story:
    """The round of 2024, published with ten of the eleven that were on notice."""
    story = Story(
        world, EARLIER, "2024", "2024年度浙江省社会工作领军人才选拔", "Zhejiang leading social workers 2024",
        EARLIER_PLACES, ceiling=11, disqualified=1,
    )  # fmt: skip
    story.draft()
    story.announce()
    story.collect()
    for step in (story.close, story.screen, story.draw, story.score, story.open, story.propose):
        step()
    story.post()
    aftermath.appealed(story)
    story.end()
    story.determine(aftermath.left_out(story))
    story.publish()
    aftermath.corrected(story)
    return story


def _present(world: World, stage: str) -> Story:
    """The round of 2026, as far as the stage."""
    places = {**PRESENT_PLACES, **{unit.code: n for unit, n in zip(world.direct, (3, 2), strict=True)}}
    story = Story(
        world,
        PRESENT_ROUND,
        "2026",
        "2026年度浙江省社会工作领军人才选拔",
        "Zhejiang leading social workers 2026",
        places,
        divided=True,
    )
    for step in _steps(story, stage):
        step()
    return story


def _steps(story: Story, stage: str) -> list[Callable[[], object]]:
    """What has been done when the stage begins; the stage itself is left half done for the visitor."""
    # For each stage: what has been done before it, and what within it when the demo stands there.
    whole: tuple[tuple[str, tuple[Callable[[], object], ...], tuple[Callable[[], object], ...]], ...] = (
        ("draft", (story.draft,), ()),
        ("open", (story.announce, story.correct_rules), (story.collect_some, story.leave_loose_ends)),
        ("screening", (story.collect, story.leave_loose_ends, story.close), (story.begin_screening,)),
        ("review", (story.screen, story.draw), (story.score_some,)),
        ("deliberation", (story.score, story.open), ()),
        ("notice", (story.propose,), (story.post, story.object)),
        ("determination", (story.post, story.object, story.end), ()),
        ("published", (story.determine, story.publish), ()),
        ("studios", (), ()),
    )
    found: list[Callable[[], object]] = []
    for name, before, within in whole:
        found += before
        if name == stage:
            return [*found, *within]
    return found


def _after(world: World, story: Story, stage: str) -> None:
    """Accounts and studios that only the end of the story has."""
    first = story.world.units[0]
    host = Studio.objects.order_by("pk").first()
    world.person("member", Role.STUDIO_MEMBER, host.host if host else first)
    if stage != "draft":
        rules.wait_for_others(story)
    setup.amendment(world, PRESENT[stage].date())
    if stage == "studios":
        studio.establish_due_studios()
        setup.waiting(world)


def _set_clock(present: datetime) -> None:
    """The demo's clock goes on from here."""
    distance = present - datetime.now(clock.ZONE)
    DemoClock.objects.update_or_create(pk=1, defaults={"seconds": int(distance.total_seconds())})
    clock.forget_offset()
