"""The documents say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portolan.carriers.accounts import load
from portolan.domain.states import diagram
from portolan.settings import Settings
from starter.cli import app

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def test_the_state_diagram_is_the_transition_table() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    drawn = re.search(r"```mermaid\n(stateDiagram.*?)\n```", page, re.DOTALL)
    assert drawn, "docs/architecture.md has no state diagram"
    message = "The transition table changed: put the output of `python -m tests.docs.diagram` into docs/architecture.md"
    assert drawn.group(1) == diagram(), message


def test_every_setting_is_in_the_table() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", page, re.MULTILINE))
    names = {
        str(field.validation_alias or f"PORTOLAN_{name.upper()}"): field.description or ""
        for name, field in Settings.model_fields.items()
    }
    assert rows == names


def test_every_command_is_in_the_readme() -> None:
    page = (ROOT / "README.md").read_text()
    names = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    missing = {name for name in names if f"portolan {name}" not in page}
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "carriers").glob("*.md")), ids=lambda page: page.stem)
def test_every_example_of_an_account_can_be_used(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = re.findall(r"```yaml\n(accounts:.*?)```", page.read_text(), re.DOTALL)
    assert examples, "every page shows how an account is set up"
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    for example in examples:
        for name in re.findall(r"env:([A-Z_]+)", example):
            monkeypatch.setenv(name, "hidden")
        file = tmp_path / "carriers.yaml"
        text = re.sub(r"file:\S+", f"file:{secret}", example).replace("AC...", "AC" + "0" * 32)
        file.write_text(re.sub(r"<[^>]*>", "key", text))
        accounts = load(file)
        assert len(accounts) == 1 + len(re.findall(r"vendor:", example))
        assert "hidden" not in repr(accounts)
