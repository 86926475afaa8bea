"""The shipped pack and how a test changes a copy of it."""

from pathlib import Path

STARTER = Path(__file__).resolve().parents[2] / "curricula" / "starter"


def change(path, old, new, count=1):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")
