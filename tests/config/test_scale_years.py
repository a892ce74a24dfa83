"""Years of work for studios, copied inside the database: as many rows as asked for, valid, and counted as kept."""

import pytest

from config import invariants, scale, scale_years
from studios.models import Activity, ActivityPerson, Expense, Studio
from studios.queries import month

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_every_studio_has_its_rows_and_the_months_are_kept():
    scale.fill(rounds=0, nominations=0, experts=0, studios=3)
    studios = list(Studio.objects.order_by("pk"))
    scale_years.fill_years(studios, activities=24, expenses=10)
    assert Activity.objects.count() == 72
    assert Expense.objects.count() == 30
    assert (
        ActivityPerson.objects.count()
        == 3 * len(scale_years.MENTEES) * studios[0].activities.filter(kind="supervision").count()
    )
    for studio in studios:
        assert set(studio.activities.filter(group__isnull=False).values_list("group__studio", flat=True)) == {
            studio.pk
        }
    assert month.differing() == {}
    assert invariants.broken() == []
