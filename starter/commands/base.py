"""What all commands share: options, settings, progress, and errors told in one line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Annotated, Any, NoReturn, ParamSpec, TypeVar

import typer
from pydantic import ValidationError
from rich.markup import escape
from temporalio.service import RPCError

from portolan.domain.errors import ConfigurationError, PortolanError
from portolan.domain.messages import problem
from portolan.settings import Settings
from starter.output import err, print_json
from worker.logs import configure

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Move telephone numbers between carriers, durably. Start with `portolan demo`, then `portolan up`.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="As `portolan list` shows it.")]
By = Annotated[str, typer.Option("--by", help="Who decides.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the audit trail.")]
EventId = Annotated[str, typer.Option("--event-id", help="Names the decision: the same one again changes nothing.")]

P = ParamSpec("P")
T = TypeVar("T")


def settings(**given: Any) -> Settings:
    """The settings of the environment, with some laid over them.

    Raises:
        ConfigurationError: One is not what it should be; its value is not repeated.
    """
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise ConfigurationError(f"A setting cannot be used: {problem(error)}.", "Correct or unset it.") from error
    configure(settings)
    return settings


class TemporalFailed(PortolanError):
    """The Temporal server answered with an error of its own."""

    code = "temporal"


def command(run: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run an async command; tell an error in one line, as JSON where JSON was asked for."""

    @wraps(run)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            asyncio.run(run(*args, **kwargs))
        except PortolanError as error:
            fail(error, bool(kwargs.get("as_json")))
        except TimeoutError as error:
            fail(PortolanError(f"{error}.", "Try again."), bool(kwargs.get("as_json")))
        except RPCError as error:
            fail(TemporalFailed(f"Temporal: {error.message}"), bool(kwargs.get("as_json")))

    return wrapped


def fail(error: PortolanError, as_json: bool) -> NoReturn:
    """Tell an error and end with exit code 1."""
    if as_json:
        print_json({"error": {"code": error.code, "message": error.message, "remedy": error.remedy}})
    else:
        err.print(f"[bold red]error:[/] {escape(str(error))}")
    raise typer.Exit(1) from None


async def with_progress(words: str, work: Awaitable[T], quiet: bool) -> T:
    """Wait for something; somebody who watches sees that it goes on."""
    if quiet or not err.is_terminal:
        return await work
    with err.status(words):
        return await work


@contextmanager
def counted(words: str, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show somebody who watches how far a long reading has come."""
    if quiet or not err.is_terminal:
        yield lambda count: None
        return
    with err.status(words) as status:
        yield lambda count: status.update(f"{count:,} {words}")
