"""The pages of the places and of the order of nominees."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from selection.actions import board, nomination
from selection.models import Nomination
from tests import factories
from workflow import clock, ledger

pytestmark = pytest.mark.django_db

PAGE = reverse("quota_list")


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def text(response):
    return response.content.decode()


def signed_in(client, *roles, organisation=None):
    person = factories.user(*roles, organisation=organisation)
    client.force_login(person)
    return person


def a_round(*names):
    """A round with places for each city named; the cities."""
    round_ = factories.round_()
    cities = [factories.organisation("city", name=f"{name}市民政局", area=f"{name}市") for name in names]
    for city in cities:
        factories.quota(round_, city, 3)
    return round_, cities


def nominee_of(round_, city, **given):
    orgs = {**factories.tree(), "city": city}
    return factories.nomination("nominated", round=round_, orgs=orgs, **given)


def account(response):
    """The one line of the table: granted, used, returned, left."""
    row = next(row[0] for row in response.context["rows"])
    return (row.places, row.used, row.returned, row.left)


# who sees what


@pytest.mark.parametrize("role", ["reviewer", "manager", "leader", "supervisor", "audit_admin"])
def test_the_province_reads_the_account_of_every_nominator(client, role):
    round_, cities = a_round("杭州", "宁波")
    nominee_of(round_, cities[0])
    signed_in(client, role)
    found = text(client.get(PAGE))
    assert "杭州市民政局" in found
    assert "宁波市民政局" in found
    assert "名额6个，已用1个，释放0个，剩余5个" in found
    assert "替换人选" not in found


def test_an_office_reads_its_own_account_and_no_other(client):
    round_, cities = a_round("杭州", "宁波")
    ours, theirs = (
        nominee_of(round_, cities[0]),
        nominee_of(round_, cities[1], nominee=factories.nominee("陶然")),
    )
    signed_in(client, "bureau_officer", organisation=cities[0])
    found = text(client.get(PAGE))
    assert ours.nominee.name in found
    assert "名额3个，已用1个，释放0个，剩余2个" in found
    for word in ("宁波", theirs.nominee.name, theirs.code):
        assert word not in found


@pytest.mark.parametrize("role", ["unit_clerk", "expert", "studio_lead", "system_admin", "security_admin"])
def test_for_others_there_is_no_such_page(client, role):
    _round, cities = a_round("杭州")
    signed_in(client, role, organisation=cities[0])
    assert client.get(PAGE).status_code == 404


# the account


def test_a_place_that_came_back_stands_under_returned(client):
    round_, cities = a_round("杭州")
    row = nominee_of(round_, cities[0])
    officer = signed_in(client, "bureau_officer", organisation=cities[0])
    nomination.withdraw(row, by=officer, reason="本人因工作调动放弃申报。")
    page = client.get(PAGE)
    assert account(page) == (3, 0, 1, 3)
    assert "名额已释放" in text(page)


def test_a_place_given_up_after_the_closing_is_used_all_the_same(client):
    round_, cities = a_round("杭州")
    row = nominee_of(round_, cities[0])
    officer = signed_in(client, "bureau_officer", organisation=cities[0])
    with clock.frozen(factories.CLOSES_AT):
        nomination.withdraw(row, by=officer, reason="本人因工作调动放弃申报。")
    assert account(client.get(PAGE)) == (3, 1, 0, 2)


def test_the_list_is_narrowed_by_round_and_by_what_is_left(client):
    round_, (first, _second) = a_round("杭州", "宁波")
    for _ in range(3):
        nominee_of(round_, first)
    _other, _cities = a_round("温州")
    signed_in(client, "manager")
    names = {
        "": {"杭州", "宁波", "温州"}, f"round={round_.code}": {"杭州", "宁波"}, "full=used": {"杭州"},
        f"full=left&round={round_.code}": {"宁波"}, "round=nothing": set(), "full=x": {"杭州", "宁波", "温州"},
    }  # fmt: skip
    for query, wanted in names.items():
        rows = client.get(f"{PAGE}?{query}").context["rows"]
        assert {quota.nominator.area.removesuffix("市") for quota, _board in rows} == wanted, query
    assert "差额比0.30∶1" in text(client.get(f"{PAGE}?round={round_.code}"))  # 6 nominees for a ceiling of 20


def test_the_newest_round_comes_first(client):
    rounds = [a_round(name)[0] for name in ("杭州", "宁波", "温州")]
    signed_in(client, "manager")
    rows = client.get(PAGE).context["rows"]
    assert [quota.round for quota, _board in rows] == rounds[::-1]


def test_the_list_has_pages(client):
    a_round(*(f"{n}号" for n in range(27)))
    signed_in(client, "manager")
    assert len(client.get(PAGE).context["rows"]) == 25
    assert len(client.get(f"{PAGE}?page=2").context["rows"]) == 2
    assert "名额81个" in text(client.get(f"{PAGE}?page=2"))


@pytest.mark.parametrize("role", ["manager", "bureau_officer"])
def test_the_page_costs_the_same_for_one_and_three(client, role):
    round_, cities = a_round("杭州")
    signed_in(client, role, organisation=cities[0])

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(PAGE).status_code == 200
        return len(found)

    nominee_of(round_, cities[0])
    client.get(PAGE)
    first = cost()
    for name in ("宁波", "温州"):
        city = factories.organisation("city", name=f"{name}市民政局")
        factories.quota(round_, city, 1)
        nominee_of(round_, city)
        nominee_of(round_, cities[0])
    assert cost() == first <= 20


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (date(2026, 8, 31), "任期已于2026-08-31届满"),
        (date(2026, 9, 1), "任期将于2026-09-01届满"),
        (date(2026, 10, 31), "任期将于2026-10-31届满"),
        (date(2026, 11, 1), "任期至2026-11-01"),
    ],
)
def test_the_board_of_a_federation_is_shown_with_its_places(client, until, words):
    federation, round_ = factories.organisation("federation", name="浙江省社会工作联合会"), factories.round_()
    factories.quota(round_, federation, 1)
    manager = signed_in(client, "manager")
    assert "未登记任期" in text(client.get(PAGE))
    seats = [{"role": "会长", "name": "高远"}]
    board.record(
        federation,
        by=manager,
        ordinal=1,
        since=date(2021, 1, 1),
        until=until,
        document="决议",
        officers=seats,
    )
    assert words in text(client.get(PAGE))


# one for another


def test_an_officer_replaces_a_nominee_on_a_page(client):
    round_, cities = a_round("杭州")
    out = nominee_of(round_, cities[0])
    orgs = {**factories.tree(), "city": cities[0]}
    waiting = factories.nomination(
        "nominator_review", round=round_, orgs=orgs, nominee=factories.nominee("陶然")
    )
    elsewhere = factories.nomination("nominator_review", round=round_, nominee=factories.nominee("高远"))
    signed_in(client, "bureau_officer", organisation=cities[0])
    page = reverse("step", args=["nominations", out.pk, "substitute"])
    assert page in text(client.get(PAGE))
    shown = text(client.get(page))
    assert "陶然" in shown
    assert "高远" not in shown
    typed = {
        "successor": waiting.pk,
        "reason": "本人因工作调动放弃申报。",
        "opinion": "同意。",
        "background": "无。",
    }
    missing = client.post(page, typed)
    assert missing.status_code == 422
    assert "尚未核对：身份证、社会工作者职业资格证书、从业证明、单位公示证明" in text(missing)
    assert client.post(page, {**typed, "successor": elsewhere.pk}).status_code == 422
    seen = ["id", "certificate", "practice", "unit_notice"]
    assert client.post(page, {**typed, "originals": seen}).status_code == 302
    states = dict(Nomination.objects.values_list("pk", "state"))
    assert (states[out.pk], states[waiting.pk]) == ("withdrawn", "nominated")


# the order


def ranked(round_, city):
    return [
        nominee_of(round_, city, rank_in_nominator=rank, nominee=factories.nominee(f"人选{rank}号"))
        for rank in (1, 2, 3)
    ]


def test_the_order_is_typed_on_a_page_that_offers_buttons_keys_and_handles(client):
    round_, cities = a_round("杭州")
    rows = ranked(round_, cities[0])
    signed_in(client, "bureau_officer", organisation=cities[0])
    page = reverse("nomination_rank")
    shown = text(client.get(page))
    assert shown.count("data-move=") == 6
    assert shown.count("data-handle") == 3
    assert "lingxuan/rank.js" in shown
    typed = {f"rank_{row.pk}": place for row, place in zip(rows, (3, 1, 2), strict=True)}
    assert client.post(page, typed).status_code == 302
    assert [Nomination.objects.get(pk=row.pk).rank_in_nominator for row in rows] == [3, 1, 2]
    assert ledger.entries_of(round_).get().kind == "round.reorder"


def test_two_open_rounds_are_ordered_each_on_its_own(client):
    older, cities = a_round("杭州")
    newer = factories.round_()
    factories.quota(newer, cities[0], 3)
    ranked(older, cities[0])
    signed_in(client, "bureau_officer", organisation=cities[0])
    page = reverse("nomination_rank")
    assert client.get(page).context["round"] == newer
    assert client.get(f"{page}?round={older.code}").context["round"] == older
    assert client.get(f"{page}?round=nothing").status_code == 404


def test_the_api_has_the_same_account(client):
    from datetime import timedelta

    from accounts.models import ApiToken

    round_, cities = a_round("杭州", "宁波")
    nominee_of(round_, cities[0])
    person, token = factories.user("bureau_officer", organisation=cities[0]), ApiToken.new_token()
    ends = factories.NOON + timedelta(days=1)
    ApiToken.objects.create(user=person, digest=ApiToken.digest_of(token), expires_at=ends)
    found = client.get("/api/v1/quotas", HTTP_AUTHORIZATION=f"Bearer {token}").json()
    assert found["count"] == 1
    [line] = found["items"]
    assert (line["granted"], line["used"], line["returned"], line["left"]) == (3, 1, 0, 2)
    assert (line["nominator"]["name"], line["board_until"]) == ("杭州市民政局", None)
