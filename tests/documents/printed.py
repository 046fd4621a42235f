"""`python -m tests.documents.printed`: the hashes of every letter, for a test that compares machines and days."""

from __future__ import annotations

import json
from hashlib import sha256

from portolan.documents.letters.render import render
from tests.documents.letters import every_form


def hashes() -> dict[str, list[str]]:
    """Of each letter and its attachment."""
    letters = {name: render(asked) for name, asked in every_form().items()}
    return {name: [sha256(part or b"").hexdigest() for part in letter[:2]] for name, letter in letters.items()}


if __name__ == "__main__":
    print(json.dumps(hashes()))
