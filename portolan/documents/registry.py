"""The letters of this deployment, sealed with its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portolan.documents.keeping import Letters
from portolan.documents.store import Documents
from portolan.records.store import Records
from portolan.settings import Settings

if TYPE_CHECKING:
    from portolan.documents.sealing import SealingKey


def letters(settings: Settings, records: Records) -> Letters:
    """Letters in the deployment's document store; the key is made or read when something is sealed."""

    def key() -> SealingKey:
        from portolan.documents.sealing import SealingKey

        if settings.seal_key:
            return SealingKey.load(settings.seal_key, settings.seal_password.get_secret_value() or None)
        return SealingKey.generate(settings.data_dir)

    return Letters(Documents(settings.documents), records, key)
