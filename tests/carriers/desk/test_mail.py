"""Mails to desks as they leave the deployment: on the wire, and in the folder of a deployment without mail server."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from portolan.carriers.desk import EmailDesk
from portolan.carriers.desk.mail import post as posting
from portolan.domain.carrier import SendKind
from portolan.domain.errors import CarrierRefused, OutcomeUnknown
from portolan.notifications import MailboxFolder, Security, Smtp
from portolan.records.store import Records
from tests.carriers.desk.desks import Clock, desk, raising, submission
from tests.notifications.conftest import Post, post, serve

__all__ = ["post", "serve"]

SENDER = "Porting desk <porting@example.com>"


def over(server: Post, book: Records, clock: Clock) -> EmailDesk:
    return desk(book, clock, posting(Smtp("127.0.0.1", server.port, security=Security.NONE, timeout=2), SENDER))


def test_letter_and_bill_arrive_with_the_request_in_one_thread(
    post: Post, book: Records, clock: Clock, serve: Callable[..., Post]
) -> None:
    carrier = over(post, book, clock)
    carrier.submit(submission())
    carrier.submit(submission(2, SendKind.SUPPLEMENT, carrier_order_id="o1:1"))
    first, second = post.mails
    assert post.envelopes[0] == ("porting@example.com", ["lnp@other.example"])
    attached = [(one.get_filename(), one.get_content_type(), one.get_content()) for one in first.iter_attachments()]
    assert attached == [("letter.pdf", "application/pdf", b"%PDF-1"), ("bill.png", "image/png", b"\x89PNG")]
    body = first.get_body(("plain",))
    assert body is not None
    assert "Account number: 0048-1937" in body.get_content()
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"] != second["Message-ID"]
    assert first["In-Reply-To"] is None
    assert (first["X-Portolan-Order"], first["X-Portolan-Kind"]) == ("o1", "desk_mail")


def test_a_mail_sent_again_has_its_name_and_date(post: Post, book: Records, clock: Clock) -> None:
    carrier = over(post, book, clock)
    post.data_reply = "451 later"
    with raising(OutcomeUnknown, "451"):
        carrier.submit(submission())
    post.data_reply = "250 OK"
    carrier.submit(submission())
    (mail,) = post.mails
    assert mail["Date"].datetime.astimezone(clock.now.tzinfo) == clock.now


def test_a_mailbox_that_is_none_is_for_a_person(post: Post, book: Records, clock: Clock) -> None:
    post.refuse["lnp@other.example"] = "550 no such user"
    with raising(CarrierRefused, "550"):
        over(post, book, clock).submit(submission())


def test_without_a_mail_server_the_same_mail_is_one_file(tmp_path: Path, book: Records, clock: Clock) -> None:
    send = posting(MailboxFolder(tmp_path / "mail"), SENDER)

    def lost(mail: object) -> None:
        send(mail)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk(book, clock, lost).submit(submission())
    desk(book, clock, send).submit(submission())
    (file,) = (tmp_path / "mail").glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert mail["Subject"] == "Porting request o1:1: 2 number(s)"


def test_names_cannot_break_out_of_their_header(post: Post, book: Records, clock: Clock) -> None:
    papers = [
        submission().papers[0].model_copy(update={"filename": "a\r\nBcc: x@y.example\r\n.pdf", "media_type": "x"})
    ]
    over(post, book, clock).submit(submission(papers=papers))
    (mail,) = post.mails
    assert mail["Bcc"] is None
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/octet-stream"
