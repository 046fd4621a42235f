"""The deployment files against their schema, against the code, and against what a careful operator expects."""

from __future__ import annotations

import fnmatch
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE_FILE = ROOT / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
ONE_SHOT = {"temporal-schema", "temporal-namespace", "migrate"}
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())

SETTINGS = {
    "PORTOLAN_TEMPORAL_ADDRESS",
    "PORTOLAN_TEMPORAL_NAMESPACE",
    "PORTOLAN_DATABASE_URL",
    "PORTOLAN_SMTP_HOST",
    "PORTOLAN_SMTP_PORT",
    "PORTOLAN_SMTP_SECURITY",
    "PORTOLAN_SMTP_USERNAME",
    "PORTOLAN_SMTP_PASSWORD",
    "PORTOLAN_MAIL_FROM",
    "PORTOLAN_DATA_DIR",
    "PORTOLAN_LOG_FORMAT",
    "PORTOLAN_CARRIER_ACCOUNTS",
}


def instructions(name: str) -> list[str]:
    """The arguments of each such instruction of the Dockerfile."""
    return [line.split(maxsplit=1)[1] for line in DOCKERFILE.splitlines() if line.startswith(f"{name} ")]


def test_it_follows_the_compose_specification():
    check = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [check, "--builtin-schema", "vendor.compose-spec", COMPOSE_FILE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "image", [service["image"] for service in SERVICES.values()] + [line.split()[0] for line in instructions("FROM")]
)
def test_every_image_names_an_exact_version(image):
    _, _, tag = image.rpartition(":")
    assert re.match(r"v?\d+\.\d+", tag), image


def test_our_image_carries_the_version_of_the_project():
    assert {service["image"] for service in OURS.values()} == {f"portolan:{PROJECT['project']['version']}"}


def test_the_schema_is_of_the_servers_version():
    tags = {
        SERVICES[name]["image"].rpartition(":")[2] for name in ("temporal", "temporal-schema", "temporal-namespace")
    }
    assert len(tags) == 1


@pytest.mark.parametrize("name", SERVICES)
def test_no_port_is_open_to_the_world(name):
    for port in SERVICES[name].get("ports", []):
        assert isinstance(port, str)
        assert port.startswith("127.0.0.1:"), port
    assert "network_mode" not in SERVICES[name]
    assert not SERVICES[name].get("privileged")


@pytest.mark.parametrize("name", SERVICES)
def test_passwords_come_from_the_environment(name):
    environment = SERVICES[name].get("environment", {})
    assert isinstance(environment, dict)
    for variable, value in environment.items():
        if re.search(r"PASSWORD|PWD|SECRET|TOKEN|DATABASE_URL", variable):
            assert re.search(r"\$\{[A-Z_]+:-[^}]*\}", value), variable


@pytest.mark.parametrize("name", SERVICES)
def test_restarts_and_dependencies_are_stated(name):
    service = SERVICES[name]
    assert service["restart"].startswith("on-failure:" if name in ONE_SHOT else "unless-stopped")
    for other, how in service.get("depends_on", {}).items():
        if other in ONE_SHOT:
            assert how["condition"] == "service_completed_successfully"
        elif "healthcheck" in SERVICES[other]:
            assert how["condition"] == "service_healthy"
        else:
            assert how["condition"] == "service_started"


def test_named_volumes_and_configs_are_declared_and_used():
    mounted = {
        volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", []) if ":" in volume
    }
    assert mounted == set(COMPOSE["volumes"])
    given = {config["source"] for service in SERVICES.values() for config in service.get("configs", [])}
    assert given == set(COMPOSE["configs"])
    for config in COMPOSE["configs"].values():
        assert isinstance(yaml.safe_load(config["content"]), dict)


def test_the_dynamic_config_is_where_the_server_looks():
    temporal = SERVICES["temporal"]
    assert temporal["environment"]["DYNAMIC_CONFIG_FILE_PATH"] == temporal["configs"][0]["target"]


def test_the_search_attributes_are_those_of_the_registry():
    from workflows.search_attributes import ALL

    pairs = SERVICES["temporal-namespace"]["environment"]["SEARCH_ATTRIBUTES"].split()
    assert len(pairs) == len(set(pairs))
    assert dict(pair.split("=") for pair in pairs) == {
        key.name: key.indexed_value_type.name.title().replace("_", "") for key in ALL
    }


def test_the_namespace_is_the_one_that_is_made():
    made = SERVICES["temporal-namespace"]["environment"]["TEMPORAL_NAMESPACE"]
    assert {service["environment"]["PORTOLAN_TEMPORAL_NAMESPACE"] for service in OURS.values()} == {made}


def test_our_services_have_all_settings_and_no_others():
    for service in OURS.values():
        assert set(service["environment"]) == SETTINGS
    assert set(OURS) == {"migrate", "worker", "ingress"}


def test_our_settings_are_known_and_their_defaults_are_sound(monkeypatch):
    from portolan.notifications import Smtp, channel
    from portolan.settings import Settings

    assert {f"PORTOLAN_{field.upper()}" for field in Settings.model_fields} >= SETTINGS
    for variable, value in OURS["worker"]["environment"].items():
        monkeypatch.setenv(variable, re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value))
    settings = Settings()
    assert settings.smtp_security == "none"
    assert isinstance(channel(settings), Smtp)
    assert settings.data_dir == Path("/data")


@pytest.mark.parametrize("name", OURS)
def test_addresses_in_our_settings_are_services(name):
    environment = OURS[name]["environment"]
    hosts = {
        environment["PORTOLAN_TEMPORAL_ADDRESS"].split(":")[0],
        environment["PORTOLAN_DATABASE_URL"].rpartition("@")[2].split(":")[0],
        re.sub(r"\$\{\w+:-(.*)\}", r"\1", environment["PORTOLAN_SMTP_HOST"]),
    }
    assert hosts <= set(SERVICES)


@pytest.mark.parametrize("name", OURS)
def test_the_command_line_has_each_services_command(name):
    from typer import Typer
    from typer.main import get_command

    from starter import cli

    apps = [found for found in vars(cli).values() if isinstance(found, Typer)]
    commands = {command for app in apps for command in getattr(get_command(app), "commands", {})}
    assert OURS[name]["command"][0] in commands


def test_the_entry_point_is_the_projects_script():
    (entry,) = instructions("ENTRYPOINT")
    assert entry == '["portolan"]'
    assert "portolan" in PROJECT["project"]["scripts"]


def test_the_image_does_not_run_as_root():
    (user,) = instructions("USER")
    assert int(user) > 0
    assert DOCKERFILE.index("\nUSER ") < DOCKERFILE.index("\nENTRYPOINT ")


def test_packages_are_installed_by_hash_only():
    for command in re.split(r"&&", " ".join(instructions("RUN"))):
        if "pip install" in command:
            assert "--require-hashes -r requirements/" in command or "--no-index --no-deps" in command, command
    assert "PIP_NO_CACHE_DIR=1" in DOCKERFILE


def copied() -> list[str]:
    lines = [line for line in instructions("COPY") if not line.startswith("--from")]
    return [source for line in lines for source in line.split()[:-1]]


@pytest.mark.parametrize("source", copied())
def test_what_is_copied_exists_and_is_not_ignored(source):
    assert (ROOT / source).exists()
    ignored = False
    for pattern in (ROOT / ".dockerignore").read_text().splitlines():
        if pattern and not pattern.startswith("#") and fnmatch.fnmatch(source, pattern.lstrip("!")):
            ignored = not pattern.startswith("!")
    assert not ignored


def test_every_package_of_the_project_is_copied():
    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= set(copied())
