from __future__ import annotations

import pytest

from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics.help_text import describe_verb, overview
from lepton_jupyter.magics.verbs import VERBS


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_each_verb_is_listed_and_described_with_all_it_takes(verb):
    assert f"  {verb.name}" in overview()
    text = describe_verb(verb.name)
    for each in (*verb.options, *verb.arguments):
        assert each.meaning in text
    for example in verb.examples:
        assert example in text


def test_help_fits_a_page():
    for text in (overview(), *map(describe_verb, VERBS)):
        assert max(map(len, text.splitlines())) <= 120


def test_help_about_an_unknown_verb_names_the_nearest():
    with pytest.raises(MagicUsageError, match="Did you mean 'runs'"):
        describe_verb("rnus")
