"""What a form lets through, its column holds: PostgreSQL refuses what is longer."""

import pytest

from selection.actions import notice, qualification
from selection.forms.panel import RecuseForm
from selection.forms.scoring import VoidForm
from selection.models import Nomination, NoticeEntry
from studios.actions import grant
from studios.errors import NumberTaken
from tests import factories
from tests.selection import stage as stages
from workflow import clock

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("form", [RecuseForm, VoidForm])
def test_a_reason_longer_than_its_column_is_named_at_its_field(form):
    sent = form({"reason": "同单位。" * 80}, obj=None, actor=None)
    assert list(sent.errors) == ["reason"]
    assert form({"reason": "近三年曾同单位。" * 4}, obj=None, actor=None).is_valid()


def test_two_long_reasons_make_one_that_fits():
    stage = stages.screening()
    with clock.frozen(stages.SCREENING):
        for person in stage.reviewers:
            review = qualification.start(stage.nominations[0], by=person)
            qualification.conclude(
                review, by=person, verdict="disqualified", reason=person.name + "年限不足。" * 330,
                findings=stages.findings(stage.nominations[0], E05="fail"),
            )  # fmt: skip
    row = Nomination.objects.get(pk=stage.nominations[0].pk)
    assert (row.state, len(row.reason)) == ("disqualified", Nomination._meta.get_field("reason").max_length)


def test_the_longest_affiliation_fits_into_the_notice():
    row, _people = factories.scored_round(["90.00"])
    who = factories.office()
    unit = factories.organisation(name="杭" * 120)
    longest = factories.nomination(
        "proposed",
        round=row,
        title="主" * 80,
        nominee=factories.nominee("长名"),
        orgs={**factories.tree(), "unit": unit},
    )
    longest.posts.create(position=2, unit="兼" * 120, title="任" * 80)
    row.proposals.create(minute_number="1", fixed_at=factories.NOON, fixed_by=who["leader"])
    with clock.frozen(factories.NOON):
        notice.compose(row, by=who["manager"], title="公示", body="现予公示。", contact="处室", order="rank")
    longest = NoticeEntry._meta.get_field("affiliation").max_length
    assert max(len(entry.affiliation) for entry in NoticeEntry.objects.all()) <= longest


@pytest.mark.parametrize("voucher", ["㍿" * 60, "\u3000", " "])
def test_a_voucher_number_is_measured_as_it_is_kept(voucher):
    first = factories.instalment("approved")
    with pytest.raises(NumberTaken), clock.frozen(factories.NOON):
        grant.pay(first, by=factories.user("finance"), voucher=voucher)
