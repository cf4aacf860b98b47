from __future__ import annotations

import os
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_jupyter.exceptions.export_errors import ExistingFileError, ExportWriteError, ModelFileError
from lepton_jupyter.runs.packed_files import pack_folder, unpacking, write_atomically


def packed(tmp_path, files):
    folder, place = tmp_path / "folder", tmp_path / "packed.zip"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    pack_folder(folder, place, first="b.txt")
    return place


def test_what_is_packed_is_read_back_and_the_same_files_give_the_same_bytes(tmp_path):
    files = {"a/one": b"1" * 5000, "a/two": b"", "b.txt": b"first"}
    place = packed(tmp_path, files)
    with unpacking(place) as (names, read):
        assert names == files.keys()
        assert {name: read(name) for name in names} == files
    assert zipfile.ZipFile(place).namelist() == ["b.txt", "a/one", "a/two"]
    once = place.read_bytes()
    os.utime(tmp_path / "folder" / "b.txt", (1, 1))
    pack_folder(tmp_path / "folder", place, first="b.txt")
    assert place.read_bytes() == once


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "model.zip"

    def fail(place):
        place.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(ExportWriteError, match=r"'.*model\.zip' was not written: the disk is full"):
        write_atomically(path, fail)
    assert list(tmp_path.iterdir()) == []
    write_atomically(path, lambda place: place.write_text("whole"))
    with pytest.raises(ExistingFileError, match=r"already a file .* --overwrite \(overwrite=True\)"):
        write_atomically(path, lambda place: place.write_text("other"))
    with pytest.raises(ExportWriteError):
        write_atomically(path, fail, overwrite=True)
    assert path.read_text() == "whole"
    path.chmod(0o640)
    write_atomically(path, lambda place: place.write_text("other"), overwrite=True)
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("other", 0o640)
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ExportWriteError, match="No such file or directory"):
        write_atomically(tmp_path / "none" / "model.zip", lambda place: place.write_text("whole"))


def test_a_file_that_came_meanwhile_is_not_lost(tmp_path):
    path = tmp_path / "model.zip"

    def write(place):
        path.write_text("of somebody else")
        place.write_text("ours")

    with pytest.raises(ExistingFileError):
        write_atomically(path, write)
    assert path.read_text() == "of somebody else"


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "There is no file '.*' that can be read"),
        (b"", "is no model that lepton-jupyter wrote"),
        (b"id,name\n1,Ada\n", "is no model that lepton-jupyter wrote"),
        (b"PK\x03\x04" + b"\0" * 40, "is damaged: its end is missing"),
    ],
)
def test_what_is_no_packed_file_is_one_sentence(tmp_path, content, said):
    path = tmp_path / "model.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelFileError, match=said), unpacking(path):
        pass


def test_what_would_unpack_to_far_more_than_it_is_stays_packed(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("b.txt", b"\0" * 2**28)
    assert path.stat().st_size < 2**19
    said = r"would unpack to 268 MB, far more .* nothing of it was unpacked"
    with pytest.raises(ModelFileError, match=said), unpacking(path):
        pass


def test_a_name_that_stands_twice_is_refused(tmp_path):
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as twice:
        twice.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            twice.writestr("a", b"2")
    with pytest.raises(ModelFileError, match="a name stands in it twice"), unpacking(path):
        pass


@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255), end=st.none() | st.floats(0, 1))
def test_a_changed_or_shortened_file_gives_what_was_packed_or_one_sentence(tmp_path_factory, place, value, end):
    files = {"a": bytes(range(256)) * 3, "b.txt": b"first"}
    path = packed(tmp_path_factory.mktemp("changed"), files)
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] = value
    path.write_bytes(content if end is None else content[: int(end * len(content))])
    try:
        with unpacking(path) as (names, read):
            found = {name: read(name) for name in names}
    except ModelFileError as error:
        said = str(error)
    else:
        assert all(content == files.get(name, content) for name, content in found.items())
        return
    assert "\n" not in said
    assert said.endswith(".")
