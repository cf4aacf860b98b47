"""Files of other machines: copied here for as long as they are read."""

from __future__ import annotations

import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote as unquote_url

from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.source_errors import AddressError, MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_DATABASES = frozenset(
    {"postgresql", "postgres", "mysql", "mariadb", "sqlite", "mssql", "oracle", "duckdb", "snowflake"}
)
#: What reads an address, where fsspec needs a package for it.
_PACKAGES = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "abfss": "adlfs",
             "az": "adlfs", "hdfs": "pyarrow", "sftp": "paramiko", "ssh": "paramiko", "smb": "smbprotocol",
             "hf": "huggingface_hub", "dropbox": "dropboxdrivefs"}  # fmt: skip
_TIMEOUT_SECONDS = 30
_PIECE_BYTES = 1 << 20


def is_address(text: str) -> bool:
    r"""Whether a text is an address rather than a path of this machine.

    Examples
    --------
    >>> is_address("https://host/a.csv"), is_address(r"C:\a.csv"), is_address("file:///a.csv")
    (True, False, False)
    """
    found = _ADDRESS.match(text)
    return found is not None and found[1].lower() != "file"


def without_secrets(address: str) -> str:
    """An address as it may be shown: user, password, query and fragment left out.

    What stands before an @ or after a ? may be a secret, and what is shown is saved with the notebook.

    Examples
    --------
    >>> without_secrets("postgresql://ada:secret@host/db?sslmode=require")
    'postgresql://…@host/db'
    >>> without_secrets("https://ada:wh?o@host/churn.csv")
    'https://…'
    """
    if "://" not in address:
        return address
    scheme, _, rest = address.partition("://")
    before, *after = re.split(r"[?#]", rest, maxsplit=1)
    if after and "@" in after[0]:  # the mark may belong to a password that was not escaped
        return f"{scheme}://…"
    place, slash, path = before.partition("/")
    # A password may hold a slash that was not escaped: everything up to the last @ may be it.
    _, at, host = (place + slash + path).rpartition("@")
    shown = f"{scheme}://…@{host}" if at else f"{scheme}://{place}{slash}{path}"
    return shown[:100]


def short_address(address: str) -> str:
    """Last part of an address, as the name of the table.

    Examples
    --------
    >>> short_address("https://host/data/churn.csv?token=abc")
    'churn.csv'
    """
    path = without_secrets(address).partition("://")[2].rstrip("/")
    return unquote_url(path.rpartition("/")[2]) or without_secrets(address)


@contextmanager
def fetched(address: str) -> Iterator[tuple[list[Path], list[str]]]:
    """Copies of what an address names, and what they are called; removed when the block ends.

    Parameters
    ----------
    address : str
        Of anything fsspec reads; ``http`` and ``https`` are read without it. May hold a pattern, but not with these.

    Yields
    ------
    paths : list of Path
    labels : list of str

    Raises
    ------
    AddressError
        If it cannot be had.
    MissingPackageError
        If reading it takes a package that is not installed.
    """
    scheme = address.partition("://")[0].lower()
    shown = without_secrets(address)
    if scheme.partition("+")[0] in _DATABASES:
        raise AddressError.from_database(shown)
    with tempfile.TemporaryDirectory(prefix="lepton-fetched-") as folder:
        if scheme in {"http", "https"}:
            yield [_downloaded(address, shown, Path(folder))], [short_address(address)]
        else:
            yield _copied(address, scheme, shown, Path(folder))


def _downloaded(address: str, shown: str, folder: Path) -> Path:
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    place = folder / (short_address(address).replace("/", "_")[-100:] or "table")
    try:
        request = Request(_quoted(address), headers={"User-Agent": "lepton-jupyter"})
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer, place.open("wb") as file:
            expected = int(answer.headers.get("Content-Length") or 0)
            _check_disk(expected, folder, shown)
            shutil.copyfileobj(answer, file, _PIECE_BYTES)
        if expected and place.stat().st_size < expected:
            raise AddressError.from_failure(shown, "the connection was lost before the end")
    except HTTPError as error:
        raise AddressError.from_status(shown, error.code, str(error.reason)) from None
    except (URLError, HTTPException, OSError, ValueError) as error:
        if isinstance(error, LeptonError):
            raise
        raise AddressError.from_failure(shown, _reason(error)) from None
    return place


def _quoted(address: str) -> str:
    from urllib.parse import quote

    return quote(address, safe=":/?#[]@!$&'()*+,;=%~")


def _reason(error: BaseException) -> str:
    reason: Any = getattr(error, "reason", error)
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror[:1].lower() + reason.strerror[1:]
    if isinstance(reason, TimeoutError) or "timed out" in str(reason):
        return f"no answer in {_TIMEOUT_SECONDS} seconds"
    return type(reason).__name__ if isinstance(reason, BaseException) else str(reason)[:100]


def _check_disk(n_bytes: int, folder: Path, shown: str) -> None:
    free = shutil.disk_usage(folder).free
    if n_bytes > free:
        raise AddressError.from_size(shown, f"{n_bytes / 1e9:.1f} GB", f"{free / 1e9:.1f} GB")


def _copied(address: str, scheme: str, shown: str, folder: Path) -> tuple[list[Path], list[str]]:
    import fsspec

    try:
        system, path = fsspec.core.url_to_fs(address)
        names = sorted(system.glob(path)) if re.search(r"[*?\[]", path) else [path]
        if not names or not all(system.exists(name) for name in names):
            raise AddressError.from_failure(shown, "there is no such file")
        _check_disk(sum(int(system.size(name) or 0) for name in names), folder, shown)
        places = []
        for number, name in enumerate(names):
            place = folder / f"{number:06d}-{name.rpartition('/')[2]}"
            system.get_file(name, str(place))
            places.append(place)
    except LeptonError:
        raise
    except ImportError:
        raise MissingPackageError.from_package(
            f"Reading {scheme}:// addresses", _PACKAGES.get(scheme, scheme)
        ) from None
    except ValueError as error:
        if "not known" in str(error).lower() or "protocol" in str(error).lower():
            raise AddressError.from_scheme(shown, scheme) from None
        raise AddressError.from_failure(shown, type(error).__name__) from None
    except Exception as error:  # noqa: BLE001  each file system has errors of its own, and their texts may hold secrets
        raise AddressError.from_failure(shown, type(error).__name__) from None
    return places, [name.rpartition("/")[2] for name in names]
