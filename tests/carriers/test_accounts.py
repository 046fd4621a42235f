"""The file of carrier accounts: what is read, what is refused, and that no secret shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from portolan.carriers.accounts import TelnyxAccount, TwilioAccount, load
from portolan.domain.errors import ConfigurationError

TELNYX = "  telnyx:\n    vendor: telnyx\n    api_key: env:KEY\n"


def file(folder: Path, text: str) -> Path:
    path = folder / "carriers.yaml"
    path.write_text(text)
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(file(folder, text))
    return str(caught.value)


def test_without_a_file_there_is_the_simulated_carrier() -> None:
    assert list(load(None)) == ["simulated"]


def test_secrets_are_read_from_where_they_are_named_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "K3Y")
    (tmp_path / "token").write_text("T0KEN\n")
    text = f"accounts:\n{TELNYX}  telnyx-eu:\n    vendor: telnyx\n    api_key: file:{tmp_path / 'token'}\n"
    found = load(file(tmp_path, text))
    first, second = found["telnyx"], found["telnyx-eu"]
    assert isinstance(first, TelnyxAccount)
    assert isinstance(second, TelnyxAccount)
    assert (first.api_key.get_secret_value(), second.api_key.get_secret_value()) == ("K3Y", "T0KEN")
    shown = f"{found!r} {first.model_dump()} {first.model_dump_json()}"
    assert "K3Y" not in shown
    assert "T0KEN" not in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("accounts:\n  telnyx: {vendor: telnyx, api_key: SECRET-VALUE}\n", "telnyx.api_key: "),
        ("accounts:\n  telnyx: {vendor: telnyx, api_key: env:NOBODY_SET_THIS}\n", "the environment has no NOBODY"),
        ("accounts:\n  telnyx: {vendor: telnyx, api_key: 'file:/not/there'}\n", "/not/there cannot be read"),
        ("accounts:\n  telnyx: {vendor: telnyx, api_key: 'file:/dev/null'}\n", "/dev/null is empty"),
        (
            "accounts:\n  telnyx: {vendor: telnyx, simulator: 'http://h', api_key: env:KEY, base_url: 'https://real'}\n",
            "leave out api_key, base_url",
        ),
        ("accounts:\n  telnyx: {vendor: telnyx}\n", "Field required"),
        ("accounts:\n  telnyx: {vendor: telnyx, api_key: env:KEY, extra: 1}\n", "extra"),
        ("accounts:\n  telnyx: {vendor: telnyx, api_key: env:KEY, per_second: 0}\n", "per_second"),
        ("accounts:\n  mine: {vendor: telnyx, api_key: env:KEY}\n", "is called telnyx, or telnyx- and a word"),
        ("accounts:\n  Telnyx: {vendor: telnyx, api_key: env:KEY}\n", "lower-case letters"),
        ("accounts:\n  telnyx: []\n", "has to be a mapping"),
        ("accounts:\n  acme: {vendor: unheard-of}\n", "unheard-of"),
        ("accounts:\n  twilio-x: {vendor: email, carrier: X, desk: a@b.example}\n", "belongs to an account"),
        ("accounts:\n  twilio: {vendor: twilio, account_sid: AC1, auth_token: env:KEY}\n", "account_sid"),
        ("accounts: 5\n", "has to hold `accounts:`"),
        ("others: {}\n", "has to hold `accounts:`"),
        ("accounts: {a: [}\n", "is no YAML"),
        ("\x00", "is no YAML"),
    ],
)
def test_a_fault_is_named_and_no_value_is(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "K3Y")
    words = refusal(tmp_path, text)
    assert said in words
    assert "SECRET-VALUE" not in words
    assert "K3Y" not in words


def test_a_public_key_may_be_named_or_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "K3Y")
    monkeypatch.setenv("PUBLIC", "cHVibGlj")
    for given in ("env:PUBLIC", "cHVibGlj"):
        account = load(file(tmp_path, f"accounts:\n{TELNYX}    public_key: {given}\n"))["telnyx"]
        assert isinstance(account, TelnyxAccount)
        assert account.public_key == "cHVibGlj"


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    words = refusal(tmp_path, "accounts:\n  telnyx: {vendor: telnyx}\n  Bad: {}\n  email: {vendor: email}\n")
    assert all(name in words for name in ("telnyx", "'Bad'", "email.carrier", "email.desk"))
    assert "has 4 fault(s)" in words


@pytest.mark.parametrize("value", ["K3Y\n# the old one", "K3\x00Y", "K3\tY"])
def test_a_secret_is_one_line_that_can_be_printed(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(value)
    words = refusal(tmp_path, f"accounts:\n  telnyx: {{vendor: telnyx, api_key: 'file:{tmp_path / 'key'}'}}\n")
    assert "more than one line" in words
    assert "K3" not in words


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load(tmp_path / "nothing.yaml")


def test_at_a_simulator_credentials_are_its_own(tmp_path: Path) -> None:
    text = "accounts:\n  twilio: {vendor: twilio, simulator: 'http://127.0.0.1:8234/'}\n"
    account = load(file(tmp_path, text))["twilio"]
    assert isinstance(account, TwilioAccount)
    assert account.numbers_url == "http://127.0.0.1:8234/twilio/numbers"
    assert account.auth_token.get_secret_value() == "simulator"
