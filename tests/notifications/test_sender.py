"""Sending notices over a real SMTP conversation: once to each recipient, whatever happens to the others."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from portolan.domain.errors import ConfigurationError, PortolanError
from portolan.domain.telling import Contact, NoticeKind
from portolan.notifications import MailboxFolder, NotificationFailed, Security, Smtp, channel, send
from portolan.settings import Settings
from tests.notifications.conftest import Log, Post, free_port
from tests.notifications.orders import COORDINATOR, CUSTOMER, DECIDER, NOW, STORIES, a_notice, new_order

SENDER = "porting@portolan.example"
EVERYBODY = sorted([CUSTOMER.email, COORDINATOR.email, DECIDER.email])


def smtp(post: Post, **options: object) -> Smtp:
    return Smtp("127.0.0.1", post.port, **{"security": Security.NONE, "timeout": 2, **options})


def completed():
    return a_notice(NoticeKind.COMPLETED)


@pytest.mark.parametrize("kind", sorted({kind for _, kind in STORIES.values()}))
def test_every_kind_arrives(kind, post, log):
    notice = a_notice(kind)
    send(notice, log, smtp(post), SENDER, NOW)
    assert set(log.by_recipient.values()) == {"sent"}
    assert post.receivers == sorted(log.by_recipient)
    for mail in post.mails:
        assert mail["Subject"]
        assert "What to do" in mail.get_content()
        assert mail["X-Portolan-Kind"] == kind


def test_headers_of_a_mail(post, log):
    send(completed(), log, smtp(post), SENDER, NOW)
    mail = next(mail for mail in post.mails if mail["To"].addresses[0].addr_spec == CUSTOMER.email)
    assert mail["To"].addresses[0].display_name == "Zoë Åkesson"
    assert mail["From"].addresses[0].addr_spec == SENDER
    assert mail["Reply-To"].addresses[0].addr_spec == COORDINATOR.email
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().startswith("Dear Zoë Åkesson,")
    assert {(sender, len(to)) for sender, to in post.envelopes} == {(SENDER, 1)}


def test_the_message_id_names_notice_and_recipient(post, log):
    notice = completed()
    send(notice, log, smtp(post), SENDER, NOW)
    send(notice, Log(), smtp(post), SENDER, NOW)
    send(a_notice(NoticeKind.CANCELLED), log, smtp(post), SENDER, NOW)
    ids = [mail["Message-ID"] for mail in post.mails]
    assert ids[:3] == ids[3:6]
    assert len(set(ids)) == 6
    assert all(name.endswith("@portolan.example>") for name in ids)


def test_a_second_sending_sends_nothing(post, log):
    notice = completed()
    for _ in range(3):
        send(notice, log, smtp(post), SENDER, NOW)
    assert post.receivers == EVERYBODY


def test_two_senders_at_once_send_one_mail_each(post, log):
    notice = completed()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send(notice, log, smtp(post), SENDER, NOW), range(4)))
    assert post.receivers == EVERYBODY


def test_a_person_in_two_roles_gets_one_mail(post, log):
    both = Contact(name="Cora", email="Cora@Porting.example")
    send(a_notice(NoticeKind.COMPLETED, new_order(decision_maker=both)), log, smtp(post), SENDER, NOW)
    assert post.receivers == sorted([CUSTOMER.email, COORDINATOR.email])


def test_nobody_listening_is_worth_a_retry(post, log):
    notice = completed()
    with pytest.raises(NotificationFailed, match="No connection to the mail server") as caught:
        send(notice, log, Smtp("127.0.0.1", free_port(), security=Security.NONE), SENDER, NOW)
    assert isinstance(caught.value, PortolanError)
    assert caught.value.code == "notification_failed"
    assert sorted(caught.value.failures) == EVERYBODY
    send(notice, log, smtp(post), SENDER, NOW)
    assert post.receivers == EVERYBODY


def test_a_temporary_refusal_holds_up_nobody_else_and_is_tried_again_alone(post, log):
    notice = completed()
    post.refuse[COORDINATOR.email] = "451 4.2.0 mailbox busy"
    with pytest.raises(NotificationFailed, match="SMTP 451") as caught:
        send(notice, log, smtp(post), SENDER, NOW)
    assert list(caught.value.failures) == [COORDINATOR.email]
    assert post.receivers == sorted([CUSTOMER.email, DECIDER.email])
    post.refuse.clear()
    send(notice, log, smtp(post), SENDER, NOW)
    assert post.receivers == EVERYBODY


def test_a_permanent_refusal_is_recorded_and_raises_nothing(post, log):
    post.refuse[CUSTOMER.email] = "550 5.1.1 no such user"
    send(completed(), log, smtp(post), SENDER, NOW)
    assert log.by_recipient[CUSTOMER.email] == "failed"
    assert "SMTP 550" in log.errors[CUSTOMER.email]
    assert post.receivers == sorted([COORDINATOR.email, DECIDER.email])


def test_a_mail_refused_for_good_after_its_text_is_recorded_too(post, log):
    post.data_reply = "552 5.2.2 mailbox full"
    send(completed(), log, smtp(post), SENDER, NOW)
    assert set(log.by_recipient.values()) == {"failed"}


def test_a_mail_refused_for_now_after_its_text_is_tried_again(post, log):
    post.data_reply = "452 4.2.2 later"
    with pytest.raises(NotificationFailed, match="SMTP 452"):
        send(completed(), log, smtp(post), SENDER, NOW)


def test_a_refused_sender_is_our_trouble_and_is_tried_again(post, log):
    post.refuse["MAIL"] = "550 5.7.1 sender not allowed"
    with pytest.raises(NotificationFailed, match="SMTP 550") as caught:
        send(completed(), log, smtp(post), SENDER, NOW)
    assert len(caught.value.failures) == 3


def test_a_slow_server_is_given_up(post, log):
    post.pauses["DATA"] = 5
    before = time.monotonic()
    with pytest.raises(NotificationFailed, match="no answer in time"):
        send(a_notice(NoticeKind.SUBMITTED), log, smtp(post, timeout=0.2), SENDER, NOW)
    assert time.monotonic() - before < 2.5


def test_a_bad_farewell_does_not_send_the_mail_again(post, log):
    notice = a_notice(NoticeKind.SUBMITTED)
    post.pauses["QUIT"] = 5
    send(notice, log, smtp(post, timeout=0.2), SENDER, NOW)
    send(notice, log, smtp(post, timeout=0.2), SENDER, NOW)
    assert post.receivers == sorted([CUSTOMER.email, COORDINATOR.email])


def test_the_exception_names_no_recipient(post, log):
    post.refuse = dict.fromkeys(EVERYBODY, "450 zoe@customer.example is busy")
    with pytest.raises(NotificationFailed) as caught:
        send(completed(), log, smtp(post), SENDER, NOW)
    assert "customer.example" not in str(caught.value)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "zoe",
        "@customer.example",
        "zoe@",
        "a@x.example, b@x.example",
        "a@x.example\nBcc: all@evil.example",
        "a\r\nRCPT TO:<x@y>@x.example",
        "Zoë <zoe@x.example>",
        "a b@x.example",
        "zoe@" + "x" * 70 + ".example",
        "zoe@\ud800.example",
    ],
)
def test_what_is_no_address_is_recorded_and_the_others_are_served(email, post, log):
    notice = a_notice(NoticeKind.COMPLETED, new_order(customer_contact=Contact(name="Zoë", email=email)))
    send(notice, log, smtp(post), SENDER, NOW)
    assert post.receivers == sorted([COORDINATOR.email, DECIDER.email])
    assert "no valid e-mail address" in next(iter(log.errors.values()))


def test_newlines_in_names_make_no_headers(post, log):
    evil = "Zoë\r\nBcc: all@evil.example\r\n\r\nHello"
    order = new_order(customer_contact=Contact(name=evil, email=CUSTOMER.email), reference=evil, customer=evil)
    send(a_notice(NoticeKind.FOC_CONFIRMED, order), log, smtp(post), SENDER, NOW)
    assert post.receivers == EVERYBODY
    for mail in post.mails:
        assert mail["Bcc"] is None
        assert "\n" not in mail["Subject"]


@pytest.mark.parametrize("name", ['Doe, "Jo" <x>', "李小龍", "=?utf-8?q?x?=", "Å" * 200, "", "\ud800"])
def test_awkward_names_arrive(name, post, log):
    order = new_order(customer_contact=Contact(name=name, email=CUSTOMER.email))
    send(a_notice(NoticeKind.SUBMITTED, order), log, smtp(post), SENDER, NOW)
    to = next(mail["To"].addresses for mail in post.mails if CUSTOMER.email in str(mail["To"]))
    assert [found.addr_spec for found in to] == [CUSTOMER.email]


def test_an_international_domain_is_sent_in_ascii(post, log):
    order = new_order(customer_contact=Contact(name="Zoë", email="zoe@bücher.example"))
    send(a_notice(NoticeKind.SUBMITTED, order), log, smtp(post), SENDER, NOW)
    assert "zoe@xn--bcher-kva.example" in post.receivers


@pytest.mark.parametrize(("able", "arrives"), [(True, True), (False, False)])
def test_an_international_mailbox_needs_a_server_that_knows_them(able, arrives, serve, log):
    post = serve(enable_SMTPUTF8=able)
    order = new_order(customer_contact=Contact(name="Zoë", email="zoë@customer.example"))
    send(a_notice(NoticeKind.SUBMITTED, order), log, smtp(post), SENDER, NOW)
    assert ("zoë@customer.example" in post.receivers) is arrives
    assert log.by_recipient["zoë@customer.example"] == ("sent" if arrives else "failed")


def test_starttls_with_a_password(serve, server_side, log):
    post = serve(tls_context=server_side, require_starttls=True, auth_required=True)
    post_auth = {"username": "portolan", "password": "secret", "security": Security.STARTTLS}
    send(completed(), log, smtp(post, **post_auth), SENDER, NOW)
    assert post.receivers == EVERYBODY
    assert all(post.was_encrypted)


def test_tls_from_the_start(serve, server_side, log):
    post = serve(ssl_context=server_side)
    send(completed(), log, smtp(post, security=Security.TLS), SENDER, NOW)
    assert post.receivers == EVERYBODY


@pytest.mark.parametrize(("security", "offered"), [("tls", "ssl_context"), ("starttls", "tls_context")])
def test_a_certificate_nobody_vouches_for_gets_no_mail(security, offered, serve, server_side, log, monkeypatch):
    post = serve(**{offered: server_side})
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(NotificationFailed, match="SSLCertVerificationError"):
        send(completed(), log, smtp(post, security=Security(security)), SENDER, NOW)
    assert post.mails == []


def test_a_server_without_encryption_gets_no_mail_if_it_is_asked_for(post, log):
    with pytest.raises(NotificationFailed, match="SMTPNotSupportedError"):
        send(completed(), log, smtp(post, security=Security.STARTTLS), SENDER, NOW)
    assert post.mails == []


def test_a_wrong_password_is_worth_a_retry(serve, server_side, log):
    post = serve(tls_context=server_side, auth_required=True)
    options = {"username": "portolan", "password": "wrong", "security": Security.STARTTLS}
    with pytest.raises(NotificationFailed, match="SMTP 535"):
        send(completed(), log, smtp(post, **options), SENDER, NOW)


def test_a_password_never_travels_unprotected_and_is_never_shown():
    with pytest.raises(ConfigurationError, match="unprotected"):
        Smtp("mail.example", 25, username="portolan", password="secret", security=Security.NONE)
    assert "secret" not in repr(Smtp("mail.example", 587, username="portolan", password="secret"))


class InFlight(PortolanError):
    code = "in_flight"


def test_a_mail_that_somebody_else_is_sending_is_looked_at_again(post, log):
    class Busy(Log):
        def claim_notice(self, key, recipient, *rest):
            if recipient == CUSTOMER.email:
                raise InFlight("somebody else is sending it")
            return super().claim_notice(key, recipient, *rest)

    with pytest.raises(NotificationFailed, match="somebody else") as caught:
        send(completed(), Busy(), smtp(post), SENDER, NOW)
    assert list(caught.value.failures) == [CUSTOMER.email]
    assert post.receivers == sorted([COORDINATOR.email, DECIDER.email])


def test_the_sender_may_have_a_name(post, log):
    send(completed(), log, smtp(post), "Umzüge <porting@portolan.example>", NOW)
    (sender,) = post.mails[0]["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Umzüge", SENDER)


def test_the_channel_of_a_deployment(tmp_path):
    assert channel(Settings(data_dir=tmp_path)) == MailboxFolder(tmp_path / "mail")
    settings = Settings(smtp_host="mail.example", smtp_username="portolan", smtp_password="secret")
    assert channel(settings) == Smtp("mail.example", 587, "portolan", "secret", Security.STARTTLS)
    with pytest.raises(ConfigurationError, match="PORTOLAN_MAIL_FROM"):
        channel(Settings(mail_from="nobody"))


def test_a_sender_that_is_no_address_is_a_defect(post, log):
    with pytest.raises(ConfigurationError, match="PORTOLAN_MAIL_FROM"):
        send(completed(), log, smtp(post), "nobody", NOW)
    assert log.rows == {}
