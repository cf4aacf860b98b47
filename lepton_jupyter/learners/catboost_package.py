"""CatBoost's package, loaded so that its allocator gives memory back soon after it is freed."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: CatBoost brings mimalloc, which keeps what is freed for ten milliseconds, segments ten times as long, and looks at
#: either when something is allocated next: after a fit, never. Searches of 25 seconds held 240 MB for it. With one
#: millisecond and no more for segments a fit takes as long; with none at all up to 8 % longer.
_ALLOCATOR = {"MIMALLOC_PURGE_DELAY": "1", "MIMALLOC_ARENA_PURGE_MULT": "0"}


@cache
def catboost_package() -> Any:
    """CatBoost; whoever imported it before, or set its allocator in the environment, is not overruled.

    Returns
    -------
    catboost : module

    Raises
    ------
    ImportError
        If it is not installed.

    References
    ----------
    .. [1] D. Leijen, B. Zorn, L. de Moura. Mimalloc: free list sharding in action. APLAS 2019; its "Environment
       Options".

    Examples
    --------
    >>> catboost_package().__name__  # doctest: +SKIP
    'catboost'
    """
    with _in_environment(_ALLOCATOR):  # it is read when the library is loaded, and by no other process
        import catboost

    return catboost


@contextmanager
def _in_environment(wished: dict[str, str]) -> Iterator[None]:
    lent = {name: value for name, value in wished.items() if name not in os.environ}
    os.environ.update(lent)
    try:
        yield
    finally:
        for name in lent:
            os.environ.pop(name, None)
