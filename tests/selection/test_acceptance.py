"""The acceptance scenarios of nomination, each by action, page and API: closing time, last place, what others may not
see, a federation whose board's term is over, a name with a space in it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import ApiToken, User
from selection.actions import board
from selection.actions import nomination as actions
from selection.models import Nomination, Quota
from selection.queries.round import quotas_with_use
from tests import factories
from tests.selection.test_quota_rush import rushed
from workflow import clock, collections, ledger
from workflow.clock import ZONE
from workflow.errors import Refused
from workflow.machine import subject_of
from workflow.models import Entry

pytestmark = pytest.mark.django_db

CLOSING = factories.CLOSES_AT  # 17:30:00
SECOND = timedelta(seconds=1)
ORIGINALS = ["id", "certificate", "practice", "unit_notice"]
OPINIONS = {"rank": 1, "opinion": "同意推荐。", "background": "无不良记录。", "originals": ORIGINALS}

# step: the state before and after, the office that takes it, what it is given
STEPS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "submit": ("draft", "county_review", "unit", {}),
    "endorse": (
        "county_review",
        "nominator_review",
        "county",
        {"opinion": "同意上报。", "originals": ORIGINALS},
    ),
    "nominate": ("nominator_review", "nominated", "city", OPINIONS),
}


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(factories.NOON):
        yield


def text(response: Any) -> str:
    return str(response.content.decode())


def bearer(person: User) -> dict[str, str]:
    token = ApiToken.new_token()
    ends = CLOSING + timedelta(days=90)
    ApiToken.objects.create(user=person, digest=ApiToken.digest_of(token), expires_at=ends)
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


# Three doors to one step: each says what became of it -------------------------------------------------------------


def by_action(client: Any, person: User, row: Nomination, step: str, given: dict[str, Any]) -> str:
    try:
        getattr(actions, step)(row, by=person, **given)
    except Refused as refusal:
        return refusal.code
    return "done"


def by_page(client: Any, person: User, row: Nomination, step: str, given: dict[str, Any]) -> str:
    client.force_login(person)
    answer = client.post(reverse("step", args=["nominations", row.pk, step]), given)
    if answer.status_code == 302:
        return "done"
    assert answer.status_code == 409, text(answer)
    last = ledger.entries_of(row).latest("seq")
    said = json.loads(last.payload)
    assert said["sentence"] in text(answer)
    return str(said["code"])


def by_api(client: Any, person: User, row: Nomination, step: str, given: dict[str, Any]) -> str:
    answer = client.post(
        f"/api/v1/nominations/{row.pk}/steps/{step}", json.dumps(given), content_type="application/json",
        **bearer(person),
    )  # fmt: skip
    if answer.status_code == 200:
        return "done"
    assert answer.status_code == 409, text(answer)
    return str(answer.json()["code"])


DOORS: dict[str, Callable[..., str]] = {"action": by_action, "page": by_page, "api": by_api}


def used_of(round_: Any) -> list[tuple[int, int, int]]:
    rows: Any = quotas_with_use(Quota.objects.filter(round=round_))
    return [(row.places, row.used, row.left) for row in rows]


# 1. Closing time --------------------------------------------------------------------------------------------------


def before_the_step(step: str) -> tuple[Nomination, User]:
    """A dossier that waits for this step, and who takes it."""
    state, _after, office, _given = STEPS[step]
    orgs, round_ = factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], 2)
    row = factories.nomination(state, round=round_, orgs=orgs)
    return row, factories.user(
        "unit_clerk" if office == "unit" else "bureau_officer", organisation=orgs[office]
    )


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("late", [-1, 0, 1])
def test_1_at_the_closing_second_it_is_too_late(client: Any, step: str, door: str, late: int) -> None:
    row, person = before_the_step(step)
    state, after, _office, given = STEPS[step]
    with clock.frozen(CLOSING + late * SECOND):
        outcome = DOORS[door](client, person, row, step, given)
    row.refresh_from_db()
    [entry] = ledger.entries_of(row)
    if late < 0:
        assert (outcome, row.state, entry.kind) == ("done", after, f"nomination.{step}")
        assert used_of(row.round) == [(2, int(step == "nominate"), 2 - int(step == "nominate"))]
        return
    assert (outcome, row.state, row.nominated_at) == ("outside_window", state, None)
    assert used_of(row.round) == [(2, 0, 2)]  # the quota is untouched
    assert (entry.kind, entry.actor_name, entry.at) == ("refused", person.name, CLOSING + late * SECOND)
    said = json.loads(entry.payload)
    assert (said["step"], said["code"]) == (step, "outside_window")
    assert f"17:30:0{late}" in said["sentence"]


# 2. The last place ------------------------------------------------------------------------------------------------


@pytest.mark.own_process
def test_2_of_two_officers_who_reach_for_the_last_place_one_gets_it(tmp_path: Path) -> None:
    """Both at once, in two processes over one file; on PostgreSQL see the races."""
    [outcome] = rushed(tmp_path / "last.sqlite3", "1:2")
    assert outcome == Counter(won=1, quota_exceeded=1)


@pytest.mark.parametrize("door", DOORS)
def test_2_the_second_of_two_is_told_that_the_places_are_used(client: Any, door: str) -> None:
    orgs, round_ = factories.tree(), factories.round_()
    factories.quota(round_, orgs["city"], 1)
    first, second = (factories.nomination("nominator_review", round=round_, orgs=orgs) for _ in range(2))
    one, other = (factories.user("bureau_officer", organisation=orgs["city"]) for _ in range(2))
    assert DOORS[door](client, one, first, "nominate", OPINIONS) == "done"
    assert DOORS[door](client, other, second, "nominate", {**OPINIONS, "rank": 2}) == "quota_exceeded"
    assert used_of(round_) == [(1, 1, 0)]
    assert [entry.kind for entry in ledger.entries_of(second)] == ["refused"]


# 14. What others may not see --------------------------------------------------------------------------------------

Route = tuple[str, tuple[str, ...]]
REACHES_NOBODY = {302, 401, 403, 404, 405}


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Every address of the site as it is written, with its view."""
    for pattern in patterns:
        written = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, written)
        elif isinstance(pattern, URLPattern):
            yield written, pattern.callback


def filled(written: str, numbers: int, words: dict[str, str]) -> str:
    """An address with its places filled: numbers with a row's id, words by their names."""

    def value(found: re.Match[str]) -> str:
        kind, name = found.group(1), found.group(2)
        return words.get(name, "x") if kind not in ("int:", "uuid:") else words.get(name, str(numbers))

    return "/" + re.sub(r"<(\w+:)?(\w+)>", value, written).replace("^", "").replace("$", "")


@pytest.fixture
def secrets() -> dict[str, Any]:
    """One thing of each kind that is nobody's business: a dossier with a file, a score sheet, a drafted notice."""
    row = factories.nomination("nominated", nominee=factories.nominee("沈雨晴"))
    file = factories.attachment(row, "id")
    notice = factories.public_notice(row.round, [row])
    return {"nomination": row, "file": file, "notice": notice}


def private_routes() -> list[str]:
    """Addresses that name something and ask for an account."""
    found = []
    for written, view in routes(get_resolver().url_patterns):
        named = "<" in written and "(?P" not in written
        if named and getattr(view, "login_required", True) and not written.startswith(("static", "admin")):
            found.append(written)
    return found


def test_14_an_anonymous_visitor_reaches_nothing_internal_and_learns_of_nothing(
    client: Any, secrets: dict[str, Any]
) -> None:
    row, file = secrets["nomination"], secrets["file"]
    real = {
        "key": str(file.key),
        "code": row.round.code,
        "collection": "nominations",
        "name": "nominate",
        "section": "unit",
    }
    made_up = {**real, "key": str(uuid4()), "code": "nothing"}
    addresses = private_routes()
    assert len(addresses) > 60
    for written in addresses:
        there = client.get(filled(written, row.pk, real))
        missing = client.get(filled(written, 987654, made_up))
        assert there.status_code == missing.status_code, written
        assert there.status_code in REACHES_NOBODY, written
        for secret in (row.nominee.name, row.code, row.unit.name):
            assert secret not in text(there), written
        if there.status_code == 302:
            assert there.headers["Location"].startswith(reverse("sign_in")), written


@pytest.mark.parametrize("method", ["get", "post"])
def test_14_what_is_open_to_all_shows_no_draft_and_takes_nothing(
    client: Any, secrets: dict[str, Any], method: str
) -> None:
    for written, view in routes(get_resolver().url_patterns):
        if "<int:pk>" in written and not getattr(view, "login_required", True):
            there, missing = (
                getattr(client, method)(filled(written, pk, {"section": "unit"}))
                for pk in (secrets["notice"].pk, 987654)
            )
            assert there.status_code == missing.status_code, written
            assert there.status_code in REACHES_NOBODY, written
            assert secrets["nomination"].nominee.name not in text(there), written


def test_14_without_a_token_the_api_says_nothing(client: Any, secrets: dict[str, Any]) -> None:
    for collection in collections.all_collections():
        for path in ("", f"/{secrets['nomination'].pk}", "/987654"):
            answer = client.get(f"/api/v1/{collection.name}{path}")
            assert answer.status_code == 401, collection.name
            assert secrets["nomination"].nominee.name not in text(answer)


def test_14_one_city_reaches_nothing_of_another(client: Any, secrets: dict[str, Any]) -> None:
    row, file = secrets["nomination"], secrets["file"]
    stranger = factories.user("bureau_officer", organisation=factories.tree()["city"])
    client.force_login(stranger)
    words = {"section": "unit", "collection": "nominations", "name": "nominate"}
    ours = [
        written
        for written in private_routes()
        if written.startswith(("nominations/", "attachments/", "steps/"))
    ]
    assert len(ours) > 10
    for written in ours:
        there = client.get(filled(written, row.pk, {**words, "key": str(file.key)}))
        missing = client.get(filled(written, 987654, {**words, "key": str(uuid4())}))
        assert there.status_code == missing.status_code, written
        assert there.status_code in (404, 405), written
        assert row.nominee.name not in text(there), written


def test_14_one_city_finds_nothing_of_another_over_the_api(client: Any, secrets: dict[str, Any]) -> None:
    row = secrets["nomination"]
    stranger = factories.user("bureau_officer", organisation=factories.tree()["city"])
    header = bearer(stranger)
    for path in (f"nominations/{row.pk}", f"nominations/{row.pk}/steps"):
        there, missing = (
            client.get(f"/api/v1/{p}", **header) for p in (path, path.replace(str(row.pk), "987654"))
        )
        assert (there.status_code, text(there)) == (404, text(missing))
    for step in ("nominate", "substitute", "withdraw", "decline"):
        sent = {"data": "{}", "content_type": "application/json", **header}
        assert client.post(f"/api/v1/nominations/{row.pk}/steps/{step}", **sent).status_code == 404
    for name in ("nominations", "quotas"):
        assert client.get(f"/api/v1/{name}", **header).json()["count"] == 0
    row.refresh_from_db()
    assert row.state == "nominated"


def test_14_a_second_route_is_refused_without_telling_what_another_city_has(client: Any) -> None:
    round_, number = factories.round_(), factories.id_number()
    theirs = factories.nomination(
        "nominated",
        round=round_,
        nominee=factories.nominee("沈雨晴", id_number=number),
        submitted_at=factories.NOON,
    )
    ours = factories.tree()
    clerk = factories.user("unit_clerk", organisation=ours["unit"])
    told = []
    for state in ("draft", "county_review", "nominated", "disqualified"):
        Nomination.objects.filter(pk=theirs.pk).update(state=state)
        with pytest.raises(Refused) as refusal:
            actions.create(round_, by=clerk, name="沈雨晴", id_number=number, route="county")
        told.append((refusal.value.code, str(refusal.value)))
    assert len(set(told)) == 1  # the same words, however far the other one is
    code, sentence = told[0]
    assert code == "second_route"
    for word in (theirs.code, theirs.unit.name, theirs.nominator.name, theirs.county.name, "已推荐", "草稿"):
        assert word not in sentence
    client.force_login(clerk)
    page = text(client.get(reverse("nomination_list")))
    assert theirs.code not in page
    assert Entry.objects.filter(kind="refused", subject=subject_of(round_)).count() == 4


# 20. A federation whose board's term is over ----------------------------------------------------------------------

LAST_SECOND = datetime(2026, 9, 30, 23, 59, 59, tzinfo=ZONE)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("over", [False, True])
def test_20_a_federation_nominates_only_while_its_board_is_in_term(
    client: Any, door: str, over: bool
) -> None:
    federation, round_ = factories.organisation("federation", name="浙江省社会工作联合会"), factories.round_()
    factories.quota(round_, federation, 1)
    board.record(
        federation, by=factories.user("manager"), ordinal=1, since=date(2021, 10, 1), until=date(2026, 9, 30),
        document="第一次会员代表大会决议", officers=[{"role": "会长", "name": "高远"}],
    )  # fmt: skip
    row = factories.nomination(
        "nominator_review",
        round=round_,
        route="direct",
        orgs={"unit": federation, "county": None, "city": federation},
    )
    officer = factories.user("bureau_officer", organisation=federation)
    with clock.frozen(LAST_SECOND + SECOND if over else LAST_SECOND):
        outcome = DOORS[door](client, officer, row, "nominate", OPINIONS)
    row.refresh_from_db()
    [entry] = ledger.entries_of(row)
    if over:
        assert (outcome, row.state, entry.kind) == ("board_term_expired", "nominator_review", "refused")
        assert "2026-09-30届满" in json.loads(entry.payload)["sentence"]
    else:
        assert (outcome, row.state, entry.kind) == ("done", "nominated", "nomination.nominate")
    assert used_of(round_) == [(1, int(not over), int(over))]


# 21. A name of two characters -------------------------------------------------------------------------------------


@pytest.mark.parametrize("printed", ["秦　芸", "秦芸", "秦 芸"])
@pytest.mark.parametrize("typed", ["秦芸", "秦　芸", "秦 芸", " 秦芸　"])
def test_21_a_name_is_found_once_with_and_without_the_space_inside(
    client: Any, printed: str, typed: str
) -> None:
    wanted = factories.nomination("nominated", nominee=factories.nominee(printed))
    factories.nomination("nominated", round=wanted.round, nominee=factories.nominee("秦云"))
    client.force_login(factories.user("reviewer"))
    found = client.get(reverse("nomination_list"), {"q": typed})
    assert found.context["page"].paginator.count == 1
    assert text(found).count(f'href="{reverse("nomination_detail", args=[wanted.pk])}"') == 1


def test_21_one_person_under_both_spellings_is_one_person() -> None:
    orgs, round_ = factories.tree(), factories.round_()
    clerk, number = factories.user("unit_clerk", organisation=orgs["unit"]), factories.id_number()
    actions.create(round_, by=clerk, name="秦　芸", id_number=number, route="county")
    with pytest.raises(Refused) as refusal:
        actions.create(round_, by=clerk, name="秦芸", id_number=number, route="city")
    assert refusal.value.code == "second_route"
