"""Versions of the packages that models are fitted by."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALWAYS = ("lepton-jupyter", "numpy", "pandas", "scikit-learn", "lightgbm", "dask")


def package_versions(others: Iterable[str] = ()) -> dict[str, str]:
    """Versions of Python and of the installed among the packages that matter.

    Parameters
    ----------
    others : iterable of str, optional
        Packages to be told of beside those that every run uses.

    Returns
    -------
    versions : dict of str to str

    Examples
    --------
    >>> list(package_versions())[:3]
    ['python', 'lepton-jupyter', 'numpy']
    """
    found = {"python": platform.python_version()}
    for package in dict.fromkeys((*_ALWAYS, *others)):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
