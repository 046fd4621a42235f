from __future__ import annotations

import pytest

from tests.carriers.twilio.fake import Scene


@pytest.fixture
def scene() -> Scene:
    return Scene()
