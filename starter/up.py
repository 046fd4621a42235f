"""Everything in one process: the embedded server, a worker and the simulated carrier, with state kept between runs."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import structlog
from sqlalchemy.exc import DBAPIError
from temporalio.client import Client

from portolan.carriers.registry import SIMULATED, accounts, simulated
from portolan.domain.errors import ConfigurationError
from portolan.domain.watching import EVERY
from portolan.records.engine import connect, is_newest
from portolan.records.store import Records
from portolan.settings import Settings
from starter.clock import OrderClock
from starter.schedules import ensure_schedules
from starter.server import embedded, in_use
from starter.simulating import simulator, write_account
from worker.host import build_worker, stop_on_signals

PUMP_SECONDS = 1.0
#: How long it takes until schedules are tried again, the first time; twice as long each time after it.
FIRST_PAUSE = timedelta(seconds=5)

log = structlog.get_logger(__name__)


class Simulating(NamedTuple):
    """A vendor that is simulated, by its protocol, on a port of this machine."""

    vendor: str
    port: int


def open_records(settings: Settings) -> Records:
    """The deployment's records, brought up to date first.

    Raises:
        ConfigurationError: The data folder or the database cannot be used.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        engine = connect(settings.records_url)
        if not is_newest(engine):
            from portolan.records.migrate import upgrade  # Alembic takes long to load, and is needed once a release

            upgrade(settings.records_url)
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {settings.data_dir} cannot be used: {error.strerror}.", "Set PORTOLAN_DATA_DIR."
        ) from error
    except DBAPIError as error:
        words = " ".join(str(error.orig).split())
        raise ConfigurationError(f"The database cannot be used: {words}", "Check PORTOLAN_DATABASE_URL.") from error
    return Records(engine)


def existing_records(settings: Settings) -> Records:
    """The records of a deployment that has been used before.

    Raises:
        ConfigurationError: There is nothing in this folder.
    """
    if not settings.database_url and not settings.data_dir.exists():
        raise ConfigurationError(
            f"There is no Portolan in {settings.data_dir.resolve()}.",
            "Run this where `portolan up` runs, or set PORTOLAN_DATA_DIR.",
        )
    return open_records(settings)


@contextmanager
def sole_user(folder: Path) -> Iterator[None]:
    """Keep a second server off the state in a folder.

    Raises:
        ConfigurationError: Somebody uses it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigurationError(
                f"Another `portolan up` keeps its state in {folder.resolve()}.",
                "End that one, or set PORTOLAN_DATA_DIR to another folder.",
            ) from error
        yield


@asynccontextmanager
async def running(settings: Settings, ui_port: int | None, keep: bool) -> AsyncIterator[tuple[Client, Records]]:
    """Server and worker for as long as the block runs; with `keep`, the server remembers.

    Raises:
        ConfigurationError: Its port is in use.
    """
    port = int(settings.temporal_address.rpartition(":")[2])
    for wanted in filter(None, (port, ui_port)):
        if in_use(wanted):
            raise ConfigurationError(
                f"Port {wanted} is in use: is `portolan up` running already?",
                "End that one, or choose others: portolan up --port 7234 --ui-port 8234.",
            )
    # A versioned worker gets work only once somebody made its version the current one; nobody does so here.
    settings = settings.model_copy(update={"build_id": ""})
    records = open_records(settings)
    database = settings.data_dir / "temporal.db" if keep else None
    with sole_user(settings.data_dir):
        async with embedded(settings, ui_port, database) as client, build_worker(client, settings, records):
            yield client, records


async def up(
    settings: Settings, ui_port: int, announce: Callable[[], None], ingress_port: int, simulating: Simulating | None
) -> None:
    """Run until asked to stop.

    Raises:
        ConfigurationError: A port is in use, or the carrier accounts are wrong.
    """
    from starter.ingress.receivers import doors  # a web server: for this command only
    from starter.ingress.serve import beside, listening

    stop = asyncio.Event()
    stop_on_signals(stop)
    async with AsyncExitStack() as stack:
        if simulating:
            if settings.carrier_accounts:
                raise ConfigurationError(
                    f"PORTOLAN_CARRIER_ACCOUNTS names {settings.carrier_accounts}: the account at a simulated vendor "
                    f"is written to {settings.data_dir / 'carriers.yaml'}, which nobody would read.",
                    "Unset it to run with --simulated.",
                )
            state = settings.data_dir / "simulator.db"
            url = stack.enter_context(simulator(state, simulating.port, settings.simulated_seed))
            write_account(settings.data_dir, simulating.vendor, url, f"http://127.0.0.1:{ingress_port}")
        opened = doors(accounts(settings))
        listener = listening("127.0.0.1", ingress_port) if opened else None
        client, records = await stack.enter_async_context(running(settings, ui_port, keep=True))
        if listener:
            await stack.enter_async_context(beside(settings, records, opened, listener))
        announce()
        pump = asyncio.create_task(alongside(client, settings, records))
        await stop.wait()
        pump.cancel()


async def alongside(client: Client, settings: Settings, records: Records) -> None:
    """What goes on beside the workers: accounts are looked through by schedule, and the simulated carrier speaks."""
    await asyncio.gather(keep_schedules(client, settings, records), speak(client, settings, records))


async def keep_schedules(client: Client, settings: Settings, records: Records) -> None:
    """Have a schedule for each account, and see every hour that it is still there; whatever fails is tried again."""
    pause = FIRST_PAUSE
    while True:
        try:
            needed = await asyncio.to_thread(records.accounts_in_use)
            await ensure_schedules(client, settings, list(accounts(settings)), needed)
            wait, pause = EVERY, FIRST_PAUSE
        except Exception as error:
            log.warning("not every carrier account is looked through", error=str(error))
            wait, pause = pause, min(2 * pause, EVERY)
        await asyncio.sleep(wait.total_seconds())


async def speak(client: Client, settings: Settings, records: Records) -> None:
    """Let the simulated carrier's messages arrive when they are due by each order's own clock."""
    carrier = simulated(settings)
    while True:
        try:
            orders = records.list_orders(live=True, limit=1000)
        except Exception as error:
            orders = []
            log.warning("simulated carrier waits for the database", error=str(error))
        for order in orders:
            if order.gaining_carrier == SIMULATED:
                try:
                    await _speak_of(OrderClock(client, carrier, order.order_id))
                except Exception as error:
                    log.warning("simulated carrier could not be heard", order_id=order.order_id, error=str(error))
        await asyncio.sleep(PUMP_SECONDS)


async def _speak_of(clock: OrderClock) -> None:
    message = clock.next_message()
    if message is None:
        return
    if message.due_at <= datetime.now(UTC) or message.due_at <= await clock.now():
        await clock.deliver(message)
