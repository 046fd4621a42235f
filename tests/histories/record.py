"""Record the histories that `tests/workflows/test_replay.py` replays: `python -m tests.histories.record [name ...]`.

Without names it records all.

Record again only where a change of the workflow is meant to break running orders, or was made safe for them by
`workflow.patched` and a branch of it is not yet covered. A history that no longer replays is an order that would stop.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from portolan.settings import Settings
from starter.server import embedded, free_port
from tests.workflows.scenarios import SCENARIOS
from tests.world import world

FOLDER = Path(__file__).parent


def anonymous(value: Any) -> Any:
    """A history without what names the machine it was recorded on: stack traces and the names of processes."""
    if isinstance(value, dict):
        return {name: anonymous(item) for name, item in value.items() if name != "stackTrace"}
    if isinstance(value, str) and re.match(r"\d+@", value):
        return "recorder"
    return [anonymous(item) for item in value] if isinstance(value, list) else value


async def record(names: Collection[str]) -> None:
    """Play these scenarios once each and keep what Temporal remembers of it; all people and numbers are made up."""
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "server", temporal_address=f"127.0.0.1:{free_port()}")
        async with embedded(settings) as client, world(client, Path(folder)) as made:
            for name in names:
                port = await SCENARIOS[name].play(made, f"history-{name.replace('_', '-')}")
                history = await port.handle.fetch_history()
                text = json.dumps(anonymous(history.to_json_dict()), indent=1, sort_keys=True) + "\n"
                (FOLDER / f"{name}.json").write_text(text)
                print(f"{name}: {len(history.events)} events, {len(text) // 1024} KB")
            await asyncio.sleep(0.5)


if __name__ == "__main__":
    wanted = sys.argv[1:] or list(SCENARIOS)
    if unknown := [name for name in wanted if name not in SCENARIOS]:
        sys.exit(f"no scenario {', '.join(unknown)}; there are: {', '.join(SCENARIOS)}")
    asyncio.run(record(wanted))
