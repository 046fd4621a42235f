"""The letters of this deployment, sealed with its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portolan.documents.keeping import Letters
from portolan.documents.store import Documents
from portolan.records.store import Records
from portolan.settings import Settings

if TYPE_CHECKING:
    from portolan.documents.sealing import SealingKey


def letters(deployment: Settings, records: Records) -> Letters:
    """The deployment's letters, sealed with its key."""

    def key() -> SealingKey:
        from portolan.documents.sealing import SealingKey

        if deployment.seal_key:
            return SealingKey.load(deployment.seal_key, deployment.seal_password.get_secret_value() or None)
        return SealingKey.generate(deployment.data_dir)

    return Letters(Documents(deployment.documents), records, key)
