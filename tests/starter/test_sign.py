"""`portolan sign`: in ink with the scan, or here and sealed; what is refused, and that nothing of it is kept."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from portolan.documents.keeping import CONSENT
from portolan.documents.sealing import verify
from portolan.documents.store import Documents
from portolan.domain.calendars import local
from portolan.domain.states import State
from tests.documents.letters import png
from tests.starter.commands import PORTOLAN, Home, Said
from tests.world import ADA, DAY, SILENT, Port, World

PERSON = "Whether it is signed and dated, a person has to see."


class Desk:
    """One order, and the command line of the deployment it is in."""

    def __init__(self, port: Port, folder: Path) -> None:
        world = port.world
        self.port, self.order = port, port.order_id
        self.home = Home(folder, world.client.service_client.config.target_host, world.settings.task_queue)
        self.home.environment["PORTOLAN_DATA_DIR"] = str(world.settings.data_dir)
        self.documents = Documents(world.settings.documents)

    async def run(self, *words: object) -> Said:
        return await asyncio.to_thread(self.home.run, *words)

    async def sign(self, *words: object, by: str = ADA.name) -> Said:
        return await self.run("sign", self.order, "--by", by, *words)

    async def refused(self, *words: object, by: str = ADA.name) -> str:
        """What is said of a signature that does not count."""
        return await asyncio.to_thread(self.home.refused, "sign", self.order, "--by", by, *words)

    async def today(self) -> date:
        """By the order's clock, at the losing carrier's desk."""
        order = await self.port.order()
        return local(await self.port.clock.now(), order.policy.time_zone).date()

    async def letter(self) -> bytes:
        """The unsigned letter, as it was given out."""
        order = await self.port.order()
        return self.documents.read(order.letters["port"])

    async def scan(self) -> Path:
        """The letter as it comes back."""
        made = BytesIO()
        PdfWriter(clone_from=PdfReader(BytesIO(await self.letter()))).write(made)
        return self.file(made.getvalue())

    def file(self, content: bytes, name: str = "scan.pdf") -> Path:
        path = self.home.folder / name
        path.write_bytes(content)
        return path

    def kinds(self) -> list[str]:
        """The kinds of the order's documents."""
        return sorted(row.kind for row in self.port.world.records.documents(self.order))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


async def desk(world: World, folder: Path, **given: Any) -> Desk:
    """An order that waits for its signature."""
    port = await world.port(SILENT, **given)
    assert await port.state() is State.AWAITING_SIGNATURE
    return Desk(port, folder)


async def test_word_alone_is_enough_and_without_a_date_it_is_today(shared_world: World, folder: Path) -> None:
    at = await desk(shared_world, folder)
    await at.port.clock.past(3 * DAY)
    today = await at.today()
    done = await at.sign()
    assert (done.code, done.err) == (0, "")
    assert "the order is now awaiting approval" in done.out
    loa = (await at.port.order()).loa
    assert loa is not None
    assert (loa.signed_by, loa.document) == (ADA.name, None)
    assert loa.signed_on in {today, await at.today()}
    assert loa.signed_on > datetime.now(UTC).date()


async def test_a_scan_is_kept_and_the_order_names_it(shared_world: World, folder: Path) -> None:
    at = await desk(shared_world, folder)
    scan, signed_on = await at.scan(), await at.today() - timedelta(days=2)
    done = await at.sign("--file", scan, "--on", signed_on)
    assert (done.code, done.err) == (0, "")
    assert f"look: {PERSON}" in done.out
    loa = (await at.port.order()).loa
    assert loa is not None
    assert loa.signed_on == signed_on
    assert at.documents.read(loa.document or "") == scan.read_bytes()
    assert at.kinds() == ["loa", "port_letter"]


async def test_a_picture_is_a_scan_too(shared_world: World, folder: Path) -> None:
    at = await desk(shared_world, folder)
    done = await at.sign("--file", at.file(png(), "scan.png"), "--on", await at.today(), "--json")
    assert (done.code, done.json["accepted"]) == (0, True)


async def test_signed_here_it_is_sealed_with_the_deployments_key(shared_world: World, folder: Path) -> None:
    at = await desk(shared_world, folder)
    done = await at.sign("--electronic", "--agree")
    assert (done.code, done.err) == (0, "")
    assert f"{ADA.name} agreed: {CONSENT}" in done.out
    loa = (await at.port.order()).loa
    assert loa is not None
    state = await asyncio.to_thread(verify, at.documents.read(loa.document or ""))
    assert (state.intact, state.covers_whole_document, state.signer_name) == (True, True, ADA.name)
    assert at.kinds() == ["loa", "port_letter"]


@pytest.mark.parametrize(
    ("modes", "words", "said"),
    [
        (["electronic"], ("--file", "SCAN", "--on", "TODAY"), "signed this way (wet). Have it signed: electronic."),
        (["wet"], ("--electronic", "--agree"), "signed this way (electronic). Have it signed: wet."),
    ],
)
async def test_a_mode_that_the_carriers_do_not_take_is_refused_and_nothing_is_kept(
    shared_world: World, folder: Path, modes: list[str], words: tuple[str, ...], said: str
) -> None:
    at = await desk(shared_world, folder, policy={"signature_modes": modes})
    given = {"SCAN": await at.scan(), "TODAY": await at.today()}
    assert said in await at.refused(*(given.get(word, word) for word in words))
    assert (await at.port.order()).loa is None
    assert at.kinds() == ["port_letter"]


async def test_the_form_given_back_unsigned_is_refused(shared_world: World, folder: Path) -> None:
    at = await desk(shared_world, folder)
    unsigned = at.file(await at.letter(), "letter.pdf")
    said = await at.refused("--file", unsigned, "--on", await at.today())
    assert "This is the form itself, unsigned: give the copy with signature and date." in said
    assert await at.port.state() is State.AWAITING_SIGNATURE
    assert at.kinds() == ["port_letter"]


async def test_what_cannot_be_the_letter_is_refused_in_one_line(shared_world: World, folder: Path) -> None:
    at, other = await desk(shared_world, folder), await desk(shared_world, folder)
    theirs, today = await other.scan(), await at.today()
    assert "Not in its text: +1" in await at.refused("--file", theirs, "--on", today)
    assert "none.pdf cannot be read" in await at.refused("--file", folder / "none.pdf", "--on", today)
    assert "neither a PDF" in await at.refused("--file", at.file(b"MZ", "letter.exe"), "--on", today)
    assert await at.port.state() is State.AWAITING_SIGNATURE
    assert at.kinds() == ["port_letter"]


@pytest.mark.parametrize(
    ("by", "days", "said"),
    [
        ("Grace Hopper", 0, "Grace Hopper is not the person authorized on the account. Ada Byron has to sign."),
        (ADA.name, -32, "it may be at most 30 days old"),
        (ADA.name, 3, "which lies in the future"),
    ],
)
@pytest.mark.parametrize("scanned", [False, True])
async def test_signer_and_date_are_checked_before_anything_is_kept(
    shared_world: World, folder: Path, by: str, days: int, said: str, scanned: bool
) -> None:
    at = await desk(shared_world, folder)
    file = ("--file", await at.scan()) if scanned else ()
    assert said in await at.refused("--on", await at.today() + timedelta(days=days), *file, by=by)
    assert at.kinds() == ["port_letter"]


async def test_somebody_else_cannot_sign_here(shared_world: World, folder: Path) -> None:
    at = await desk(shared_world, folder)
    assert "Ada Byron has to sign" in await at.refused("--electronic", "--agree", by="Grace Hopper")
    assert at.kinds() == ["port_letter"]


async def test_two_ways_at_once_and_dates_out_of_place_are_refused(shared_world: World, folder: Path) -> None:
    at = await desk(shared_world, folder)
    scan = await at.scan()
    assert "two ways of signing" in await at.refused("--file", scan, "--electronic", "--agree")
    assert "The date on the letter is missing." in await at.refused("--file", scan)
    assert "has today's date" in await at.refused("--electronic", "--agree", "--on", await at.today() - DAY)
    assert at.kinds() == ["port_letter"]


async def test_an_order_that_waits_for_no_signature_takes_none(shared_world: World, folder: Path) -> None:
    at = await desk(shared_world, folder)
    scan = await at.scan()
    await at.port.decide("cancel", reason="enough", by="Charles")
    await at.port.result()
    for words in (("--electronic", "--agree"), ("--file", scan, "--on", await at.today())):
        assert "The order has ended: cancelled." in await at.refused(*words)
    assert at.kinds() == ["port_letter"]


def typed_at_a_terminal(home: Home, answer: str, *words: object) -> subprocess.CompletedProcess[str]:
    """A command whose questions somebody answers at a terminal."""
    terminal, theirs = pty.openpty()
    try:
        os.write(terminal, f"{answer}\n".encode())
        return subprocess.run(
            [PORTOLAN, *map(str, words)],
            env={**os.environ, **home.environment},
            stdin=theirs,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(terminal)
        os.close(theirs)


async def test_somebody_at_a_terminal_is_asked_for_the_date(shared_world: World, folder: Path) -> None:
    at = await desk(shared_world, folder)
    signed_on = await at.today() - timedelta(days=1)
    words = ("sign", at.order, "--by", ADA.name, "--file", await at.scan())
    done = await asyncio.to_thread(typed_at_a_terminal, at.home, f" {signed_on} ", *words)
    assert done.returncode == 0, done.stderr
    assert "Which date is written on the letter (YYYY-MM-DD)?" in done.stdout
    loa = (await at.port.order()).loa
    assert loa is not None
    assert loa.signed_on == signed_on
