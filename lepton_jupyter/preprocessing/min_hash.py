"""Min-hash embeddings: a few numbers for a text, more of which agree the more characters two texts share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

#: Runs of so many characters within a word, blanks around it included, are what two texts may share.
_SIZES = (2, 4)
_N_RUNS = 2**20
#: Different texts that are hashed at once: what their runs take in memory stays small.
_AT_ONCE = 4096
#: The multipliers of the hashes; another seed would make other numbers of the same texts.
_SEED = 20_220_131


def min_hashes(texts: pa.Array, n_columns: int) -> NDArray[np.float64]:
    """Of several hash functions the least value over the runs of characters of each text.

    The share of columns in which two texts agree estimates the share of their runs that both have (Jaccard's
    similarity) [1]_; as features of dirty categories see [2]_. Nothing is learnt: a text has the same numbers wherever
    it stands.

    Parameters
    ----------
    texts : Array of strings of length n_texts
    n_columns : int
        Hash functions.

    Returns
    -------
    least : ndarray of shape (n_texts, n_columns)
        From 0 to 1; 1 where a text has no run, NaN where it is missing.

    References
    ----------
    .. [1] A. Z. Broder. On the resemblance and containment of documents. SEQUENCES '97, 21-29.
    .. [2] P. Cerda, G. Varoquaux. Encoding high-cardinality string categorical variables. IEEE Transactions on
           Knowledge and Data Engineering 34(3):1164-1176, 2022.

    Examples
    --------
    >>> import pyarrow as pa
    >>> berlin, typo, kiel = min_hashes(pa.array(["Berlin Mitte", "Berlin Mite", "Kiel"]), 200)
    >>> bool((berlin == typo).mean() > 0.6), bool((berlin == kiel).mean() < 0.1)
    (True, True)
    """
    import pyarrow.compute as pc

    encoded = pc.dictionary_encode(texts)
    distinct = encoded.dictionary.to_pylist()
    # The last row is that of a missing text.
    least = np.full((len(distinct) + 1, n_columns), np.nan)
    for start in range(0, len(distinct), _AT_ONCE):
        block = distinct[start : start + _AT_ONCE]
        least[start : start + len(block)] = _least(block, n_columns)
    places = np.asarray(encoded.indices.fill_null(len(distinct)), dtype=np.int64)
    return least[places]


def _least(texts: list[str], n_columns: int) -> NDArray[np.float64]:
    from sklearn.feature_extraction.text import HashingVectorizer

    vectorizer = HashingVectorizer(
        analyzer="char_wb", ngram_range=_SIZES, n_features=_N_RUNS, alternate_sign=False, norm=None
    )
    runs = vectorizer.transform(texts)
    n_runs = np.diff(runs.indptr)
    there = n_runs > 0
    least = np.ones((len(texts), n_columns))
    if there.any():
        numbers = runs.indices.astype(np.uint64)
        starts = runs.indptr[:-1][there]
        multipliers, added = np.random.default_rng(_SEED).integers(2**63, size=(2, n_columns), dtype=np.uint64)
        for column in range(n_columns):
            # Multiply-shift (Dietzfelbinger and others, 1997): the upper half of a product is as good as random.
            hashed = (numbers * (multipliers[column] | np.uint64(1)) + added[column]) >> np.uint64(32)
            least[there, column] = np.minimum.reduceat(hashed, starts) / 2.0**32
    return least
