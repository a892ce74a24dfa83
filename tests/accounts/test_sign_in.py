from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actions import sign_in as actions
from accounts.errors import SignInRefused
from accounts.models import SignInFailure
from tests import factories
from workflow import clock
from workflow.models import Entry

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


def kinds() -> list[str]:
    return list(Entry.objects.filter(chain="office").order_by("seq").values_list("kind", flat=True))


def post(client, username, password=PASSWORD, **more):
    return client.post(reverse("sign_in"), {"username": username, "password": password, **more})


def fail(client, username, times):
    for _n in range(times):
        post(client, username, "wrong")


def test_the_right_password_leads_home_and_stands_on_the_ledger(client):
    person = factories.user("reviewer")
    answer = post(client, person.username)
    assert answer.status_code == 302
    assert answer.url == "/home/"
    assert kinds() == ["account.signed_in"]
    assert Entry.objects.get().actor_name == person.name


def test_sign_in_returns_to_the_page_that_was_asked_for(client):
    person = factories.user("reviewer")
    asked = client.get("/accounts/me")
    assert asked.url == "/accounts/sign-in?next=/accounts/me"
    assert post(client, person.username, next="/accounts/me").url == "/accounts/me"


def test_sign_in_never_leads_to_another_site(client):
    person = factories.user("reviewer")
    assert post(client, person.username, next="https://elsewhere.example/").url == "/home/"


def test_a_wrong_password_is_refused_counted_and_recorded(client):
    person = factories.user("reviewer")
    answer = post(client, person.username, "wrong")
    assert answer.status_code == 422
    assert "账号或密码不正确，还可尝试4次。" in answer.content.decode()
    assert person.username in answer.content.decode()
    assert kinds() == ["account.sign_in_failed"]
    assert Entry.objects.get().subject == f"accounts.user:{person.pk}"


def test_an_unknown_account_is_told_the_same_and_its_name_is_not_kept(client):
    answer = post(client, "my-secret-password", "wrong")
    assert "账号或密码不正确，还可尝试4次。" in answer.content.decode()
    entry = Entry.objects.get()
    assert "my-secret-password" not in entry.subject + entry.payload
    assert "my-secret-password" not in SignInFailure.objects.get().account_key


def test_a_closed_account_does_not_sign_in(client):
    person = factories.user("reviewer", is_active=False)
    assert post(client, person.username).status_code == 422


def test_five_failures_lock_the_account_even_for_the_right_password(client):
    person = factories.user("reviewer")
    fail(client, person.username, 5)
    answer = post(client, person.username)
    assert answer.status_code == 422
    assert "账号已锁定，12:15:00后可再次登录" in answer.content.decode()
    assert kinds() == ["account.sign_in_failed"] * 5 + ["account.locked"]


def test_the_lock_ends_after_a_quarter_of_an_hour(client):
    person = factories.user("reviewer")
    fail(client, person.username, 5)
    with clock.frozen(factories.NOON + timedelta(minutes=14, seconds=59)):
        assert post(client, person.username).status_code == 422
    with clock.frozen(factories.NOON + timedelta(minutes=15)):
        assert post(client, person.username).status_code == 302


def test_failures_spread_over_the_window_lock_for_a_whole_quarter_of_an_hour(client):
    person = factories.user("reviewer")
    for minute in (0, 3, 6, 9, 12):
        with clock.frozen(factories.NOON + timedelta(minutes=minute)):
            fail(client, person.username, 1)
    with clock.frozen(factories.NOON + timedelta(minutes=26)):
        assert post(client, person.username).status_code == 422
    with clock.frozen(factories.NOON + timedelta(minutes=27)):
        assert post(client, person.username).status_code == 302


def test_attempts_while_locked_do_not_make_the_lock_longer(client):
    person = factories.user("reviewer")
    fail(client, person.username, 5)
    with clock.frozen(factories.NOON + timedelta(minutes=10)):
        fail(client, person.username, 9)
    with clock.frozen(factories.NOON + timedelta(minutes=15)):
        assert post(client, person.username).status_code == 302


def test_four_failures_and_a_success_start_the_count_again(client):
    person = factories.user("reviewer")
    fail(client, person.username, 4)
    assert post(client, person.username).status_code == 302
    assert SignInFailure.objects.count() == 0


def test_one_locked_account_leaves_the_others_alone(client):
    one, other = factories.user("reviewer"), factories.user("reviewer")
    fail(client, one.username, 5)
    assert post(client, other.username).status_code == 302


def test_an_attempt_counts_before_it_is_looked_at(monkeypatch):
    person = factories.user("reviewer")
    counted = []

    def look(**_given):
        counted.append(SignInFailure.objects.count())

    monkeypatch.setattr(actions, "authenticate", look)
    with pytest.raises(SignInRefused):
        actions.sign_in(person.username, "wrong")
    assert counted == [1]


def test_sign_out_is_a_post_and_ends_the_session(client):
    person = factories.user("reviewer")
    client.force_login(person)
    assert client.get(reverse("sign_out")).status_code == 405
    assert client.post(reverse("sign_out")).url == "/accounts/sign-in"
    assert client.get("/home/").status_code == 302
    assert kinds() == ["account.signed_out"]


def test_the_language_is_kept_in_a_cookie_and_with_the_person(client):
    person = factories.user("reviewer")
    client.force_login(person)
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/accounts/me"})
    assert answer.url == "/accounts/me"
    assert answer.cookies["django_language"].value == "en"
    person.refresh_from_db()
    assert person.language == "en"
    assert 'lang="en"' in client.get("/accounts/me").content.decode()


def test_a_language_that_is_none_of_ours_changes_nothing(client):
    answer = client.post(reverse("set_language"), {"language": "xx", "next": "//elsewhere.example"})
    assert answer.url == "/"
    assert "django_language" not in answer.cookies


def test_a_visitor_chooses_a_language_without_a_session(client):
    answer = client.post(reverse("set_language"), {"language": "en"})
    assert set(answer.cookies) == {"django_language"}


def test_passwords_of_a_demo_open_nothing_elsewhere(client, settings):
    person = factories.user("reviewer")
    settings.DEMO = True
    settings.PASSWORD_HASHERS = ["accounts.demo.DemoPasswordHasher", *settings.PASSWORD_HASHERS]
    person.set_password("lingxuan-demo")
    person.save()
    assert person.check_password("lingxuan-demo")
    page = client.get(reverse("sign_in")).content.decode()
    assert person.username in page
    settings.DEMO = False
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[1:]
    assert post(client, person.username, "lingxuan-demo").status_code == 422
    assert person.username not in client.get(reverse("sign_in")).content.decode()


def test_the_link_of_an_invitation_sets_the_password_once(client):
    from accounts.actions import user as users
    from workflow.models import Message

    admin = factories.user("security_admin")
    invited = users.invite(by=admin, username="wang", name="王一", email="wang@example.cn", organisation=None)
    path = (
        Message.objects.get(recipient_id=str(invited.pk))
        .body.split("\n")[-1]
        .removeprefix("http://127.0.0.1:8000")
    )
    assert client.post(path, {"new_password": "short", "repeated": "short"}).status_code == 422
    given = {"new_password": "quite-another-one", "repeated": "quite-another-one"}
    assert client.post(path, given).url == "/accounts/sign-in"
    assert client.post(path, given).status_code == 404
    assert post(client, "wang", "quite-another-one").status_code == 302


def test_a_password_is_changed_only_by_who_knows_the_present_one(client):
    person = factories.user("reviewer")
    client.force_login(person)
    given = {"present": "wrong", "new_password": "quite-another-one", "repeated": "quite-another-one"}
    answer = client.post("/accounts/me", given)
    assert "现密码不正确" in answer.content.decode()
    assert client.post("/accounts/me", {**given, "present": PASSWORD}).status_code == 302
    assert client.get("/home/").status_code == 200
    person.refresh_from_db()
    assert person.check_password("quite-another-one")
    assert kinds() == ["account.password_set"]


def test_two_different_new_passwords_are_named_at_their_field(client):
    client.force_login(factories.user("reviewer"))
    given = {"present": PASSWORD, "new_password": "quite-another-one", "repeated": "not-the-same-one"}
    assert "两次输入的新密码不一致" in client.post("/accounts/me", given).content.decode()
