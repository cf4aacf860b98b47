from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from lepton_jupyter.preprocessing.number_codes import are_codes


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        (["C4711", "C4712", "C99"], True),
        (["7", "K7", "8", "9"], True),
        (["INV-17", "18", "19"], True),
        (["01067", "1067", "4"], True),
        (["€5", "7", "USD 8"], False),
        (["5 kg", "7", "8"], False),
        (["x7", *map(str, range(40))], False),
        (["7", "8", "9.5"], False),
    ],
)
def test_words_before_digits_tell_codes_from_numbers(texts, codes):
    assert are_codes(pa.array(texts, pa.large_string()), np.ones(len(texts))) is codes
