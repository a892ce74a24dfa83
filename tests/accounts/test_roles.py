from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.actions import role, token, user
from accounts.errors import AccountRefused, RoleRefused
from accounts.models import ApiToken, RoleGrant, User
from tests import factories
from workflow import clock, ledger
from workflow.actor import SYSTEM
from workflow.errors import NotPermitted
from workflow.models import Entry, Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def provincial(*roles: str) -> User:
    return factories.user(*roles, organisation=factories.organisation("province"))


def admin() -> User:
    return factories.user("security_admin")


def test_a_role_is_given_recorded_and_told():
    person, by = provincial(), admin()
    given = role.grant(person, by=by, role="reviewer")
    assert given.since == date(2026, 9, 1)
    assert User.objects.get(pk=person.pk).holds("reviewer")
    entry = ledger.entries_of(person).get()
    assert (entry.kind, entry.actor_name, entry.actor_role) == ("role.granted", by.name, "security_admin")
    assert "初审员" in Message.objects.get(recipient_id=str(person.pk)).subject


@pytest.mark.parametrize(
    ("held", "asked", "sentence"),
    [
        ("expert", "reviewer", "“初审员”与"),
        ("manager", "supervisor", "“处室负责人”不得由同一人担任"),
        ("manager", "security_admin", "“安全管理员”与"),
        ("system_admin", "audit_admin", "须先终止“系统管理员”"),
    ],
)
def test_roles_that_exclude_each_other_are_refused_and_audited(held, asked, sentence):
    person = provincial(held)
    with pytest.raises(RoleRefused) as refusal:
        role.grant(person, by=admin(), role=asked)
    assert refusal.value.code == "incompatible"
    assert sentence in str(refusal.value)
    assert not person.grants.filter(role=asked).exists()
    entry = ledger.entries_of(person).get()
    assert entry.kind == "refused"
    assert "incompatible" in entry.payload
    assert not Message.objects.exists()


def test_a_role_that_begins_later_already_excludes():
    person, by = provincial(), admin()
    role.grant(person, by=by, role="manager", since=clock.today() + timedelta(days=30))
    with pytest.raises(RoleRefused):
        role.grant(person, by=by, role="supervisor")


def test_an_ended_role_excludes_no_longer():
    person, by = provincial("manager"), admin()
    role.end(person.grants.get(), by=by, reason="岗位调整，不再负责处室工作")
    role.grant(person, by=by, role="supervisor")
    assert User.objects.get(pk=person.pk).roles == {"supervisor"}


def test_a_role_held_already_is_not_given_twice():
    person = provincial("reviewer")
    with pytest.raises(RoleRefused) as refusal:
        role.grant(person, by=admin(), role="reviewer")
    assert refusal.value.code == "held"


@pytest.mark.parametrize("asked", ["reviewer", "bureau_officer", "system_admin"])
def test_a_role_is_given_only_where_it_belongs(asked):
    person = factories.user(organisation=factories.organisation("employer"))
    with pytest.raises(RoleRefused) as refusal:
        role.grant(person, by=admin(), role=asked)
    assert refusal.value.code == "place"


@pytest.mark.parametrize("who", ["manager", "system_admin", "audit_admin"])
def test_only_the_security_administrator_grants(who):
    person = provincial()
    with pytest.raises(NotPermitted):
        role.grant(person, by=factories.user(who), role="reviewer")
    assert [e.kind for e in ledger.entries_of(person)] == ["refused"]


def test_nobody_grants_a_role_to_oneself():
    by = provincial("security_admin")
    with pytest.raises(NotPermitted):
        role.grant(by, by=by, role="security_admin")
    with pytest.raises(NotPermitted):
        role.end(by.grants.get(), by=by, reason="岗位调整，不再负责该项")


def test_the_end_of_a_role_holds_at_once_and_stays_on_the_record():
    person = provincial("reviewer")
    ended = role.end(person.grants.get(), by=admin(), reason="岗位调整，不再负责初审")
    assert ended.until == clock.today()
    assert not User.objects.get(pk=person.pk).holds("reviewer")
    assert "岗位调整" in ledger.entries_of(person).get().payload
    with pytest.raises(RoleRefused):
        role.end(ended, by=admin(), reason="岗位调整，不再负责初审")


def test_an_account_name_is_taken_once_whatever_its_case():
    by = admin()
    user.invite(by=by, username="wang", name="王一", email="w@example.cn")
    with pytest.raises(AccountRefused):
        user.invite(by=by, username="Wang", name="王二", email="w2@example.cn")


def test_a_token_is_kept_as_a_digest_and_expires():
    person = factories.user("reviewer")
    given = token.issue(person, by=SYSTEM, days=30)
    row = ApiToken.objects.get()
    assert row.digest == ApiToken.digest_of(given)
    assert row.expires_at == clock.now() + timedelta(days=30)
    assert given not in Entry.objects.get(kind="token.issued").payload


def test_issue_token_prints_the_token_alone(capsys):
    from django.core.management import CommandError, call_command

    person = factories.user("reviewer")
    call_command("issue_token", person.username, "--days", "7")
    printed = capsys.readouterr().out
    assert ApiToken.objects.get().digest == ApiToken.digest_of(printed.strip())
    with pytest.raises(CommandError):
        call_command("issue_token", "nobody")


# the pages


def test_the_page_names_the_conflict_and_keeps_what_was_chosen(client):
    person = provincial("expert")
    client.force_login(admin())
    answer = client.post(reverse("role_grant", args=[person.pk]), {"role": "reviewer"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "不得由同一人担任。须先终止“评审专家”。" in page
    assert '<option value="reviewer" selected>' in page
    assert ledger.entries_of(person).get().kind == "refused"


def test_the_page_grants_and_ends(client):
    person = provincial()
    client.force_login(admin())
    client.post(reverse("role_grant", args=[person.pk]), {"role": "reviewer"})
    grant = RoleGrant.objects.get(user=person)
    end = reverse("role_end", args=[person.pk, grant.pk])
    assert "终止角色" in client.get(end).content.decode()
    assert client.post(end, {"reason": "太短"}).status_code == 422
    assert client.post(end, {"reason": "岗位调整，不再负责初审"}).status_code == 302
    assert not User.objects.get(pk=person.pk).roles


def test_a_grant_of_another_person_is_not_found_under_this_one(client):
    one, other = provincial("reviewer"), provincial()
    client.force_login(admin())
    assert client.get(reverse("role_end", args=[other.pk, one.grants.get().pk])).status_code == 404


def test_the_page_opens_an_account_and_writes_to_its_person(client):
    place = factories.organisation("province", name="浙江省民政厅")
    client.force_login(admin())
    given = {"username": "li.si", "name": "李四", "email": "li@example.cn", "organisation": "浙江省民政厅"}
    answer = client.post(reverse("account_invite"), given)
    person = User.objects.get(username="li.si")
    assert answer.url == reverse("account_detail", args=[person.pk])
    assert person.organisation == place
    assert not person.has_usable_password()
    assert Message.objects.get(recipient_id=str(person.pk)).kind == "account.password_link"


def test_an_unknown_organisation_is_named_and_nothing_typed_is_lost(client):
    client.force_login(admin())
    given = {"username": "li.si", "name": "李四", "email": "li@example.cn", "organisation": "没有这个局"}
    answer = client.post(reverse("account_invite"), given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有名称或代码为“没有这个局”的机构" in page
    assert 'value="李四"' in page


def test_an_account_is_closed_and_opened_again(client):
    person = provincial("reviewer")
    client.force_login(admin())
    client.post(reverse("account_act", args=[person.pk]), {"act": "close"})
    person.refresh_from_db()
    assert not person.is_active
    client.post(reverse("account_act", args=[person.pk]), {"act": "reopen"})
    person.refresh_from_db()
    assert person.is_active
    assert [e.kind for e in ledger.entries_of(person).order_by("seq")] == [
        "account.closed",
        "account.reopened",
    ]


def test_the_audit_administrator_reads_accounts_and_changes_none(client):
    person = provincial("reviewer")
    client.force_login(factories.user("audit_admin"))
    page = client.get(reverse("account_detail", args=[person.pk])).content.decode()
    assert person.name in page
    assert reverse("role_grant", args=[person.pk]) not in page
    assert client.post(reverse("role_grant", args=[person.pk]), {"role": "manager"}).status_code == 403
    assert client.get(reverse("account_invite")).status_code == 403


def test_accounts_are_found_by_name_and_by_role(client):
    wanted, other = provincial("reviewer"), provincial("manager")
    client.force_login(admin())
    page = client.get(reverse("account_list"), {"q": wanted.name}).content.decode()
    assert wanted.username in page
    assert f">{other.username}<" not in page
    page = client.get(reverse("account_list"), {"role": "manager"}).content.decode()
    assert f">{other.username}<" in page
    assert f">{wanted.username}<" not in page
    assert "清除筛选" in client.get(reverse("account_list"), {"q": "没有此人"}).content.decode()


def test_the_list_of_accounts_takes_the_same_statements_however_long(client, django_assert_max_num_queries):
    by = admin()
    client.force_login(by)
    counts = []
    for more in (1, 30):
        for _n in range(more):
            provincial("reviewer")
        with django_assert_max_num_queries(15) as caught:
            client.get(reverse("account_list"))
        counts.append(len(caught))
    assert counts[0] == counts[1]
