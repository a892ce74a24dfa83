"""The draw's protocol on pages: the story, the files, the public page, and seats that fall vacant."""

import json
from hashlib import sha256

import pytest

from selection.forms.rulebook import RulebookForm, flat
from selection.models import Panelist
from selection.rules.draw import draw_assignments, draw_seed
from tests import factories
from tests.selection import stage as stages
from workflow import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    with clock.frozen(stages.SCREENING):
        found = stages.in_review(2)
    with clock.frozen(stages.REVIEW):
        yield found


def test_before_the_freezing_the_page_says_what_is_missing(client):
    with clock.frozen(stages.SCREENING):
        stage = stages.screening(1, state="qualified")
        stages.pool(4, 2, 1)
        stages.panel.prepare(stage.round, by=stage.manager)
        client.force_login(stage.manager)
        shown = client.get(f"/office/draw/{stage.round.panels.get().pk}/").content.decode()
    assert "现在不能冻结" in shown and "还差1人" in shown and "候补不足2位" in shown
    assert client.get(f"/calls/{stage.round.code}/draw/").status_code == 404


def test_the_story_is_told_step_by_step_with_how_to_check_it(client, stage):
    client.force_login(stage.supervisor)
    shown = client.get(f"/office/draw/{stage.panel.pk}/").content.decode()
    titles = ("冻结名单", "公布摘要", "指明公共随机值", "见证录入，得出种子", "抽出评审组", "分派人选")
    places = [shown.index(title) for title in titles]
    assert places == sorted(places) and shown.count("自己核对：") == 6
    for value in (stage.panel.inputs_digest, stage.panel.seed, stages.VALUE, stage.manager.name):
        assert value in shown


def test_the_files_suffice_to_draw_again(client, stage):
    client.force_login(factories.user("audit_admin"))
    raw = client.get(f"/office/draw/{stage.panel.pk}/inputs.json").content
    record = client.get(f"/office/draw/{stage.panel.pk}/record.json").json()
    assert sha256(raw).hexdigest() == record["inputs_digest"]
    inputs = json.loads(raw)
    seed = draw_seed(bytes.fromhex(record["inputs_digest"]), record["public_value"].encode())
    again = draw_assignments(
        seed, inputs["nominees"], sorted(e for on in record["outcome"]["panel"].values() for e in on),
        per_nominee=inputs["per_nominee"], recusals={tuple(pair) for pair in inputs["recusals"]},
    )  # fmt: skip
    assert record["outcome"]["sheets"] == {n: list(on) for n, on in again.sheets.items()}
    names = [seat.expert.name for seat in Panelist.objects.select_related("expert")]
    assert not any(name in raw.decode() or name in json.dumps(record, ensure_ascii=False) for name in names)
    for role in ("bureau_officer", "unit_clerk", "expert"):
        client.force_login(factories.user(role))
        for name in ("", "inputs.json", "record.json"):
            assert client.get(f"/office/draw/{stage.panel.pk}/{name}").status_code == 404


def test_everybody_reads_of_the_draw_but_no_expert_s_name_or_number(client, stage):
    url = f"/calls/{stage.round.code}/draw/"
    assert url in client.get(f"/calls/{stage.round.code}/").content.decode()
    shown = client.get(url).content.decode()
    for value in (stage.panel.inputs_digest, stage.panel.seed, stages.VALUE, "双色球第2026120期"):
        assert value in shown
    hidden = [*Panelist.objects.values_list("expert__name", "expert__code"), (stage.manager.name,)]
    assert not [text for row in hidden for text in row if text in shown]
    assert "sessionid" not in client.cookies


def test_names_are_public_only_if_the_rules_say_so_and_the_list_is_published(client):
    with clock.frozen(stages.SCREENING):
        stage = stages.in_review(1, expert_names_published=True)
    name = Panelist.objects.filter(number=1).get().expert.name
    url = f"/calls/{stage.round.code}/draw/"
    assert name not in client.get(url).content.decode()
    type(stage.round).objects.filter(pk=stage.round.pk).update(state="published")
    assert name in client.get(url).content.decode()


def test_the_manager_replaces_an_expert_on_a_page(client, stage):
    chair = Panelist.objects.get(number=3)
    client.force_login(stage.manager)
    url = f"/office/seats/{chair.pk}/replace"
    assert url in client.get(f"/office/draw/{stage.panel.pk}/").content.decode()
    assert client.post(url, {"how": "illness", "reason": "病"}).status_code == 422
    assert client.post(url, {"how": "illness", "reason": "因病住院治疗"}).status_code == 302
    shown = client.get(f"/office/draw/{stage.panel.pk}/").content.decode()
    assert "因病住院治疗" in shown and "由候补递补" in shown and "第1次" in shown
    assert client.get(url).status_code == 404
    client.force_login(stage.supervisor)
    assert client.get(f"/office/seats/{Panelist.objects.get(number=2).pk}/replace").status_code == 404


def test_an_expert_leaves_the_panel_on_a_page_of_their_own(client, stage):
    chair = Panelist.objects.get(number=2)
    client.force_login(chair.expert.user)
    url = f"/panel/rounds/{stage.round.code}/decline"
    assert url in client.get("/panel/").content.decode()
    assert client.post(url, {"reason": "家中有事，不能继续"}).status_code == 302
    chair.refresh_from_db()
    assert chair.left_how == "declined"
    client.force_login(factories.expert().user)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("caps", [{}, {"unit": 1}, {"unit": 2, "city": 3}])
def test_the_form_of_the_rulebook_keeps_what_is_said_of_the_panel(caps):
    said = {
        "panel_caps": caps,
        "consecutive_rounds": 3,
        "strata_mode": "shares",
        "expert_names_published": True,
    }
    content = factories.rulebook(**said)
    form = RulebookForm(flat(content), content=content)
    assert form.is_valid()
    assert {name: form.content[name] for name in said} == said
