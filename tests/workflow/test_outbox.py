from datetime import timedelta

import pytest

from tests import factories
from workflow import clock, outbox
from workflow.models import Message

pytestmark = pytest.mark.django_db


def letter(recipient):
    return outbox.Letter(subject=f"致{recipient.name}", body="请办理。")


def queue(event="e1", people=1):
    to = [outbox.Recipient(str(i), f"收件人{i}", f"r{i}@example.cn") for i in range(people)]
    outbox.queue(to, event=event, kind="test", write=letter)


def test_a_message_is_sent_once(mailoutbox):
    queue()
    assert (outbox.deliver_batch(), outbox.deliver_batch()) == (1, 0)
    assert [m.subject for m in mailoutbox] == ["致收件人0"]
    assert Message.objects.get().status == "sent"


def test_one_event_queued_twice_stays_one_message():
    queue()
    queue()
    assert Message.objects.count() == 1


def test_a_batch_under_lease_is_not_claimed_again_before_the_lease_ends():
    queue()
    with clock.frozen(factories.NOON):
        assert len(outbox._claim()) == 1
        assert outbox._claim() == []
    with clock.frozen(factories.NOON + outbox.LEASE * 2):
        assert len(outbox._claim()) == 1


def unreachable(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1


def test_a_refused_delivery_is_tried_again_and_given_up_in_the_end(settings):
    unreachable(settings)
    queue()
    for attempt in range(outbox.MAX_ATTEMPTS):
        with clock.frozen(factories.NOON + 2 * outbox.LONGEST_WAIT * attempt):
            assert outbox.deliver_batch() == 0
    assert Message.objects.get().status == "failed"


def test_a_mail_server_that_is_away_for_an_hour_loses_no_message(settings, mailoutbox):
    back = settings.EMAIL_BACKEND
    unreachable(settings)
    queue()
    for minute in range(60):
        with clock.frozen(factories.NOON + timedelta(minutes=minute)):
            outbox.deliver_batch()
    settings.EMAIL_BACKEND = back
    with clock.frozen(factories.NOON + timedelta(hours=3)):
        assert outbox.deliver_batch() == 1
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("address", ["r0@example.cn\nBcc: x@example.cn", "张三"])
def test_a_message_that_no_channel_takes_does_not_hold_up_those_behind_it(address, mailoutbox):
    outbox.queue([outbox.Recipient("8", "收件人", address)], event="e0", kind="test", write=letter)
    queue()
    assert outbox.deliver_batch() >= 1
    assert Message.objects.get(key="e1:0").status == "sent"


def test_a_subject_is_one_line(mailoutbox):
    to = [outbox.Recipient("1", "收件人", "r1@example.cn")]
    outbox.queue(to, event="e1", kind="test", write=lambda _to: outbox.Letter("标题\r\n第二行", "正文"))
    assert outbox.deliver_batch() == 1
    assert mailoutbox[0].subject == "标题 第二行"


def test_a_batch_that_outlives_its_lease_leaves_the_rest_to_who_claimed_it(mailoutbox):
    queue(people=2)
    with clock.frozen(factories.NOON):
        slow = outbox._claim()
    with clock.frozen(factories.NOON + outbox.LEASE * 2):
        assert outbox.deliver_batch() == 2
        assert [outbox._deliver(message) for message in slow] == [False, False]
    assert len(mailoutbox) == 2
