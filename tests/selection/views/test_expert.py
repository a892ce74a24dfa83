"""Pages of the pool: searched while typing, changed by the manager, kept true by the expert, asked before inviting."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from selection.actions import expert as actions
from selection.actions import expert_facts as facts
from selection.collections.expert import represent_expert, with_facts
from selection.models import Expert
from tests import factories
from workflow import clock, ledger
from workflow.models import Entry

pytestmark = pytest.mark.django_db
LIST, ME = "/office/experts/", "/panel/me/"
TODAY = factories.NOON.date()


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def manager(client):
    user = factories.user("manager")
    client.force_login(user)
    return user


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def person(manager, **given):
    unit = given.pop("unit", None) or factories.organisation("expert_unit", name="东海大学")
    given = {"name": "周教授", "category": "scholar", "field": "children", **given}
    return actions.add(
        by=manager, id_number=given.pop("id_number", factories.id_number()), unit=unit, **given
    )


def statements(client, url):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def full(expert, manager):
    """An expert about whom everything stands."""
    facts.add_unit(expert, by=manager, unit=factories.organisation(), starts_on=date(2020, 1, 1))
    facts.add_link(expert, by=manager, kind="mentor", person_name="王前辈", id_number=factories.id_number())
    facts.add_absence(expert, by=manager, starts_on=TODAY, ends_on=TODAY)
    actions.record_duty(expert, by=manager, round_name="市级评审", year=2024)
    factories.assignment(factories.nomination("in_review", round=factories.round_("review")), expert)


def test_the_list_is_narrowed_by_each_filter(client, manager):
    city = factories.organisation("city", area="宁波市")
    expert = person(manager, name="周教授", city=city, phone="13800001234")
    factories.expert("practice", name="吴主任", field="elderly")
    assert "周教授" in text(client.get(LIST)) and "吴主任" in text(client.get(LIST))
    for query in (
        "q=周", "q=东海", f"q={expert.code}", "q=宁波", "category=scholar", "field=children", f"city={city.code}",
        "standing=account", "q=周 东海",
    ):  # fmt: skip
        found = text(client.get(f"{LIST}?{query}"))
        assert "周教授" in found and "吴主任" not in found, query
    found = text(client.get(f"{LIST}?standing=serving"))
    assert "吴主任" in found and "周教授" not in found
    assert "13800001234" not in text(client.get(LIST))


def test_a_whole_identity_number_finds_its_person_and_a_part_of_it_nobody(client, manager):
    number = factories.id_number()
    person(manager, id_number=number)
    assert "周教授" in text(client.get(f"{LIST}?q={number}"))
    assert "周教授" not in text(client.get(f"{LIST}?q={number[:12]}"))


def test_searching_while_typing_gets_the_rows_alone_and_a_list_of_suggestions(client, manager):
    expert = person(manager)
    for _n in range(30):
        factories.expert(name="郑老师")
    part = text(client.get(f"{LIST}?q=周&part=rows"))
    assert "<html" not in part and "周教授" in part and "郑老师" not in part
    assert "part=rows" not in text(client.get(f"{LIST}?part=rows"))  # the pager leads to whole pages
    found = client.get("/office/experts/search?q=周").json()
    assert found["items"][0]["id"] == expert.pk and found["count"] == 1
    assert client.get("/office/experts/search").json()["count"] == 10


def test_the_pages_cost_the_same_for_one_and_three(client, manager):
    counts = []
    for _n in range(2):
        expert = factories.expert()
        for _m in range(1 + 2 * len(counts)):
            full(expert, manager)
        client.force_login(manager)
        found = [statements(client, LIST), statements(client, f"{LIST}{expert.pk}/")]
        client.force_login(expert.user)
        found.append(statements(client, ME))
        counts.append(found)
    assert counts[0] == counts[1] and max(counts[0]) <= 20, counts


def test_a_person_is_taken_in_corrected_and_disabled_on_pages(client, manager):
    unit, number = factories.organisation("expert_unit"), factories.id_number()
    sent = {
        "name": "周教授", "id_number": number, "unit": unit.name, "category": "scholar", "field": "children",
        "phone": "13800001234",
    }  # fmt: skip
    wrong = client.post(f"{LIST}new", {**sent, "id_number": "330106198503150011", "unit": "没有的单位"})
    assert wrong.status_code == 422 and "没有名称或代码为" in wrong.content.decode()
    answer = client.post(f"{LIST}new", sent)
    expert = Expert.objects.get()
    assert answer.url == f"{LIST}{expert.pk}/"
    again = client.post(f"{LIST}new", sent)
    assert again.status_code == 422 and "已在专家库中" in again.content.decode()
    shown = text(client.get(answer.url))
    assert number not in shown and "138****1234" in shown and "未开通账号" in shown
    edit = text(client.get(f"{answer.url}edit"))
    assert number not in edit and "13800001234" not in edit and "138****1234" in edit
    kept = {**sent, "id_number": "", "phone": "138****1234", "title": "教授"}
    assert client.post(f"{answer.url}edit", kept).status_code == 302
    expert.refresh_from_db()
    assert expert.phone == "13800001234" and expert.title == "教授" and expert.id_number == number
    client.post(f"{answer.url}standing", {"reason": "本人申请退出专家库。"})
    shown = text(client.get(answer.url))
    assert "已停用" in shown and "本人申请退出专家库" in shown and "职务职称：— → 教授" in shown


def test_a_unit_without_a_record_is_registered_with_its_code_on_the_form(client, manager):
    sent = {
        "name": "周教授", "id_number": factories.id_number(), "unit": "东海研究院", "category": "scholar",
        "field": "children", "unit_code": "91350100M000100Y4X",
    }  # fmt: skip
    assert client.post(f"{LIST}new", sent).status_code == 422
    assert client.post(f"{LIST}new", {**sent, "unit_code": "91350100M000100Y43"}).status_code == 302
    assert Expert.objects.get().unit.name == "东海研究院"


def test_the_security_administrator_sees_who_lacks_an_account_and_opens_it(client, manager):
    expert, other = person(manager), factories.expert(name="吴主任")
    security = factories.user("security_admin")
    client.force_login(security)
    assert "为专家开通账号" in text(client.get("/todo/"))
    found = text(client.get(f"{LIST}?standing=account"))
    assert "周教授" in found and "吴主任" not in found
    assert client.get(f"{LIST}{other.pk}/").status_code == 404
    assert "利害关系人" not in text(client.get(f"{LIST}{expert.pk}/"))
    url = f"{LIST}{expert.pk}/account"
    assert client.post(url, {"username": "zhou"}).status_code == 422
    assert client.post(url, {"username": "zhou", "email": "zhou@example.cn"}).status_code == 302
    expert.refresh_from_db()
    assert expert.user is not None and expert.user.holds("expert")
    client.force_login(manager)
    assert client.get(url).status_code == 403


def test_everything_about_an_expert_is_entered_and_ended_by_the_office(client, manager):
    expert, number = person(manager), factories.id_number()
    at = f"{LIST}{expert.pk}/"
    unit = factories.organisation("employer", name="杭州同心社工中心")
    sent = {"unit": unit.code, "capacity": "director", "starts_on": "2022-01-01", "post": "理事"}
    assert client.post(f"{at}unit/new", sent).status_code == 302
    link = {"kind": "co_author", "person_name": "李作者", "id_number": number, "since": "2024-05-01"}
    assert client.post(f"{at}link/new", link).status_code == 302
    assert (
        client.post(f"{at}absence/new", {"starts_on": "2026-10-01", "ends_on": "2026-10-31"}).status_code
        == 302
    )
    assert (
        client.post(
            f"{at}duty/new", {"round_name": "市级评审", "year": 2024, "sheets": 9, "late": 1}
        ).status_code
        == 302
    )
    assert client.post(f"{at}alias/new", {"id_number": "EA1234567", "note": "护照"}).status_code == 302
    shown = text(client.get(at))
    for words in ("杭州同心社工中心", "李作者", "按身份证号识别", "2026年10月31日", "市级评审", "护照"):
        assert words in shown, words
    assert number not in shown and "EA1234567" not in shown
    row = expert.links.get()
    assert client.post(f"{at}link/{row.pk}/end", {"on": "2026-08-31"}).status_code == 302
    assert "注明结束" in text(client.get(at))
    absence = expert.absences.get()
    assert client.post(f"{at}absence/{absence.pk}/end").status_code == 302 and not expert.absences.exists()
    assert client.get(f"{at}nothing/new").status_code == 404
    assert ledger.verify() == []


def test_an_expert_keeps_the_own_page_and_the_office_sees_it(client, manager):
    expert, other = factories.expert(), factories.expert()
    facts.add_link(expert, by=manager, kind="dispute", person_name="保密人")
    client.force_login(expert.user)
    assert "确认本人信息属实" in text(client.get("/todo/"))
    shown = text(client.get(ME))
    assert "保密人" not in shown and "尚未登记利害关系人" in shown
    unit = factories.organisation("employer", name="杭州同心社工中心")
    sent = {"unit": unit.code, "capacity": "employed", "starts_on": "2022-01-01"}
    assert client.post(f"{ME}unit/new", sent).status_code == 302
    row = expert.units.get()
    late = client.post(f"{ME}unit/{row.pk}/end", {"on": "2023-01-01"})
    assert late.status_code == 422 and "专班" in late.content.decode()
    assert client.post(f"{ME}unit/{row.pk}/end", {"on": TODAY.isoformat()}).status_code == 302
    assert "杭州同心社工中心" in text(client.get(ME))
    edited = {"phone": "13900005678", "title": "教授", "field": "children"}
    assert client.post(f"{ME}edit", edited).status_code == 302
    assert client.post(f"{ME}confirm").status_code == 302
    assert "确认本人信息属实" not in text(client.get("/todo/"))
    foreign = facts.add_absence(other, by=manager, starts_on=TODAY, ends_on=TODAY)
    assert client.post(f"{ME}absence/{foreign.pk}/end").status_code == 404
    assert client.get(LIST).status_code == 404
    client.force_login(manager)
    shown = text(client.get(f"{LIST}{expert.pk}/"))
    for words in ("结束任职经历", "本人填报", "手机号码：— → 139****5678", "专家确认信息属实", "保密人"):
        assert words in shown, words
    assert client.get(ME).status_code == 404


def test_conflicts_are_known_before_anybody_is_invited_and_nothing_is_kept(client, manager):
    round_ = factories.round_("screening")
    nomination = factories.nomination("qualified", round=round_)
    expert = person(manager)
    number = factories.id_number()
    facts.add_link(
        expert, by=manager, kind="mentor", person_name=nomination.nominee.name,
        id_number=nomination.nominee.id_number,
    )  # fmt: skip
    before = Entry.objects.count(), Expert.objects.count()
    people = f"{expert.code}\n王某，{number}，{nomination.unit.name}\n李某，{factories.id_number()}，东海大学"
    found = text(client.post(f"{LIST}check", {"round": round_.code, "people": people}))
    assert "3人，其中1人未发现须回避的情形" in found
    assert found.count(f"<b>{nomination.nominee.name}</b>") == 2
    assert (Entry.objects.count(), Expert.objects.count()) == before
    for bad in ("E999", "王某", "王某，330106198503150011", "王某，没有的单位"):
        answer = client.post(f"{LIST}check", {"round": round_.code, "people": bad})
        assert answer.status_code == 422, bad
    assert expert.code in text(client.get(f"{LIST}check?category=scholar"))
    client.force_login(factories.user("audit_admin"))
    assert client.get(f"{LIST}check").status_code == 404


def test_who_may_not_keep_the_pool_reads_at_most(client, manager):
    expert = person(manager)
    for role, status in (("leader", 200), ("supervisor", 200), ("unit_clerk", 404), ("reviewer", 404)):
        client.force_login(factories.user(role))
        assert client.get(LIST).status_code == client.get(f"{LIST}{expert.pk}/").status_code == status
        for page in ("new", "import", f"{expert.pk}/edit", f"{expert.pk}/standing", f"{expert.pk}/link/new"):
            assert client.get(LIST + page).status_code == 403, (role, page)
        assert "专家入库" not in client.get(LIST).content.decode()


def test_the_api_tells_each_reader_what_they_may_see(manager):
    number = factories.id_number()
    expert = person(manager, id_number=number, phone="13800001234")
    expert.user = factories.user("expert")
    expert.save()
    facts.add_link(expert, by=manager, kind="money", person_name="保密人")
    facts.add_link(expert, by=expert.user, kind="kin", person_name="亲属", id_number=factories.id_number())
    for reader in (manager, expert.user):
        row = with_facts(reader).get(pk=expert.pk)
        shown = represent_expert(row, reader)
        assert (
            number not in str(shown) and expert.id_hash not in str(shown) and "13800001234" not in str(shown)
        )
        assert shown["phone"] == "138****1234" and len(shown["units"]) == 1
    assert [link["person_name"] for link in represent_expert(expert, manager)["links"]] == ["亲属", "保密人"]
    assert [link["person_name"] for link in represent_expert(expert, expert.user)["links"]] == ["亲属"]
    security = factories.user("security_admin")
    assert "links" not in represent_expert(expert, security)


def test_ten_thousand_experts_are_listed_and_searched_quickly(client, manager):
    unit = factories.organisation("expert_unit", name="东海大学")
    Expert.objects.bulk_create(
        Expert(
            code=f"X{n:05d}",
            name=f"专家{n}",
            unit=unit,
            category="scholar",
            field="children",
            available=n % 2 == 0,
        )
        for n in range(10_000)
    )
    url = f"{LIST}?q=专家99&category=scholar&standing=closed"
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        found = text(client.get(url))
    assert "专家9999" in found or "专家991" in found
    assert len(asked) <= 12
    assert sum(float(query["time"]) for query in asked) < 0.5


def test_an_expert_has_two_entries_in_the_navigation_and_one_is_current(client):
    expert = factories.expert()
    client.force_login(expert.user)
    shown = text(client.get(ME))
    assert shown.count('aria-current="page"') == 1
    assert '<a href="/panel/me/" aria-current="page">' in shown


def test_a_year_later_the_expert_is_asked_again(client, manager):
    expert = factories.expert()
    actions.confirm(expert, by=expert.user)
    client.force_login(expert.user)
    assert "已确认" in text(client.get(ME))
    with clock.frozen(factories.NOON + timedelta(days=366)):
        assert "请确认" in text(client.get(ME))
