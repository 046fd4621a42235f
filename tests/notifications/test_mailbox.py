"""The folder of mails: whole files, safe names, nothing left behind."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from portolan.domain.telling import NoticeKind
from portolan.notifications import MailboxFolder, NotificationFailed, send
from tests.notifications.orders import CUSTOMER, NOW, a_notice, new_order

SENDER = "porting@portolan.example"


def test_one_file_a_mail(tmp_path, log):
    send(a_notice(NoticeKind.COMPLETED), log, MailboxFolder(tmp_path / "new" / "folder"), SENDER, NOW)
    files = sorted((tmp_path / "new" / "folder").iterdir())
    assert len(files) == 3
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    mail = next(mail for mail in mails if CUSTOMER.email in str(mail["To"]))
    assert mail["To"].addresses[0].display_name == CUSTOMER.name
    assert "may be cancelled only after" in mail.get_content()
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_names_sort_by_time_and_hold_order_and_kind(tmp_path, log):
    for kind, later in ((NoticeKind.SUBMITTED, 0), (NoticeKind.COMPLETED, 90000), (NoticeKind.CANCELLED, 3600)):
        send(a_notice(kind), log, MailboxFolder(tmp_path), SENDER, NOW + timedelta(seconds=later))
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names[0].startswith("20261102T140000Z-acme-1-")
    kinds = [next(kind for kind in NoticeKind if f"-{kind}-" in name) for name in names]
    assert list(dict.fromkeys(kinds)) == [NoticeKind.SUBMITTED, NoticeKind.CANCELLED, NoticeKind.COMPLETED]
    assert all(name.endswith(".eml") for name in names)


@pytest.mark.parametrize("order_id", ["../../etc/passwd", "..", "a/b\\c", "x\0y\n", "é" * 300, "a b:c*?"])
def test_names_are_safe(order_id, tmp_path, log):
    folder = tmp_path / "mails"
    send(a_notice(NoticeKind.SUBMITTED, new_order(order_id)), log, MailboxFolder(folder), SENDER, NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["mails"]
    for file in folder.iterdir():
        assert file.name.isascii()
        assert not set(file.name) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
        assert len(file.name) < 200


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_mail_appears_whole_or_not_at_all(step, tmp_path, log, monkeypatch):
    def full(*_: object) -> None:
        assert not list(tmp_path.glob("*.eml"))
        raise OSError(28, "No space left on device")

    notice = a_notice(NoticeKind.SUBMITTED)
    with monkeypatch.context() as broken:
        broken.setattr(os, step, full)
        with pytest.raises(NotificationFailed, match="could not be written"):
            send(notice, log, MailboxFolder(tmp_path), SENDER, NOW)
    assert list(tmp_path.iterdir()) == []
    send(notice, log, MailboxFolder(tmp_path), SENDER, NOW)
    assert len(list(tmp_path.iterdir())) == 2


def test_the_same_mail_of_the_same_second_stays_one_file(tmp_path, log):
    notice = a_notice(NoticeKind.SUBMITTED)
    send(notice, log, MailboxFolder(tmp_path), SENDER, NOW)
    log.rows.clear()
    send(notice, log, MailboxFolder(tmp_path), SENDER, NOW)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_is_worth_a_retry(tmp_path, log):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotificationFailed, match="could not be written"):
        send(a_notice(NoticeKind.SUBMITTED), log, MailboxFolder(tmp_path / "file"), SENDER, NOW)
