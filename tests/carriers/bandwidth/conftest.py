from __future__ import annotations

import pytest

from tests.carriers.bandwidth.fake import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
