"""How the round of the demo divides its places, what was corrected in its rules, and what waits for a second person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from selection.actions import export, rulebook_change
from selection.queries.rulebook_change import CHANGEABLE

if TYPE_CHECKING:
    from config.demo.story import Story

CATEGORIES = [
    {"code": "frontline", "name": "一线服务", "name_en": "Front-line service"},
    {"code": "specialist", "name": "督导与培训", "name_en": "Supervision and training"},
]
SPECIALISTS = 3  # every third place


def divided(quotas: Mapping[str, int]) -> dict[str, Any]:
    """The categories of the rulebook and the places of each nominator in them."""
    places = {
        code: {name: places for name, places in _split(n).items() if places}
        for code, n in quotas.items()
        if n
    }
    return {"categories": CATEGORIES, "quotas_by_category": places}


def _split(places: int) -> dict[str, int]:
    specialists = places // SPECIALISTS
    return {"frontline": places - specialists, "specialist": specialists}


def category_of(number: int) -> str:
    """The category of a nominator's nominee, by its number: never more of one than it has places."""
    return "specialist" if number % SPECIALISTS == 0 else "frontline"


def correct(story: Story) -> None:
    """Units found the limit of their scans too low: a second version, by three persons."""
    content = {**story.round.rulebook.to_dict(), "max_dossier_mb": 150}
    reason = "多地反映服务佐证材料扫描件较多，合计上限不够，酌予提高。"
    manager, second, leader = (story.staff(name) for name in ("manager", "manager2", "leader"))
    found = rulebook_change.propose(story.round, by=manager, reason=reason, content=content)
    rulebook_change.approve(rulebook_change.second(found, by=second), by=leader)
    story.round.refresh_from_db()
    story.round.__dict__.pop("rulebook_version", None)


def wait_for_others(story: Story) -> None:
    """A change that the leader has to approve, and a list in clear that the security administrator has to allow."""
    manager, second = story.staff("manager"), story.staff("manager2")
    story.round.refresh_from_db()
    story.round.__dict__.pop("rulebook_version", None)
    if story.round.state in CHANGEABLE:
        content = {**story.round.rulebook.to_dict(), "instalment_shares": [40, 40, 20]}
        reason = "按财政部门本年度资金拨付要求，首期比例不超过40%。"
        found = rulebook_change.propose(story.round, by=manager, reason=reason, content=content)
        rulebook_change.second(found, by=second)
    if story.round.nominations.exists():
        reason = "配合公安机关核验人选身份信息，来函〔2026〕112号。"
        export.ask(by=manager, query=f"round={story.round.code}", form="xlsx", reason=reason)
