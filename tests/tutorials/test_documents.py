"""README and CONTRIBUTING say what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lepton_jupyter.magics.line_parser import parse_line
from lepton_jupyter.magics.verbs import VERBS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

#: Verb, meaning and example of each line of the table of magics.
ROWS = re.findall(r"^\| `(\w+)` \| (.+?) \| `(.+?)` \|$", README, re.MULTILINE)


def test_the_table_of_magics_is_that_of_the_help_page():
    assert [(name, meaning) for name, meaning, _ in ROWS] == [(verb.name, verb.summary) for verb in VERBS.values()]


@pytest.mark.parametrize("example", [example for _, _, example in ROWS] + re.findall(r"^run = %lepton.+", README, re.M))
def test_examples_are_understood(example):
    request = parse_line(example.partition("%lepton ")[2], {}).request
    assert type(request).__name__.removesuffix("Request").lower() in example


def test_every_option_named_is_one_of_some_verb():
    known = {option.name for verb in VERBS.values() for option in verb.options}
    magics = README[README.index("## The magics") : README.index("## In Python")]
    named = set(re.findall(r"--[a-z][a-z-]*", magics))
    assert named <= known
    assert {option.name for option in VERBS["fit"].options} - {"--target", "--budget"} <= named


def test_files_to_touch_are_there():
    named = re.findall(r"`((?:lepton_jupyter|tests|labextension|tutorials|\.ci)/[\w./-]+)`", CONTRIBUTING)
    assert len(named) > 20
    missing = [name for name in named if not re.search(r"[A-Z]{4}", name) and not (ROOT / name).exists()]
    assert missing == []


@pytest.mark.parametrize("target", re.findall(r"\]\((?!https?:)([^)]+)\)", README))
def test_what_the_readme_links_to_is_there(target):
    assert (ROOT / target).is_file()
