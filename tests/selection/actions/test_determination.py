from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache

from selection.actions import determination as actions
from selection.actions import round as rounds
from selection.errors import ListMismatch
from selection.models import Nomination, Recognition, Round
from selection.queries.determination import list_digest, public_recognitions, public_rounds
from tests.factories import nomination, nominee, objection, office, public_notice, round_, tree
from workflow import clock
from workflow.errors import NotPermitted, StepRefused
from workflow.models import Entry, PublishedHead

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 10, 15, 10, 0, tzinfo=clock.ZONE)


def cleared_round(
    names: tuple[str, ...] = ("秦芸", "沈雨晴"),
) -> tuple[Round, list[Nomination], dict[str, Any]]:
    row, orgs = round_("determination"), tree()
    people = [nomination("cleared", round=row, orgs=orgs, nominee=nominee(name)) for name in names]
    public_notice(row, people, "ended", ends_at=datetime(2026, 10, 13, tzinfo=clock.ZONE))
    return row, people, office()


def drafted(row: Round, who: dict[str, Any], serial: int = 5) -> Any:
    with clock.frozen(DAY):
        return actions.draft(
            row, by=who["manager"], serial=serial, title="关于公布名单的通知", minute_number="〔2026〕13号"
        )


def confirmed(row: Round, who: dict[str, Any], serial: int = 5) -> Any:
    made = drafted(row, who, serial)
    with clock.frozen(DAY):
        return actions.confirm(made, by=who["leader"])


def test_the_document_number_is_built_from_the_rounds_prefix_and_used_once() -> None:
    row, _people, who = cleared_round()
    assert drafted(row, who).document_number == "浙民慈〔2026〕5号"
    other, _more, _who = cleared_round()
    with pytest.raises(StepRefused, match="已经用过"):
        drafted(other, who)


def test_confirming_recognises_everyone_cleared_with_a_certificate() -> None:
    row, people, who = cleared_round()
    digest = list_digest(row, people)
    made = confirmed(row, who)
    assert (made.list_digest, made.state) == (digest, "confirmed")
    rows = list(Recognition.objects.order_by("ordinal"))
    assert [(r.ordinal, r.name, r.certificate_number) for r in rows] == [
        (1, "秦\u3000芸", "领军〔2026〕001"), (2, "沈雨晴", "领军〔2026〕002"),
    ]  # fmt: skip
    assert {r.expires_on for r in rows} == {date(2029, 10, 15)} and rows[0].name_key == "秦芸"
    assert {n.state for n in Nomination.objects.filter(pk__in=[p.pk for p in people])} == {"recognised"}
    assert PublishedHead.objects.filter(occasion__contains="浙民慈〔2026〕5号").exists()


def test_the_digest_depends_on_every_name_and_not_on_the_order() -> None:
    row, people, _who = cleared_round()
    assert list_digest(row, people) == list_digest(row, people[::-1]) != list_digest(row, people[:1])


def test_a_held_candidate_is_left_out_and_follows_later() -> None:
    row, people, who = cleared_round()
    late = nomination("on_notice", round=row, nominee=nominee("陆沐言"))
    public_notice(row, [late], "ended", ends_at=datetime(2026, 10, 13, tzinfo=clock.ZONE))
    objection(late, "admitted")
    objection(people[1], "admitted")
    confirmed(row, who)
    assert [r.name_key for r in Recognition.objects.all()] == ["秦芸"]
    assert Nomination.objects.get(pk=people[1].pk).state == "cleared"
    people[1].objections.update(state="dismissed")  # the case is concluded
    with pytest.raises(StepRefused, match="还有公示通过的人选"), clock.frozen(DAY):
        actions.publish(row, by=who["publisher"])
    confirmed(row, who, serial=6)
    assert list(Recognition.objects.order_by("ordinal").values_list("ordinal", "certificate_number")) == [
        (1, "领军〔2026〕001"), (2, "领军〔2026〕002"),
    ]  # fmt: skip


def test_nothing_is_confirmed_when_nobody_is_free() -> None:
    row, people, who = cleared_round(("秦芸",))
    made = drafted(row, who)
    objection(people[0], "admitted")
    with pytest.raises(StepRefused), clock.frozen(DAY):
        actions.confirm(made, by=who["leader"])
    assert not Recognition.objects.exists() and Entry.objects.filter(kind="refused").count() == 1


def test_only_the_leader_confirms_and_only_the_publisher_publishes() -> None:
    row, _people, who = cleared_round()
    made = drafted(row, who)
    with pytest.raises(NotPermitted), clock.frozen(DAY):
        actions.confirm(made, by=who["manager"])
    assert not Recognition.objects.exists()
    with clock.frozen(DAY):
        actions.confirm(made, by=who["leader"])
        with pytest.raises(NotPermitted):
            actions.publish(row, by=who["leader"])
        assert actions.publish(row, by=who["publisher"]).published_on == DAY.date()


def test_whoever_leaves_a_post_after_the_decision_is_published_as_decided() -> None:
    row, people, who = cleared_round()
    post = people[0].posts.create(position=1, unit="春晖社会工作服务中心", title="主任")
    confirmed(row, who)
    post.ended = DAY.date()
    post.save()
    with clock.frozen(DAY + timedelta(days=3)):
        assert actions.publish(row, by=who["publisher"]).state == "published"
        now = Nomination.objects.get(pk=people[0].pk).affiliations
    line = Recognition.objects.get(nomination=people[0])
    assert line.affiliations == [*now, "春晖社会工作服务中心主任"]


def test_a_line_that_was_altered_after_the_decision_is_not_published() -> None:
    row, people, who = cleared_round()
    confirmed(row, who)
    Recognition.objects.filter(nomination=people[0]).update(affiliations=["别的单位主任"])
    with pytest.raises(ListMismatch, match="摘要"), clock.frozen(DAY):
        actions.publish(row, by=who["publisher"])


def test_a_list_that_is_not_the_decided_one_is_not_published() -> None:
    row, people, who = cleared_round()
    confirmed(row, who)
    people[0].nominee.name = "秦云"
    people[0].nominee.save()
    with pytest.raises(ListMismatch, match="摘要"), clock.frozen(DAY):
        actions.publish(row, by=who["publisher"])


def test_an_objection_in_time_and_undecided_keeps_one_back_and_the_others_go_on() -> None:
    row, people, who = cleared_round()
    objection(people[1], "lodged")
    objection(people[0], "dismissed")
    objection(people[0], "lodged", kind="complaint")
    confirmed(row, who)
    states = [Nomination.objects.get(pk=person.pk).state for person in people]
    assert states == ["recognised", "cleared"]
    with clock.frozen(DAY):
        assert actions.publish(row, by=who["publisher"]).state == "published"


def test_a_round_with_somebody_kept_back_is_not_archived() -> None:
    row, people, who = cleared_round()
    objection(people[1], "admitted")
    confirmed(row, who)
    with clock.frozen(DAY):
        actions.publish(row, by=who["publisher"])
        with pytest.raises(StepRefused) as refused:
            rounds.archive(row, by=who["manager"])
    assert refused.value.code == "candidates_pending"


def test_a_held_candidate_does_not_hold_up_the_result_and_is_decided_after_it() -> None:
    row, people, who = cleared_round()
    objection(people[1], "admitted")
    confirmed(row, who)
    with clock.frozen(DAY):
        actions.publish(row, by=who["publisher"])
    people[1].objections.update(state="dismissed")
    confirmed(row, who, serial=6)
    assert Nomination.objects.get(pk=people[1].pk).state == "recognised"


# Minuted exceptions, supplements and what lapses

WHY = "另有事项需进一步核实，会议决定暂不列入。"


def with_exception(
    row: Round, out: Nomination, who: dict[str, Any], reason: str = WHY, serial: int = 5
) -> Any:
    with clock.frozen(DAY):
        return actions.draft(
            row, by=who["manager"], serial=serial, title="关于公布名单的通知", minute_number="〔2026〕13号",
            exceptions=[actions.Exempt(out, reason)],
        )  # fmt: skip


def test_the_list_decided_is_the_cleared_minus_the_minuted_exceptions() -> None:
    row, people, who = cleared_round(("秦芸", "沈雨晴", "陆沐言"))
    made = with_exception(row, people[1], who)
    with clock.frozen(DAY):
        made = actions.confirm(made, by=who["leader"])
    assert made.list_digest == list_digest(row, [people[0], people[2]]) == made.drafted_digest
    assert [r.name_key for r in Recognition.objects.order_by("ordinal")] == ["秦芸", "陆沐言"]
    payload = json.loads(Entry.objects.get(kind="determination.confirm").payload)
    assert payload["digest"] == made.list_digest
    assert payload["exceptions"] == [{"code": people[1].code, "reason": WHY, "minute_number": "〔2026〕13号"}]
    with clock.frozen(DAY):  # an exception does not keep the others from being published
        assert actions.publish(row, by=who["publisher"]).state == "published"


@pytest.mark.parametrize(
    ("reason", "code"), [("太短的理由", "reason_required"), (" " * 12, "reason_required")]
)
def test_an_exception_without_its_reason_is_refused(reason: str, code: str) -> None:
    row, people, who = cleared_round()
    with pytest.raises(StepRefused) as refused:
        with_exception(row, people[1], who, reason)
    assert refused.value.code == code and not row.determinations.exists()


def test_only_somebody_who_would_be_recognised_can_be_left_out() -> None:
    row, people, who = cleared_round()
    objection(people[1], "lodged")
    with pytest.raises(StepRefused) as refused:
        with_exception(row, people[1], who)
    assert refused.value.code == "not_cleared"


def test_an_exception_of_everybody_decides_nothing() -> None:
    row, people, who = cleared_round(("秦芸",))
    made = with_exception(row, people[0], who)
    with pytest.raises(StepRefused) as refused, clock.frozen(DAY):
        actions.confirm(made, by=who["leader"])
    assert refused.value.code == "nobody_cleared"


def test_a_supplement_is_not_public_before_a_publisher_publishes_it(client: Any) -> None:
    row, people, who = cleared_round()
    confirmed_but(row, people[1], who)
    made = drafted(row, who, 6)
    pages = [f"/results/{row.code}/", "/roll", "/certificate?number=领军〔2026〕002"]
    with clock.frozen(DAY):
        made = actions.confirm(made, by=who["leader"])
        shown = "".join(client.get(page).content.decode() for page in pages)
        assert "秦" in shown and "沈雨晴" not in shown and "〔2026〕6号" not in shown
        assert [r.name_key for r in public_recognitions()] == ["秦芸"]
        assert public_rounds().get(pk=row.pk).people == 1
        with pytest.raises(NotPermitted):
            actions.publish_supplement(made, by=who["manager"])
        with pytest.raises(StepRefused) as refused:
            rounds.archive(row, by=who["manager"])
        assert refused.value.code == "decision_not_published"
        actions.publish_supplement(made, by=who["publisher"])
        cache.clear()
        shown = "".join(client.get(page).content.decode() for page in pages)
        assert shown.count("沈雨晴") >= 3 and "〔2026〕6号" in shown
        with pytest.raises(StepRefused) as again:
            actions.publish_supplement(made, by=who["publisher"])
    assert again.value.code == "published_already"


def confirmed_but(row: Round, out: Nomination, who: dict[str, Any]) -> None:
    """Decided and published without one, who was excepted."""
    made = with_exception(row, out, who)
    with clock.frozen(DAY):
        actions.confirm(made, by=who["leader"])
        actions.publish(row, by=who["publisher"])


def test_a_decision_is_published_with_its_round_and_not_by_itself_before() -> None:
    row, _people, who = cleared_round()
    made = confirmed(row, who)
    with clock.frozen(DAY):
        with pytest.raises(StepRefused) as refused:
            actions.publish_supplement(made, by=who["publisher"])
        assert refused.value.code == "round_not_published"
        actions.publish(row, by=who["publisher"])
    made.refresh_from_db()
    assert made.published_on == DAY.date()


def test_whoever_was_left_out_follows_or_lapses() -> None:
    row, people, who = cleared_round()
    with pytest.raises(StepRefused) as refused, clock.frozen(DAY):
        actions.lapse(people[1], by=who["leader"], reason=WHY)
    assert refused.value.code == "not_left_behind"
    confirmed_but(row, people[1], who)
    with clock.frozen(DAY):
        assert actions.lapse(people[1], by=who["leader"], reason=WHY).state == "not_selected"
    assert not public_recognitions().filter(name_key="沈雨晴").exists()


def test_a_list_that_changed_since_the_draft_is_said_to_have_changed() -> None:
    row, people, who = cleared_round()
    made = drafted(row, who)
    objection(people[1], "lodged")
    with clock.frozen(DAY):
        actions.confirm(made, by=who["leader"])
    payload = json.loads(Entry.objects.get(kind="determination.confirm").payload)
    assert payload["changed_since_draft"] is True
