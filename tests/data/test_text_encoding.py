from __future__ import annotations

import pytest

from lepton_jupyter.data.text_encoding import find_encoding

# fmt: off
TEXTS = [
    ("name,town\nAda,London\n", "ascii", "utf-8"),
    ("größe,straße\n", "utf-8", "utf-8"),
    ("größe,straße\n", "utf-8-sig", "utf-8-sig"),
    ("größe,straße\n", "utf-16", "utf-16"),
    ("größe,straße,ort\nx,y,z\n", "utf-16-le", "utf-16-le"),
    ("größe,straße,ort\nx,y,z\n", "utf-16-be", "utf-16-be"),
    ("größe,straße\n", "utf-32", "utf-32"),
    ("name;preis\nKöln;3 €\nSão Paulo;4 €\n", "cp1252", "cp1252"),
    ("Łódź;Kraków\nzażółć gęślą jaźń;świerszcz\nprzyjęcie;łąka\n", "cp1250", "cp1250"),
    ("город;население\nМосква;13\nСанкт-Петербург;5\nНовосибирск;2\n", "cp1251", "cp1251"),
    ("都市;人口\n東京;14\n大阪;3\nこれはテストの文章です。ひらがなとカタカナ\n", "shift_jis", "shift_jis"),
]
# fmt: on


@pytest.mark.parametrize(("text", "written", "found"), TEXTS, ids=[f"{row[1]}-{row[2]}" for row in TEXTS])
def test_the_encoding_is_found(text, written, found):
    data = text.encode(written)
    encoding = find_encoding(data)
    assert encoding in {found, "cp932" if found == "shift_jis" else found}
    assert data.decode(encoding).removeprefix("\ufeff") == text


def test_a_character_that_is_cut_off_is_still_utf8():
    assert find_encoding("aä".encode()[:-1]) == "utf-8"


def test_other_bytes_are_no_text():
    assert find_encoding(bytes(range(32))) is None
