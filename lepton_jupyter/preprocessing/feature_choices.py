"""What features a person asks for: for all columns of a kind, and otherwise for single ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.data_errors import UnknownColumnError
from lepton_jupyter.exceptions.settings_errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from lepton_jupyter.preprocessing.column_look import ColumnLook

#: What may be chosen, by option, and what it means.
CHOICES: Mapping[str, Mapping[str, str]] = {
    "scale": {
        "standard": "less their mean, in standard deviations",
        "robust": "less their median, in spreads of the middle half",
        "quantile": "the share of values that are smaller",
        "power": "brought near a normal distribution by the power of Yeo and Johnson, mean 0, deviation 1",
    },
    "encode": {
        "onehot": "a column of 0 and 1 for each of the commonest categories",
        "ordinal": "the place of the category in the alphabet",
        "count": "the number of rows with the category",
    },
    "dates": {
        "calendar": "year, month, day, weekday, and hour where there is one",
        "cyclic": "the year, and sine and cosine of month, weekday and hour",
    },
    "text": {
        "hashed": "words and pairs of words, counted in 64 columns by a hash",
        "tfidf": "the same, rare words counting more, each text of length 1",
        "embeddings": "30 numbers of which more agree the more characters two texts share (min-hash)",
    },
    "outliers": {
        "winsorise": "brought to a bound",
        "flag": "left as they are, and told by a column of 0 and 1",
    },
}
#: What a column must hold, or be stored as, for which an option is chosen by name.
_FOR = {"scale": "number", "encode": "text", "dates": "moment", "text": "text", "outliers": "number"}
#: What columns that read so are said to hold.
HELD = {"number": "numbers", "text": "texts", "moment": "dates", "truth": "truths"}
#: For a column that is left as it is.
NONE = "none"


@dataclass(frozen=True, slots=True)
class FeatureChoices:
    """What is chosen for each option.

    Parameters
    ----------
    chosen : mapping of str to mapping of str to str
        By option and column; under an empty name what holds for all others.
    n_components : int
        Principal components that stand for all numbers; 0 for none.

    Examples
    --------
    >>> choices = FeatureChoices.of(scale=["standard", "age:robust", "year:none"])
    >>> [choices.get("scale", name) for name in ("price", "age", "year")], choices.get("encode", "town")
    (['standard', 'robust', ''], '')
    """

    chosen: Mapping[str, Mapping[str, str]]
    n_components: int = 0

    @classmethod
    def of(cls, *, pca: int = 0, **options: str | Sequence[str]) -> Self:
        """From what was given to options: ``"standard"``, or ``"age:robust"`` for one column, or several of them.

        Raises
        ------
        InvalidSettingError
            If there is no such choice.
        """
        chosen: dict[str, dict[str, str]] = {}
        for option, given in options.items():
            for each in (given,) if isinstance(given, str) else given:
                column, _, choice = str(each).rpartition(":")
                if choice not in CHOICES[option] and not (choice == NONE and option != "outliers"):
                    known = ", ".join(CHOICES[option])
                    remedy = f"Use one of {known}; for one column write COLUMN:{next(iter(CHOICES[option]))}."
                    raise InvalidSettingError.from_choice(option, str(each), remedy)
                chosen.setdefault(option, {})[column] = choice
        if isinstance(pca, bool) or not isinstance(pca, int) or pca < 0:
            raise InvalidSettingError.from_choice("pca", repr(pca), "Use a whole number of components, such as 5.")
        return cls(chosen, pca)

    def get(self, option: str, column: str) -> str:
        """What is chosen for a column; empty where it is left as it is."""
        held = self.chosen.get(option, {})
        choice = held.get(column, held.get("", ""))
        return "" if choice == NONE else choice

    def sparing(self, option: str, columns: Iterable[str]) -> Self:
        """The choices, with these columns left as they are unless something was chosen for them by name.

        Examples
        --------
        >>> choices = FeatureChoices.of(encode="onehot").sparing("encode", ["customer"])
        >>> choices.get("encode", "customer"), choices.get("encode", "town")
        ('', 'onehot')
        """
        held = self.chosen.get(option)
        if not held:
            return self
        return replace(self, chosen={**self.chosen, option: {**dict.fromkeys(columns, NONE), **held}})

    def check_columns(self, known: Collection[str]) -> None:
        """Refuse a choice for a column that is not there.

        Raises
        ------
        UnknownColumnError
        """
        for option, held in self.chosen.items():
            for column in held:
                if column and column not in known:
                    raise UnknownColumnError.from_name(column, list(known), role=f"column of --{option}")

    def check_kinds(self, looks: Iterable[ColumnLook]) -> None:
        """Refuse a choice for a column that it does nothing to.

        Numbers and dates in text may be left texts by another option; what is chosen for texts is not refused there.

        Raises
        ------
        InvalidSettingError
        """
        known = {look.name: look for look in looks}
        for option, held in self.chosen.items():
            for column, choice in held.items():
                look = known.get(column) if column else None  # a choice for all, even where a column has no name
                if look is None or choice == NONE or _FOR[option] in {look.reads, look.storage}:
                    continue
                hint = f"It is for {HELD[_FOR[option]]}, and the column holds {HELD[look.reads]}. Name another column."
                raise InvalidSettingError.from_choice(option, f"{column}:{choice}", hint)
