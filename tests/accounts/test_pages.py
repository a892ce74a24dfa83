import json

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests import factories
from workflow import clock, collections, ledger, outbox, panels, todo
from workflow.actor import SYSTEM
from workflow.models import Chain, Entry, Message
from workflow.outbox import Letter

pytestmark = pytest.mark.django_db

PAGES = {
    "home": set(Role.values),
    "todo": set(Role.values),
    "account": set(Role.values),
    "message_list": set(Role.values),
    "calendar": set(Role.values),
    "account_list": {"security_admin", "audit_admin"},
    "account_invite": {"security_admin"},
    "ledger_list": {"manager", "supervisor", "audit_admin"},
}


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def signed_in(client, *roles, **fields):
    person = factories.user(*roles, **fields)
    client.force_login(person)
    return person


def tell(person, subject, event):
    outbox.queue(
        [person.recipient],
        event=event,
        kind="note",
        write=lambda _to: Letter(subject, f"正文：{subject}", "/home/"),
    )


@pytest.mark.parametrize("role", Role.values)
def test_every_page_answers_for_its_roles_and_for_no_other(client, role):
    signed_in(client, role)
    found = {name: client.get(reverse(name)).status_code for name in PAGES}
    assert found == {name: 200 if role in who else 403 for name, who in PAGES.items()}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_asks_a_visitor_to_sign_in(client, name):
    assert client.get(reverse(name)).url.startswith("/accounts/sign-in?next=")


def test_the_navigation_shows_only_what_the_role_may_use(client):
    signed_in(client, "security_admin")
    page = client.get("/home/").content.decode()
    nav = page[page.index('<nav class="lx-nav"') : page.index("</nav>")]
    assert "账号与角色" in nav
    assert "存证" not in nav
    assert "选拔批次" not in nav
    signed_in(client, "unit_clerk")
    page = client.get("/home/").content.decode()
    assert "账号与角色" not in page
    assert "工作日历" not in page


def test_many_entries_stand_in_menus_and_few_in_one_row(client):
    signed_in(client, "manager")
    page = client.get(reverse("determination_list")).content.decode()
    nav = page[page.index('<nav class="lx-nav"') : page.index("</nav>")]
    assert nav.count("<li>") <= 7 < nav.count("<a ")
    assert nav.count('class="on"') == nav.count('aria-current="page"') == 1
    assert '<a href="/office/determinations/" aria-current="page">' in nav
    signed_in(client, "expert")
    page = client.get("/home/").content.decode()
    assert "<details" not in page[page.index('<nav class="lx-nav"') : page.index("</nav>")]


def test_somebody_without_a_role_has_a_home_and_learns_why_it_is_empty(client):
    signed_in(client)
    page = client.get("/home/").content.decode()
    assert "尚未授予角色" in page
    assert "没有等待您办理的事项" in page


def test_home_shows_what_waits_by_deadline_and_the_cards_of_the_stages(client, monkeypatch):
    person = signed_in(
        client, "reviewer", organisation=factories.organisation("province", name="浙江省民政厅")
    )
    monkeypatch.setattr(
        todo,
        "_providers",
        [lambda who: [todo.Todo("后办的", "/b/"), todo.Todo("先办的", "/a/", clock.now())]],
    )
    monkeypatch.setattr(
        panels,
        "_providers",
        [lambda who: [panels.Panel("本轮进度", "components/stepper.html", {"steps": []})]],
    )
    tell(person, "有一份材料到了", "x:1")
    page = client.get("/home/").content.decode()
    assert page.index("先办的") < page.index("后办的")
    assert "本轮进度" in page
    assert "1条未读" in page
    assert "浙江省民政厅" in page
    assert "初审员" in page


def test_home_takes_few_statements_however_much_there_is(client, django_assert_max_num_queries):
    person = signed_in(client, "reviewer")
    counts = []
    for n in (1, 30):
        for i in range(n):
            tell(person, f"第{i}条", f"x:{n}:{i}")
        with django_assert_max_num_queries(30) as caught:
            client.get("/home/")
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_messages_are_ones_own_and_are_marked_read(client):
    person, other = signed_in(client, "reviewer"), factories.user("reviewer")
    tell(person, "给我的", "x:1")
    tell(other, "给别人的", "x:2")
    page = client.get("/messages/").content.decode()
    assert "给我的" in page
    assert "给别人的" not in page
    assert "未读" in page
    client.post(reverse("messages_read"))
    assert "未读" not in client.get("/messages/").content.decode()
    assert Message.objects.filter(read_at=None).count() == 1


# the ledger


def some_entries(count=3):
    by = factories.user("manager", name="钱处")
    for n in range(count):
        ledger.append(
            by, chain="office", kind="role.granted", subject=f"accounts.user:{n}", payload={"机密": n}
        )
    ledger.append(by, chain="round:2026", kind="round.announce", subject="selection.round:1", payload={})


def test_the_ledger_speaks_the_words_of_the_buttons(client):
    some_entries()
    signed_in(client, "supervisor")
    page = client.get(reverse("ledger_list")).content.decode()
    assert "授予角色" in page
    assert "启动申报" in page
    assert "round.announce" not in page[page.index("<table") :]
    assert ledger.Entry.objects.first().leaf[:4] in page


@pytest.mark.parametrize(("role", "shown"), [("manager", False), ("supervisor", True), ("audit_admin", True)])
def test_what_an_entry_carries_is_for_supervision_and_audit(client, role, shown):
    some_entries()
    signed_in(client, role)
    assert ("机密" in client.get(reverse("ledger_list")).content.decode()) is shown


def test_the_ledger_is_narrowed_by_chain_kind_and_object(client):
    some_entries()
    signed_in(client, "audit_admin")
    for query, count in (
        ({"chain": "round:2026"}, 1),
        ({"kind": "role.granted"}, 3),
        ({"subject": "accounts.user:2"}, 1),
        ({"chain": "office", "kind": "round.announce"}, 0),
    ):
        page = client.get(reverse("ledger_list"), query).content.decode()
        assert page.count("附载内容</summary>") == count
    assert "清除筛选" in page


def test_the_ledger_takes_the_same_statements_however_long(client, django_assert_max_num_queries):
    signed_in(client, "audit_admin")
    counts = []
    for n in (1, 40):
        some_entries(n)
        with django_assert_max_num_queries(15) as caught:
            client.get(reverse("ledger_list"))
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_verifying_says_that_the_chains_are_whole_and_is_recorded(client):
    some_entries()
    signed_in(client, "audit_admin")
    page = client.post(reverse("ledger_verify"), follow=True).content.decode()
    assert "存证链完整，共5条" in page
    assert Entry.objects.latest("pk").kind == "ledger.verified"


def test_verifying_names_the_first_fault(client):
    some_entries()
    Chain.objects.filter(key="round:2026").update(head="0" * 64)
    signed_in(client, "supervisor")
    page = client.post(reverse("ledger_verify"), follow=True).content.decode()
    assert "链round:2026自第2号起不完整：末尾被删减" in page


def test_a_manager_reads_the_ledger_and_does_not_verify(client):
    signed_in(client, "manager")
    assert "校验存证链</button>" not in client.get(reverse("ledger_list")).content.decode()
    assert client.post(reverse("ledger_verify")).status_code == 403


def test_published_heads_are_public_and_need_no_session(client):
    some_entries()
    head = ledger.publish_heads(SYSTEM, occasion="2026年度评分启封")
    answer = client.get(reverse("public_ledger"))
    page = answer.content.decode()
    assert "2026年度评分启封" in page
    assert head.digest in page
    assert "round:2026" in page
    assert "机密" not in page
    assert "sessionid" not in answer.cookies


def test_before_the_first_head_the_public_page_says_so(client):
    assert "还没有公布过链头" in client.get("/ledger").content.decode()


# what pages and API share


@pytest.mark.parametrize("name", ["organisations", "ledger", "messages", "calendars"])
def test_the_records_of_no_stage_are_collections_and_json(name):
    person = factories.user("audit_admin")
    factories.tree()
    tell(person, "给我的", "x:1")
    some_entries()
    found = collections.named(name)
    rows = list(found.visible_to(person))
    assert rows
    assert json.dumps([found.represent(row, person) for row in rows])


@pytest.mark.parametrize(
    ("role", "count"), [("unit_clerk", 0), ("expert", 0), ("manager", 4), ("supervisor", 4)]
)
def test_the_ledger_collection_hides_entries_and_payloads(role, count):
    some_entries()
    person = factories.user(role)
    found = collections.named("ledger")
    rows = [found.represent(row, person) for row in found.visible_to(person)]
    assert len(rows) == count
    assert all(("payload" in row) is (role == "supervisor") for row in rows)
