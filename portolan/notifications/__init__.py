"""Telling people: what each notice says, the ways to deliver it, and sending it once to each recipient."""

from portolan.notifications.channels import Channel, MailboxFolder, Security, Smtp, channel
from portolan.notifications.errors import DeliveryFailed, DeliveryRefused, NotificationFailed
from portolan.notifications.sender import NoticeLog, send

__all__ = [
    "Channel",
    "DeliveryFailed",
    "DeliveryRefused",
    "MailboxFolder",
    "NoticeLog",
    "NotificationFailed",
    "Security",
    "Smtp",
    "channel",
    "send",
]
