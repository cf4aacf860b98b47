"""The golden files are what both sides of the wire agree on: each type has one, and it is what is written today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from golden.write_golden import documents, text_of

from lepton_jupyter.events.encoding import (
    COMMAND_TYPES,
    EVENT_TYPES,
    MESSAGE_TYPES,
    decode_command,
    decode_event,
    decode_message,
    encode,
)

GOLDEN = Path(__file__).parent.parent / "golden"
FILES = sorted(GOLDEN.glob("*.json"))


@pytest.mark.parametrize("name", sorted({**EVENT_TYPES, **COMMAND_TYPES, **MESSAGE_TYPES}))
def test_each_type_has_its_file(name: str) -> None:
    assert (GOLDEN / f"{name}.json").is_file(), "run tests/golden/write_golden.py"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_decodes_and_encodes_to_the_same_json(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    name = document["type"]
    assert path.stem.split(".")[0] == name
    decode = decode_event if name in EVENT_TYPES else decode_command if name in COMMAND_TYPES else decode_message
    again = encode(decode(document))
    assert again == document
    assert text_of(again) == path.read_text(encoding="utf-8"), "same fields in the same order"


def test_files_are_what_the_example_runs_give_today() -> None:
    fresh = documents()
    assert {path.stem for path in FILES} == set(fresh)
    changed = [path.stem for path in FILES if path.read_text(encoding="utf-8") != text_of(fresh[path.stem])]
    assert changed == [], "a changed protocol: run tests/golden/write_golden.py and say so in the CHANGELOG"


def test_panels_stay_small() -> None:
    sizes = {path.stem: len(json.dumps(json.loads(path.read_text(encoding="utf-8")))) for path in FILES}
    assert max(sizes.values()) <= 64 * 1024
