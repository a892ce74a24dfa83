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


def test_a_refused_delivery_is_tried_again_and_given_up_in_the_end(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    queue()
    for attempt in range(outbox.MAX_ATTEMPTS):
        with clock.frozen(factories.NOON + outbox.LEASE * 2 * attempt):
            assert outbox.deliver_batch() == 0
    assert Message.objects.get().status == "failed"
