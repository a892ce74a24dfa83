"""One nominee from the call to a running studio, by pages alone; beside her one returned, one disqualified, one held.

During the journey nothing is written but by pages, the clock in their header and the timetable's own jobs.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.management import call_command
from django.db import connection

from selection import tasks as selection_tasks
from selection.models import Nomination, Recognition
from studios import tasks as studio_tasks
from tests.conftest import triggers
from tests.journeys import cast, stages
from workflow import ledger
from workflow.clock import ZONE
from workflow.models import Entry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.long]

MAIN, RETURNED, UNFIT, HELD = "沈雨晴", "陆文渊", "顾思齐", "施若兰"
NOMINEES = (MAIN, RETURNED, UNFIT, HELD)
MARKS = {MAIN: 87, RETURNED: 83, HELD: 79}  # from 90 on the rules ask for a comment
UNCLEAR = "请补充近五年服务成效的数据来源。"
UNPROVEN = "2019年至2021年的任职证明缺少单位盖章，连续从业年限不能认定满5年。"
BEGINNING = datetime(2025, 3, 3, 9, 0, tzinfo=ZONE)


@pytest.fixture
def people(set_clock):
    """The accounts, the organisations and the pool, on the day on which the story begins."""
    set_clock(BEGINNING)
    return cast.gather()


@pytest.fixture
def desks(people, sign_in):
    """A browser for everybody, signed in when first needed."""
    opened = {}

    def desk(name):
        if name not in opened:
            opened[name] = sign_in(people.everybody[name])
        return opened[name]

    return desk


def states():
    return dict(Nomination.objects.values_list("nominee__name", "state"))


def until_the_closing(desks, people):
    manager, clerk, county, city = (desks(name) for name in ("manager", "clerk", "county", "city"))
    stages.create_round(manager)
    stages.write_rulebook(manager, people.orgs["city"].pk, places=len(NOMINEES))
    manager.take("启动申报")
    for name in NOMINEES:
        stages.begin_dossier(clerk, name)
        stages.fill_dossier(clerk)
        stages.attach_papers(clerk)
        stages.submit(clerk)
    stages.return_dossier(county, RETURNED, UNCLEAR)
    assert states()[RETURNED] == "returned"
    stages.complete_dossier(clerk, RETURNED, UNCLEAR)
    for name in NOMINEES:
        stages.endorse(county, name)
    for name in NOMINEES:
        stages.nominate(city, name)
    assert set(states().values()) == {"nominated"}


def screening(desks):
    for reviewer in (desks("reviewer1"), desks("reviewer2")):
        for name in MARKS:
            stages.find_qualified(reviewer, name)
        stages.find_unqualified(reviewer, UNFIT, UNPROVEN)
    assert states() == {**dict.fromkeys(MARKS, "qualified"), UNFIT: "disqualified"}
    stages.open_dossier(desks("clerk"), UNFIT).reads(UNPROVEN)


def draw_and_scores(desks, people, move_clock):
    manager, supervisor = desks("manager"), desks("supervisor")
    move_clock(manager, "+4w")  # the days on which a re-check may be asked for are over
    stages.freeze_draw(manager)
    move_clock(manager, "+1w")
    stages.witness_draw(supervisor)
    stages.begin_review(manager)
    for number in range(1, len(people.experts) + 1):
        for name, mark in MARKS.items():
            stages.declare_and_score(desks(f"expert{number}"), name, mark + number % 3)
    stages.ask_opening(manager)
    stages.witness_opening(supervisor)
    assert {states()[name] for name in MARKS} == {"scored"}


def list_and_notice(desks, people, visit):
    stages.propose(desks("leader"))
    stages.compose_notice(desks("manager"))
    stages.post_notice(desks("publisher"))
    public = visit()
    public.open("/").follow("查看公示").reads(MAIN).does_not_read(UNFIT)
    stages.object_to(public, HELD)
    stages.admit_objection(desks("manager"), HELD, [people[n].pk for n in ("investigator", "investigator2")])


def decision(desks):
    stages.draft_determination(desks("manager"))
    stages.confirm_determination(desks("leader"))
    stages.publish_result(desks("publisher"))
    assert states() == {MAIN: "recognised", RETURNED: "recognised", UNFIT: "disqualified", HELD: "on_notice"}


def the_public_reads(visit):
    public = visit().open("/").follow(stages.TITLE).reads(MAIN).reads(RETURNED).does_not_read(HELD)
    public.open("/roll").fill(q=MAIN).press("查找").reads(MAIN).does_not_read(RETURNED)
    public.follow("领军〔2025〕").reads("有效")


def studio(desks, people, move_clock):
    manager, lead = desks("manager"), desks("lead")
    stages.start_studio(manager, MAIN, people["lead"].pk)
    stages.request_instalment(lead, MAIN)
    stages.approve_instalment(manager, MAIN)
    stages.pay_instalment(desks("finance"), MAIN, "记-0401-01")
    move_clock(lead, "+99d")
    stages.submit_report(lead, MAIN, "2025Q2")
    stages.accept_report(manager, MAIN, "2025Q2")


def test_one_nominee_walks_the_whole_path_and_three_take_their_turnings(
    desks, people, visit, move_clock, capsys
):
    until_the_closing(desks, people)
    move_clock(desks("manager"), "+18d")
    selection_tasks.take_due_steps()
    screening(desks)
    draw_and_scores(desks, people, move_clock)
    list_and_notice(desks, people, visit)
    move_clock(desks("manager"), "+12d")
    selection_tasks.take_due_steps()
    assert states() == {MAIN: "cleared", RETURNED: "cleared", UNFIT: "disqualified", HELD: "on_notice"}
    decision(desks)
    the_public_reads(visit)
    studio_tasks.establish_studios()
    studio(desks, people, move_clock)
    check_what_came_of_it()
    assert ledger.verify() == []
    check_that_one_byte_is_found(capsys)


def check_what_came_of_it():
    home = Recognition.objects.get(name_key=MAIN).studio
    first = home.instalments.get(number=1)
    assert (home.state, first.state, first.voucher) == ("active", "paid", "记-0401-01")
    assert home.reports.order_by("due_on")[0].state == "accepted"


def check_that_one_byte_is_found(capsys):
    """The row is named, and only that one."""
    row = Entry.objects.filter(kind="round.announce").select_related("chain").get()
    change_one_byte(row)
    assert [(found.chain, found.seq) for found in ledger.verify()] == [(row.chain.key, row.seq)]
    with pytest.raises(SystemExit) as stop:
        call_command("verify_ledger")
    assert stop.value.code == 1
    assert f"{row.chain.key}: first bad sequence number {row.seq} " in capsys.readouterr().out


def change_one_byte(row):
    """As somebody could who owns the database: past the guard that refuses it, which is there again afterwards."""
    guard = "workflow_entry_no_UPDATE"
    definition = triggers()[guard]
    other = "b" if row.payload[2] == "a" else "a"
    changed = f"{row.payload[:2]}{other}{row.payload[3:]}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {guard}")
        cursor.execute("UPDATE workflow_entry SET payload = %s WHERE id = %s", [changed, row.pk])
        cursor.execute(definition)
