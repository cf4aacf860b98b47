"""Errors about a model that is named and given its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, LeptonWarning, did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Iterable


class UnknownParameterError(LeptonError, TypeError, ValueError):
    """A model was given a parameter that it does not have.

    Examples
    --------
    >>> str(UnknownParameterError.from_name("kernal", "SVM", ["C", "kernel"]))
    "SVM has no parameter 'kernal'. Did you mean 'kernel'?"
    """

    @classmethod
    def from_name(cls, name: str, kind: str, known: Iterable[str]) -> Self:
        """Build from the parameter, the kind of model and the parameters it has."""
        return cls(f"{kind} has no parameter {name!r}. {did_you_mean(name, known, limit=40)}")

    @classmethod
    def without_learner(cls, name: str, known: Iterable[str]) -> Self:
        """Build from a learner's parameter where no learner is named."""
        return cls(
            f"LeptonModel() chooses the learner itself and has no parameter {name!r}: name the learner first, "
            f"as in LeptonModel(SVM, {name}=…). Its own are {', '.join(known)}."
        )


class InvalidParameterError(LeptonError, ValueError):
    """A parameter of a model has a value that it cannot have."""

    @classmethod
    def from_scikit_learn(cls, kind: str, error: BaseException) -> Self:
        """Build from what scikit-learn says of a value."""
        # The first says what is wrong, the second with what value; a lecture may follow.
        said = ". ".join(" ".join(str(error).split()).split(". ")[:2])
        return cls(f"{kind} cannot be fitted so: {said.rstrip('.')}.")

    @classmethod
    def from_choice(cls, name: str, value: object, choices: Iterable[str]) -> Self:
        """Build from a value that is not among the choices."""
        return cls(f"{name} cannot be {shown(value)}. {did_you_mean(str(value), choices)}")

    @classmethod
    def from_count(cls, name: str, value: object) -> Self:
        """Build from a value where a whole number from 1 is needed."""
        return cls(f"{name} cannot be {shown(value)}. Give a whole number of at least 1.")

    @classmethod
    def from_unprobable(cls, scoring: str, kind: str) -> Self:
        """Build from a score of probabilities and a kind of model that gives none."""
        return cls(f"scoring={scoring!r} judges probabilities, and {kind} gives none. Use 'accuracy' or 'roc_auc'.")

    @classmethod
    def from_unprepared_search(cls, kind: str, free: Iterable[str]) -> Self:
        """Build from prepare=False where something is searched."""
        return cls(
            f"prepare=False gives {kind} the table as it is, and a search prepares it: give {', '.join(free)} as well, "
            "or search=False."
        )

    @classmethod
    def from_needless_search(cls) -> Self:
        """Build from search=False without a learner."""
        return cls("LeptonModel(search=False) leaves nothing to do: name a learner, as in LeptonModel(SVM).")


class UnsuitableKindError(LeptonError, ValueError):
    """What was named is no learner, or has no estimator for the task."""

    @classmethod
    def from_value(cls, value: object, known: Iterable[str]) -> Self:
        """Build from what was given in the place of a learner."""
        if isinstance(value, str):
            return cls(
                f"A learner is named without quotes, and {shown(value)} is a text: from lepton_jupyter import SVM, "
                f"then LeptonModel(SVM). {did_you_mean(value, known, limit=40)}"
            )
        return cls(f"{shown(value)} is no learner of lepton. There are: {', '.join(known)}.")

    @classmethod
    def from_task(cls, kind: str, task: str) -> Self:
        """Build from a kind of model and a task it cannot do."""
        other = "numbers" if task == "regression" else "classes"
        own = "classes" if task == "regression" else "numbers"
        instead = "LinearRegression" if task == "regression" else "LogisticRegression"
        return cls(f"{kind} predicts {own}, and the target holds {other}. Use {instead}, or say task=… if it does not.")


class NoEffectWarning(LeptonWarning):
    """Something was asked for that has no effect on this model.

    Examples
    --------
    >>> str(NoEffectWarning.from_words(["epochs", "batch_size"], "SVM"))
    'epochs and batch_size have no effect on SVM, which is not trained by gradient steps; it is fitted all the same.'
    """

    @classmethod
    def from_words(cls, words: Iterable[str], kind: str, *, by_row: bool = False) -> Self:
        """Build from the words of `fit` and the kind of model, which may be trained row by row."""
        named = list(words)
        verb = "have" if len(named) > 1 else "has"
        why = "which learns row by row" if by_row else "which is not trained by gradient steps"
        return cls(f"{' and '.join(named)} {verb} no effect on {kind}, {why}; it is fitted all the same.")


class SampledRowsWarning(LeptonWarning):
    """A model was fitted on some of the rows, since all would take too long."""

    @classmethod
    def from_rows(cls, kind: str, n_rows: int, used: int, minutes: float | None) -> Self:
        """Build from the rows there are, those used, and what all would have taken; None if nobody asked."""
        why = "" if minutes is None else f", since all would take about {minutes:,.0f} min (max_rows=None uses all)"
        return cls(f"{kind} was fitted on {used:,} of {n_rows:,} rows, drawn at random{why}.")


class NothingComparedWarning(LeptonWarning):
    """The search ended before any configuration was judged on all folds."""

    @classmethod
    def from_budget(cls, kind: str, budget: str) -> Self:
        """Build from the kind and what the search could spend."""
        return cls(
            f"No configuration of {kind} was judged within {budget}, so the one that the search starts from was "
            "fitted. Give more, as in budget='60s'."
        )
