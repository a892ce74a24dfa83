"""The office's pages of the integrity register."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from selection.models import Bar
from tests import factories
from workflow import clock, ledger

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.mark.parametrize("rows", [1, 3])
def test_the_register_takes_the_same_statements_whatever_its_length(
    client, rows, django_assert_max_num_queries
):
    for _n in range(rows):
        factories.bar(factories.nominee())
    client.force_login(factories.user("manager"))
    client.get(reverse("bar_list"))
    with django_assert_max_num_queries(12):
        page = client.get(reverse("bar_list")).content.decode()
    assert page.count("浙民罚〔2026〕3号") == rows
    assert f"在册{rows}条" in page


def test_the_register_is_narrowed_and_exported_as_it_is_narrowed(client):
    factories.bar(factories.nominee("秦芸"))
    factories.bar(factories.nominee("沈雨晴"), ground="ethics")
    client.force_login(factories.user("supervisor"))
    page = client.get(reverse("bar_list"), {"q": "秦芸"}).content.decode()
    assert "秦芸" in page and "沈雨晴" not in page
    answer = client.get(reverse("bar_export"), {"ground": "ethics"})
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert [row[0] for row in rows[1:]] == ["沈雨晴"]
    assert ledger.Entry.objects.filter(kind="bar.exported").count() == 1


def test_the_office_enters_a_person_and_the_number_is_not_shown_again(client):
    number = factories.id_number()
    client.force_login(factories.user("manager"))
    given = {
        "capacity": "expert", "subject_name": "周临", "id_number": number, "ground": "leak", "years": "2",
        "from_on": "2026-09-01", "source": "breach", "document_number": "浙民纪〔2026〕7号",
    }  # fmt: skip
    assert client.post(reverse("bar_new"), {**given, "years": "4"}).status_code == 422
    answer = client.post(reverse("bar_new"), given)
    made = Bar.objects.get()
    assert answer.headers["Location"] == reverse("bar_detail", args=[made.pk])
    page = client.get(answer.headers["Location"]).content.decode()
    assert "周临" in page and number not in page and "泄露评审信息" in page


def test_the_office_enters_an_organisation(client):
    city = factories.organisation("city")
    client.force_login(factories.user("leader"))
    given = {
        "capacity": "nominator", "organisation": city.pk, "ground": "negligence", "years": "1",
        "from_on": "2026-09-01", "source": "objection", "document_number": "浙民函〔2026〕9号",
    }  # fmt: skip
    assert client.post(reverse("bar_new"), given).status_code == 302
    assert Bar.objects.get().organisation == city


def test_the_leader_lifts_a_bar_on_its_page(client):
    found = factories.bar(factories.nominee())
    client.force_login(factories.user("leader"))
    assert "解除限制" in client.get(reverse("bar_detail", args=[found.pk])).content.decode()
    client.post(
        reverse("step", args=["bars", found.pk, "lift"]), {"reason": "复核查明事实不成立，予以解除。"}
    )
    assert Bar.objects.get().state == "lifted"


@pytest.mark.parametrize(
    "role", ["bureau_officer", "unit_clerk", "expert", "finance", "reviewer", "publisher"]
)
def test_nobody_else_finds_the_register(client, role):
    found = factories.bar(factories.nominee())
    client.force_login(factories.user(role))
    for page in (
        reverse("bar_list"),
        reverse("bar_new"),
        reverse("bar_export"),
        reverse("bar_detail", args=[found.pk]),
    ):
        assert client.get(page).status_code == 404


def test_a_supervisor_reads_but_enters_nothing(client):
    client.force_login(factories.user("supervisor"))
    assert client.get(reverse("bar_list")).status_code == 200
    assert client.get(reverse("bar_new")).status_code == 404


def test_the_expert_pool_says_until_when(client):
    expert = factories.expert(id_hash="ab" * 32)
    factories.bar(expert)
    client.force_login(factories.user("manager"))
    assert "列入诚信名册至2029-08-01" in client.get(reverse("expert_list")).content.decode()
    page = client.get(reverse("expert_detail", args=[expert.pk])).content.decode()
    assert "诚信限制" in page and "弄虚作假" in page
    assert expert.code in client.get(reverse("expert_list"), {"standing": "barred"}).content.decode()


def test_a_revocation_under_way_says_what_will_follow(client):
    row = factories.revocation(factories.recognition().nomination)
    client.force_login(factories.user("leader"))
    page = client.get(reverse("revocation_detail", args=[row.pk])).content.decode()
    assert "列入诚信名册3年" in page and reverse("exit_list") in page
