"""Long work: claimed under a lease, resumed after a kill, cancelled, shown to its owner alone."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.urls import reverse

from tests import factories
from workflow import clock, jobfiles, jobs
from workflow.errors import StepRefused
from workflow.models import Job, JobFile
from workflow.tasks import remove_job_files, run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(factories.NOON):
        yield


@pytest.fixture
def kind(monkeypatch):
    """A kind of job whose work the test writes."""
    known = dict(jobs._kinds)
    monkeypatch.setattr(jobs, "_kinds", known)

    def register(run):
        known["test.work"] = jobs.Kind("测试任务", run)
        return "test.work"

    return register


@pytest.fixture
def person():
    return factories.user("manager")


def count_to(total):
    def run(job, progress):
        progress.begin(total, "计数")
        for number in range(1, total + 1):
            progress.at(number)
        return {"counted": total}

    return run


def test_a_job_is_queued_done_and_keeps_its_result(kind, person):
    job = jobs.start(kind(count_to(3)), by=person, given={"a": 1})
    assert (job.status, job.started_by, job.started_by_name) == ("queued", str(person.pk), person.name)
    run_jobs()
    job.refresh_from_db()
    assert (job.status, job.done, job.result, job.given) == ("done", 3, {"counted": 3}, {"a": 1})
    assert job.finished_at == factories.NOON and job.lease_until is None


def test_a_refusal_is_kept_as_the_reason(kind, person):
    def refuse(job, progress):
        raise StepRefused("不能办理")

    job = jobs.start(kind(refuse), by=person, given={})
    assert jobs.run_now(job).error == "不能办理"
    assert job.status == "failed"


def test_started_twice_under_one_key_it_is_one(kind, person):
    name = kind(count_to(1))
    assert jobs.start(name, by=person, given={}, key="k") == jobs.start(name, by=person, given={}, key="k")


def test_the_job_of_a_killed_worker_is_taken_up_when_its_lease_is_over(kind, person):
    job = jobs.start(kind(count_to(2)), by=person, given={})
    dead = jobs.claim()
    assert dead == job and jobs.claim() is None
    with clock.frozen(factories.NOON + jobs.LEASE + timedelta(seconds=1)):
        assert jobs.run_waiting() == 1
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("done", 2)


def test_a_worker_that_lost_its_lease_writes_nothing_any_more(kind, person):
    job = jobs.start(kind(count_to(2)), by=person, given={})
    slow = jobs.claim()
    with clock.frozen(factories.NOON + jobs.LEASE + timedelta(seconds=1)):
        quick = jobs.claim()
        for note in (lambda: jobs.Progress(slow).begin(5), jobs.Progress(slow).hold):
            with pytest.raises(jobs.Cancelled):
                note()
        jobs.run(slow)
        job.refresh_from_db()
        assert (job.status, job.holder) == ("running", quick.holder)
        jobs.run(quick)
    job.refresh_from_db()
    assert job.status == "done"


def test_work_that_kills_its_worker_three_times_is_given_up(kind, person):
    job = jobs.start(kind(count_to(1)), by=person, given={})
    present = factories.NOON
    for _attempt in range(jobs.MAX_ATTEMPTS):
        with clock.frozen(present):
            assert jobs.claim() is not None
        present += jobs.LEASE + timedelta(seconds=1)
    with clock.frozen(present):
        assert jobs.claim() is None
    job.refresh_from_db()
    assert job.status == "failed" and "3次" in job.error


def test_a_queued_job_is_cancelled_at_once(kind, person):
    job = jobs.start(kind(count_to(1)), by=person, given={})
    jobs.cancel(job)
    assert jobs.run_waiting() == 0
    job.refresh_from_db()
    assert job.status == "cancelled"


def test_a_running_job_stops_at_its_next_note(kind, person):
    def run(job, progress):
        progress.begin(10)
        jobs.cancel(job)
        progress.begin(20)
        raise AssertionError("went on")

    job = jobs.start(kind(run), by=person, given={})
    assert jobs.run_now(job).status == "cancelled"


def test_what_is_cancelled_before_it_writes_does_not_write(kind, person):
    def run(job, progress):
        jobs.cancel(job)
        progress.hold()
        raise AssertionError("went on")

    assert jobs.run_now(jobs.start(kind(run), by=person, given={})).status == "cancelled"


# files


def test_a_file_is_kept_in_encrypted_pieces_and_read_back(kind, person):
    job = jobs.start(kind(count_to(1)), by=person, given={})
    content = bytes(range(256)) * 9000
    file = jobfiles.put(job, "input", "x.bin", "application/octet-stream", io.BytesIO(content))
    stored = [bytes(piece.content) for piece in file.pieces.all()]
    assert len(stored) == 3 and content[:64] not in b"".join(stored)
    assert b"".join(jobfiles.pieces(file)) == content and file.size == len(content)


def test_files_are_gone_after_a_day(kind, person):
    job = jobs.start(kind(count_to(1)), by=person, given={})
    jobfiles.put(job, "output", "x.csv", "text/csv", io.BytesIO(b"1"))
    remove_job_files()
    assert JobFile.objects.exists()
    with clock.frozen(factories.NOON + jobfiles.KEPT + timedelta(seconds=1)):
        remove_job_files()
    assert not JobFile.objects.exists()


# pages


def test_the_page_shows_how_far_it_is_and_can_be_left(client, kind, person):
    job = jobs.start(kind(count_to(42)), by=person, given={})
    Job.objects.filter(pk=job.pk).update(status="running", done=18, total=42)
    client.force_login(person)
    found = client.get(reverse("job_detail", args=[job.pk])).content.decode()
    for words in ("已处理 18 / 42", "可以离开本页", "取消任务", person.name):
        assert words in found
    assert client.get(reverse("job_progress", args=[job.pk])).status_code == 200


def test_the_part_that_changes_says_when_to_stop_asking(client, kind, person):
    job = jobs.start(kind(count_to(1)), by=person, given={})
    jobs.run_waiting()
    client.force_login(person)
    assert client.get(reverse("job_progress", args=[job.pk])).status_code == 286
    assert "取消任务" not in client.get(reverse("job_detail", args=[job.pk])).content.decode()


def test_nobody_sees_stops_or_downloads_anothers_job(client, kind, person):
    job = jobs.start(kind(count_to(1)), by=person, given={})
    client.force_login(factories.user("manager"))
    for name in ("job_detail", "job_progress", "job_file"):
        assert client.get(reverse(name, args=[job.pk])).status_code == 404
    assert client.post(reverse("job_cancel", args=[job.pk])).status_code == 404
    assert "测试任务" not in client.get(reverse("job_list")).content.decode()
    job.refresh_from_db()
    assert job.status == "queued"


def test_the_button_cancels(client, kind, person):
    job = jobs.start(kind(count_to(1)), by=person, given={})
    client.force_login(person)
    client.post(reverse("job_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.status == "cancelled"
    assert "已取消" in client.get(reverse("job_list")).content.decode()
