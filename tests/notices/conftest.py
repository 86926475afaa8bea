"""A kind of notice that no app plans, and what left the house."""

import json

import pytest
from django.conf import settings

from lms.notices.rendering import Words, word_kinds

MODULE = "Human rights"


@pytest.fixture(autouse=True)
def _worded():
    """Each notice says the same: a time, and a module that not everybody may read."""
    words = Words("Session 3 is near", "We meet at ten.", f"We meet at ten: {MODULE}.")
    word_kinds(["tests_kind"], lambda notices: {notice.pk: words for notice in notices})


@pytest.fixture
def outbox():
    """What the file gateways wrote: {channel: messages}."""
    folder = settings.DATA_DIR / "outbox"
    for file in folder.glob("*.jsonl"):
        file.unlink()

    def read(channel: str) -> list[dict]:
        file = folder / f"{channel}.jsonl"
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []

    return read
