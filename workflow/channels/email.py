"""E-mail through Django: to the console or to an SMTP server, as EMAIL_BACKEND says."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING

from django.core.mail import EmailMessage

if TYPE_CHECKING:
    from workflow.models import Message


class Undelivered(Exception):
    """The channel did not take the message; it will be tried again."""


def send(message: Message) -> None:
    """Send one message. A person without an address reads it on the message page only."""
    if not message.address:
        return
    mail = EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[message.address],
        headers={"Message-Key": message.key},  # lets a receiver tell a repeat after a killed worker
    )
    try:
        mail.send()
    except (
        OSError,
        smtplib.SMTPException,
        ValueError,
    ) as failure:  # ValueError: an address or header that is none
        raise Undelivered(str(failure)) from failure
