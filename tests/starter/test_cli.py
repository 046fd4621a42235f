"""Each command: what it prints, what it refuses, and how it says so. No worker runs here."""

from __future__ import annotations

import asyncio
import itertools
import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from temporalio.client import Client

from starter.cli import app
from starter.orders import workflow_id
from starter.server import free_port
from tests.starter.commands import Home

COMMANDS = [
    "up",
    "demo",
    "check",
    "start",
    "list",
    "show",
    "timeline",
    "tasks",
    "sign",
    "approve",
    "reschedule",
    "resubmit",
    "rollback",
    "cancel",
    "hold",
    "release",
    "complete",
    "skip",
    "letter",
    "documents",
    "evidence",
    "dispute",
    "forget",
    "secret",
    "playbook",
    "check-id",
    "reconcile",
    "rejections",
    "runbook",
    "sign-off",
    "override",
    "cut-over",
    "confirm",
    "test-call",
    "test-calls",
    "undo",
    "certificate",
    "case-file",
    "new-port",
    "worker",
    "simulator",
    "migrate",
    "ingress",
    "messages",
]
DECISIONS = [
    ("sign", "--by", "Ada Byron", "--on", "2026-11-20"),
    ("approve", "--by", "Charles"),
    ("resubmit", "--by", "Charles"),
    ("rollback", "--by", "Grace Hopper", "--reason", "calls drop"),
    ("cancel", "--by", "Charles", "--reason", "campaign moved"),
    ("hold", "--by", "Charles", "--reason", "in print"),
    ("release", "--by", "Charles"),
    ("complete", "approve-1", "done", "--by", "Charles"),
    ("sign-off", "go", "--by", "Grace Hopper"),
    ("override", "--by", "Grace Hopper", "--reason", "tested by hand"),
    ("cut-over", "--by", "Grace Hopper"),
    ("confirm", "--by", "Grace Hopper"),
    ("test-call", "--by", "Charles", "--from", "mobile", "--passed", "ringback"),
    ("skip", "5d"),
]
LOOKS = [
    ("show",),
    ("timeline",),
    ("tasks",),
    ("runbook",),
    ("test-calls",),
    ("letter",),
    ("documents",),
    ("dispute",),
    ("undo",),
    ("certificate",),
    ("new-port",),
]
_numbers = (f"+1617555{number:04d}" for number in itertools.count(2000))


@pytest.fixture
def home(client: Client, tmp_path: Path) -> Home:
    """Commands that find the suite's server, on a task queue that nobody serves."""
    made = Home(tmp_path, client.service_client.config.target_host, f"q-{uuid.uuid4().hex[:8]}")
    made.ok("migrate")
    return made


@pytest.fixture
def alone(tmp_path: Path) -> Home:
    """Commands that find no server."""
    made = Home(tmp_path, f"127.0.0.1:{free_port()}")
    made.ok("migrate")
    return made


@pytest.fixture
def reference() -> str:
    return f"r-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def order(home: Home, reference: str) -> str:
    """An order that was started."""
    started = home.told("start", home.request(reference, next(_numbers)))
    return str(started["orders"][0]["order_id"])


def on(order: str, decision: tuple[str, ...]) -> tuple[str, ...]:
    return (decision[0], order, *decision[1:])


def test_help_lists_every_command(alone: Home) -> None:
    listed = alone.ok("--help")
    registered = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    assert sorted(registered) == sorted(COMMANDS)
    for name in COMMANDS:
        assert f"│ {name} " in listed


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(alone: Home, name: str) -> None:
    assert "Usage:" in alone.ok(name, "--help")


def test_without_a_command_help_is_shown(alone: Home) -> None:
    done = alone.run()
    assert "Commands" in done.out + done.err


def test_what_only_reads_needs_no_server(alone: Home) -> None:
    assert alone.told("list") == []
    assert alone.told("tasks") == []
    assert "No orders" in alone.ok("list")
    assert "Nothing to do" in alone.ok("tasks")
    assert "up to date" in alone.ok("migrate")


@pytest.mark.parametrize(
    "words", [("list",), ("tasks",), ("forget",), ("cancel", "x"), *[(*look, "x") for look in LOOKS]]
)
def test_a_folder_that_portolan_does_not_know_is_told_and_left_alone(tmp_path: Path, words: tuple[str, ...]) -> None:
    home = Home(tmp_path, f"127.0.0.1:{free_port()}")
    more = ("--by", "Charles", "--reason", "r") if words[0] == "cancel" else ()
    assert f"There is no Portolan in {tmp_path / 'data'}" in home.refused(*words, *more)
    assert list(tmp_path.iterdir()) == []


def test_an_order_that_was_just_started_is_known(home: Home, order: str, reference: str) -> None:
    (row,) = home.told("list")
    assert (row["order_id"], row["state"]) == (order, "checking")
    assert home.told("list", "--project", reference)[0]["order_id"] == order
    assert home.told("list", "--live", "--state", "checking", "--limit", 1)[0]["order_id"] == order
    assert home.told("list", "--state", "completed") == []
    shown = home.told("show", order)
    assert shown["request"]["losing_carrier"] == "Old Telco"
    assert "seen" not in shown
    assert home.told("timeline", order) == []
    assert home.told("tasks", order) == []
    for words in (("list",), ("show", order)):
        assert order in home.ok(*words)
    home.ok("timeline", order)


def test_starting_tells_what_was_started_and_why_it_was_split_so(home: Home, reference: str) -> None:
    file = home.request(reference, next(_numbers))
    said = home.ok("start", file)
    assert "started: " in said
    assert f"Next: portolan show {reference}" in said
    started = home.told("start", file)
    assert set(started) == {"project", "orders", "reasons"}
    assert started["reasons"]


def test_starting_again_changes_nothing(home: Home, reference: str) -> None:
    file = home.request(reference, next(_numbers))
    first, second = home.told("start", file), home.told("start", file)
    assert [order["new"] for order in first["orders"]] == [True]
    assert [order["new"] for order in second["orders"]] == [False]
    assert [order["order_id"] for order in first["orders"]] == [order["order_id"] for order in second["orders"]]
    assert "known already" in home.ok("start", file)
    assert len(home.told("list")) == 1


def test_another_writing_of_the_same_request_is_the_same(home: Home, reference: str) -> None:
    number = next(_numbers)
    home.ok("start", home.request(reference, number))
    other = home.request(reference, f"({number[2:5]}) {number[5:8]}-{number[8:]}", "other.yaml")
    assert home.told("start", other)["orders"][0]["new"] is False


def test_a_different_request_by_the_same_name_is_refused(home: Home, reference: str) -> None:
    number = next(_numbers)
    home.ok("start", home.request(reference, number))
    before = home.told("list")
    said = home.refused("start", home.request(reference, next(_numbers), "other.yaml"))
    assert f"The reference {reference!r} is already used for a different request" in said
    assert home.told("list") == before


def test_a_number_that_is_taken_is_refused_by_name_and_nothing_is_started(
    home: Home, order: str, reference: str
) -> None:
    taken = home.told("show", order)["request"]["numbers"][0]
    before = home.told("list")
    file = home.request(f"{reference}-2", f"{next(_numbers)}, {taken}", "other.yaml")
    assert home.refused("start", file) == (
        f"error: {taken} is already in the live order {order}. "
        f"Finish or cancel {order} first, or leave the number out.\n"
    )
    assert home.told("list") == before
    done = home.run("start", file, "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "number_taken")


def test_of_two_who_want_the_same_number_at_the_same_instant_one_gets_it(home: Home, reference: str) -> None:
    """The database is new to both, so they also make it at the same instant."""
    home.environment["PORTOLAN_DATA_DIR"] = str(home.folder / "new")
    number = next(_numbers)
    both = [
        home.process("start", home.request(f"{reference}-{name}", number, f"{name}.yaml"), "--json") for name in "ab"
    ]
    said = [process.communicate(timeout=60) for process in both]
    codes = [process.returncode for process in both]
    assert sorted(codes) == [0, 1], said
    winner, loser = codes.index(0), codes.index(1)
    order = json.loads(said[winner][0])["orders"][0]["order_id"]
    error = json.loads(said[loser][0])["error"]
    assert error["code"] == "number_taken"
    assert f"{number} is already in the live order {order}." == error["message"]
    assert [row["order_id"] for row in home.told("list")] == [order]


def test_every_fault_of_a_file_is_told_with_its_line_and_nothing_is_started(home: Home, reference: str) -> None:
    file = home.request(
        reference,
        "12, +16175559999",
        **{"country: US": "country: XX", "email: ada@acme.example": "email: ada", "postal_code: 02110": "zip: 02110"},
    )
    done = home.run("start", file)
    assert (done.code, done.out) == (1, "")
    lines = done.err.splitlines()
    assert lines[0].startswith(f"error: {file} has ")
    assert lines[-1] == "Nothing was started." or lines[-1].endswith("Nothing was started.")
    for line, field in (
        (5, "contacts.customer.email"),
        (10, "accounts[0].country"),
        (15, "accounts[0].account"),
    ):
        assert any(f"line {line}, {field}" in told for told in lines), (line, field, done.err)
    assert home.told("list") == []
    told = home.run("start", file, "--json")
    assert (told.code, told.json["error"]["code"]) == (1, "request_invalid")


@pytest.mark.parametrize("command", ["start", "demo"])
def test_a_file_that_is_missing_is_named(home: Home, command: str) -> None:
    done = home.run(command, home.folder / "none.yaml")
    assert (done.code, done.out) == (1, "")
    assert "none.yaml" in done.err
    assert "does not exist" in done.err
    assert "Traceback" not in done.err


def test_a_carrier_that_is_not_set_up_is_refused(home: Home, reference: str) -> None:
    file = home.request(reference, next(_numbers), **{"gaining_carrier: simulated": "gaining_carrier: Acme Tel"})
    done = home.run("start", file)
    assert done.code == 1
    assert "no gaining carrier 'Acme Tel' is set up; there is: simulated" in done.err
    assert home.told("list") == []


@pytest.mark.parametrize("decision", [*DECISIONS, *LOOKS], ids=lambda words: words[0])
def test_an_order_nobody_knows_is_refused_by_name(home: Home, decision: tuple[str, ...]) -> None:
    assert home.refused(*on("nobody-1", decision)) == (
        "error: There is no order 'nobody-1'. `portolan list` shows the orders there are.\n"
    )
    done = home.run(*on("nobody-1", decision), "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "not_found")


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda words: words[0])
def test_without_a_server_a_decision_fails_in_one_line(
    home: Home, order: str, decision: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    home.environment["PORTOLAN_TEMPORAL_ADDRESS"] = f"127.0.0.1:{free_port()}"
    assert "No Temporal server answers at 127.0.0.1:" in home.refused(*on(order, decision))


def test_without_a_server_nothing_is_started(alone: Home, reference: str) -> None:
    assert "No Temporal server answers" in alone.refused("start", alone.request(reference, next(_numbers)))
    assert alone.told("list") == []
    assert "No Temporal server answers" in alone.refused("worker")


def test_a_decision_without_a_worker_is_promised_once(home: Home, order: str) -> None:
    """The server keeps it for the worker to come, under the event id that was tried before."""
    words = ("cancel", order, "--by", "Charles", "--reason", "campaign moved", "--event-id", "give-up-1")
    answer = home.told(*words)
    assert (answer["accepted"], answer["status"]) == (True, "promised")
    assert "waits at the server" in answer["reason"]

    async def signals() -> list[str]:
        client = await Client.connect(home.environment["PORTOLAN_TEMPORAL_ADDRESS"])
        history = await client.get_workflow_handle(workflow_id(order)).fetch_history()
        found = [event.workflow_execution_signaled_event_attributes for event in history.events]
        return [each.input.payloads[0].data.decode() for each in found if each.signal_name == "cancel"]

    (payload,) = [json.loads(text) for text in asyncio.run(signals())]
    assert payload["event_id"] == "give-up-1"
    assert payload["occurred_at"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("skip", "ORDER", "tomorrow"), "'tomorrow' is no duration"),
        (("skip", "ORDER", "d"), "'d' is no duration"),
        (("skip", "ORDER", "-3d"), "'-3d' is no duration"),
        (("skip", "ORDER", ""), "'' is no duration"),
        (("skip", "ORDER", "9999999999d"), "'9999999999d' is no duration"),
        (("resubmit", "ORDER", "--by", "C", "--set", "entity_name"), "'entity_name' has no '='"),
        (("hold", "ORDER", "--by", "C", "--reason", "r", "--until", "soon"), "hold: until has to be a moment"),
        (("sign", "ORDER", "--by", "Ada", "--on", "yesterday"), "loa_signed: signed_on has to be a date"),
        (("sign", "ORDER", "--by", "Ada", "--file", "missing.pdf"), "The date on the letter is missing"),
        (("secret", "ORDER", "colour", "blue"), "'colour' is none of pin, nif, rio, pac, migration_code"),
        (("secret", "ORDER", "pin", "1"), "instead of 4 to 15"),
        (("secret", "ORDER", "pac", "ABC123456", "+15555550100"), "+15555550100 is no number of"),
        (("evidence", "ORDER", "--by", "C", "--kind", "attestation"), "Give evidence is not possible while"),
        (("evidence", "ORDER", "--by", "C", "--kind", "csr", "--record", "missing.yaml"), "missing.yaml is not a"),
        (("evidence", "ORDER", "--by", "C", "--kind", "bill", "--dated", "soon"), "dated_on has to be a date"),
        (("cancel", "ORDER", "--by", "C", "--reason", ""), "cancel: reason is missing"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_makes_no_sense_is_refused_in_one_line(home: Home, order: str, words: tuple[str, ...], said: str) -> None:
    words = tuple(order if word == "ORDER" else word for word in words)
    options = [word for word in words[1:] if word.startswith("-3")]
    asked = (words[0], "--", *words[1:]) if options else words
    assert said in home.refused(*asked)
    done = home.run(words[0], "--json", *asked[1:])
    assert (done.code, done.err) == (1, "")
    assert said in done.json["error"]["message"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sign", "--on", "2026-11-20"), "Loa signed is not possible while the order is checking"),
        (("evidence", "--kind", "attestation"), "Give evidence is not possible while the order is checking"),
    ],
    ids=["sign", "evidence"],
)
def test_a_file_that_is_no_document_is_not_kept(home: Home, order: str, words: tuple[str, ...], said: str) -> None:
    file = home.folder / "letter.exe"
    file.write_bytes(b"MZ")
    assert said in home.refused(words[0], order, "--by", "Ada Byron", *words[1:], "--file", file)
    assert not (home.folder / "data" / "documents").exists()
    assert home.told("documents", order) == []


@pytest.mark.parametrize(
    "words", [("hold",), ("approve", "x"), ("list", "--limit", "0"), ("list", "--state", "asleep")]
)
def test_a_command_used_wrongly_ends_with_two(alone: Home, words: tuple[str, ...]) -> None:
    done = alone.run(*words)
    assert (done.code, done.out) == (2, "")
    assert "Usage:" in done.err


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("PORTOLAN_LOG_FORMAT", "xml", "log_format"),
        ("PORTOLAN_SMTP_PORT", "hush", "smtp_port"),
        ("PORTOLAN_DATABASE_URL", "nonsense", "The database URL cannot be read"),
        ("PORTOLAN_DATABASE_URL", "postgresql://me:hush@127.0.0.1:1/x", "The database cannot be used"),
        ("PORTOLAN_DATA_DIR", "/dev/null", "The data folder /dev/null cannot be used"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_in_one_line(alone: Home, setting: str, value: str, said: str) -> None:
    alone.environment.update({setting: value})
    told = alone.refused("list")
    assert said in told
    assert "hush" not in told


def test_a_server_that_cannot_be_started_is_told_in_one_line(alone: Home) -> None:
    port, ui_port = free_port(), free_port()
    done = alone.run("up", "--port", port, "--ui-port", ui_port, TEMPORAL_CLI_PATH="/dev/null")
    assert done.code == 1
    assert done.err.startswith("error: TEMPORAL_CLI_PATH names /dev/null, which is no program")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_process_ends_with_the_commands_code(alone: Home, code: int) -> None:
    words: Callable[[], tuple[str, ...]] = lambda: (("list",), ("show", "x"), ("list", "--limit", "0"))[code]  # noqa: E731
    process = alone.process(*words())
    process.communicate(timeout=60)
    assert process.returncode == code
