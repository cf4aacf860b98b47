"""Columns of free text: weighted words, condensed into a few topics, and the text's length."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from lepton_jupyter.data.readings import Labels, read_labels
from lepton_jupyter.preprocessing.scaled_values import ScaledValues

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.data.column_kinds import ColumnSchema

#: Topics that a text is condensed into, at most.
MOST_TOPICS = 32
_MOST_WORDS = 1_000
_MOST_TEXTS = 10_000
_MOST_LETTERS = 20_000  # of one text; a longer one says nothing more about a row and costs time


class TextReading(NamedTuple):
    """Topics of the different texts, and which of them each row holds."""

    features: NDArray[np.float64]  # of shape (n_texts + 1, n_topics + 2); the last row is a missing text
    rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn:
    """A column of free text.

    Words are weighted by tf-idf [1]_ (the 1,000 most frequent, counts dampened by their logarithm) and condensed by a
    truncated singular value decomposition, known as latent semantic analysis [2]_, into at most 32 topics. Letters and
    words are counted beside. Scripts without blanks are read by one and two letters instead of words.

    Parameters
    ----------
    schema : ColumnSchema
    by_letter : bool
    vocabulary : tuple of str
        Words in the order of `weights` and of the columns of `topics`.
    weights : ndarray of shape (n_words,)
        Inverse document frequencies.
    topics : ndarray of shape (n_topics, n_words) or None
        float32; None where words are so few that they stand for themselves.
    scaled : tuple of ScaledValues
        One for each topic and count.

    References
    ----------
    .. [1] K. Spärck Jones. A statistical interpretation of term specificity and its application in retrieval.
           Journal of Documentation 28(1):11-21, 1972.
    .. [2] S. Deerwester, S. Dumais, G. Furnas, T. Landauer, R. Harshman. Indexing by latent semantic analysis.
           Journal of the American Society for Information Science 41(6):391-407, 1990.
    """

    schema: ColumnSchema
    by_letter: bool
    vocabulary: tuple[str, ...]
    weights: NDArray[np.float64]
    topics: NDArray[np.float32] | None
    scaled: tuple[ScaledValues, ...]

    @classmethod
    def fit(cls, series: pd.Series[Any], schema: ColumnSchema) -> tuple[Self, TextReading]:
        """Learn from the training table; also give its values."""
        labels = read_labels(series)
        texts = sorted(labels.counts())
        if len(texts) > _MOST_TEXTS:
            texts = [texts[place] for place in np.linspace(0, len(texts) - 1, _MOST_TEXTS).astype(np.int64)]
        by_letter = "letters" in schema.reason
        column = cls(schema, by_letter, (), np.empty(0), None, ())._with_topics(texts)
        reading = column._features(labels)
        values = reading.features[reading.rows]
        flags = [place == 0 for place in range(values.shape[1])]
        scaled = tuple(
            ScaledValues.fit(each, normal_copy=False, flagged=flag) for each, flag in zip(values.T, flags, strict=True)
        )
        return replace(column, scaled=scaled), reading

    def _with_topics(self, texts: list[str]) -> Self:
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer

        least = 2 if len(texts) >= 50 else 1
        words = TfidfVectorizer(min_df=least, max_features=_MOST_WORDS, sublinear_tf=True, **self._analysis())
        try:
            weighted = words.fit_transform([text[:_MOST_LETTERS] for text in texts])
        except ValueError:  # no word is frequent enough: the counts of letters and words remain
            return self
        vocabulary = tuple(words.get_feature_names_out().tolist())
        found = replace(self, vocabulary=vocabulary, weights=words.idf_)
        n_topics = min(MOST_TOPICS, len(texts) - 1)
        if len(vocabulary) <= MOST_TOPICS or n_topics < 1:
            return replace(found, vocabulary=vocabulary[:MOST_TOPICS], weights=words.idf_[:MOST_TOPICS])
        decomposition = TruncatedSVD(n_topics, n_iter=3, random_state=0).fit(weighted)
        return replace(found, topics=decomposition.components_.astype(np.float32))

    def _analysis(self) -> dict[str, Any]:
        return {"analyzer": "char", "ngram_range": (1, 2)} if self.by_letter else {"token_pattern": r"(?u)\b\w+\b"}

    def _features(self, labels: Labels) -> TextReading:
        # Each different text is analysed once; a missing one has no topics and no length.
        texts = [text[:_MOST_LETTERS] for text in labels.texts]
        topics = self._topics_of(texts)
        sizes = np.array([[len(text), len(text.split())] for text in labels.texts], dtype=np.float64).reshape(-1, 2)
        features = np.vstack([np.hstack([sizes, topics]), np.zeros((1, 2 + topics.shape[1]))])
        features[-1, :2] = np.nan
        return TextReading(features, labels.indices)

    def _topics_of(self, texts: list[str]) -> NDArray[np.float64]:
        if not self.vocabulary or not texts:
            n_topics = len(self.vocabulary) if self.topics is None else len(self.topics)
            return np.zeros((len(texts), n_topics))
        from sklearn.feature_extraction.text import TfidfVectorizer

        words = TfidfVectorizer(vocabulary=self.vocabulary, sublinear_tf=True, **self._analysis())
        words.idf_ = self.weights
        weighted = words.transform(texts)
        # Each row of a product with a sparse matrix is summed by itself, in the order of its words.
        dense: NDArray[np.float64] = (
            weighted.toarray() if self.topics is None else weighted @ self.topics.T.astype(np.float64)
        )
        return dense

    def read(self, series: pd.Series[Any]) -> TextReading:
        """Topics and sizes."""
        return self._features(read_labels(series))

    def columns(self, view: str, values: TextReading) -> NDArray[Any]:
        """Columns of the view."""
        features = values.features
        if view == "linear":
            scaled = [each.columns(part) for each, part in zip(self.scaled, features.T, strict=True)]
            features = np.concatenate(scaled, axis=1)
        return features[values.rows]

    def names(self, view: str) -> list[str]:
        """Names of the columns of the view."""
        name = self.schema.name
        names = [f"{name} (letters)", f"{name} (words)"]
        if self.topics is None:
            names += [f"{name} ({word!r})" for word in self.vocabulary]
        else:
            names += [f"{name} (topic {place + 1})" for place in range(len(self.topics))]
        if view == "tree":
            return names
        return [each for part, scaled in zip(names, self.scaled, strict=True) for each in scaled.names(part)]

    def categorical(self) -> tuple[int, ...]:
        """None of them holds codes."""
        return ()

    def narrowed(self, most_levels: int) -> Self:
        """Unchanged: topics are few."""
        del most_levels
        return self

    def treatment(self) -> str:
        """What is done to the column, in a few words."""
        if self.topics is None:
            return f"words weighted, {len(self.vocabulary)} of them" if self.vocabulary else "letters and words counted"
        return f"words weighted, {len(self.topics)} topics"

    def to_dict(self) -> dict[str, Any]:
        """What was learnt, as JSON can hold it."""
        # A float32 is written with the digits it has, not with those of the nearest float64.
        topics = None if self.topics is None else [[float(str(each)) for each in topic] for topic in self.topics]
        return {
            "by_letter": self.by_letter,
            "vocabulary": list(self.vocabulary),
            "weights": self.weights.tolist(),
            "topics": topics,
            "scaled": [each.to_dict() for each in self.scaled],
        }

    @classmethod
    def from_dict(cls, schema: ColumnSchema, saved: dict[str, Any]) -> Self:
        """From what `to_dict` gave."""
        topics = None if saved["topics"] is None else np.array(saved["topics"], dtype=np.float32)
        scaled = tuple(ScaledValues.from_dict(each) for each in saved["scaled"])
        weights = np.array(saved["weights"], dtype=np.float64)
        return cls(schema, saved["by_letter"], tuple(saved["vocabulary"]), weights, topics, scaled)
