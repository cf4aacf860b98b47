"""The settings that a person may change for a project or for good: what each means, and what it can be."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.quantities import Budget, Price
from lepton_jupyter.exceptions.budget_errors import UnpricedBudgetError
from lepton_jupyter.exceptions.configuration_errors import InvalidConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting.

    Parameters
    ----------
    name : str
        As in a file, and in ``%config Lepton.name``.
    meaning : str
        One line.
    allowed : str
        What it can be, as the end of a sentence: "it can be …".
    default : object
        What holds where nobody sets it.
    default_text : str
        How the default reads, where its value does not say it.
    read : callable
        Value of what was written, or a `ValueError` if that is not allowed.
    in_files : bool
        Whether files and ``%config`` may set it; else only the environment.
    """

    name: str
    meaning: str
    allowed: str
    default: Any = None
    default_text: str = ""
    read: Callable[[Any], Any]
    in_files: bool = True

    @property
    def variable(self) -> str:
        """Environment variable that sets it."""
        return f"LEPTON_{self.name.upper()}"

    def value_of(self, written: Any, place: str = "") -> Any:
        """Value of what was written.

        Parameters
        ----------
        written : object
            Text of the environment, or a value of a file or of Python.
        place : str
            Where, for the message of an error.

        Raises
        ------
        InvalidConfigurationError
            If it is not allowed.
        """
        try:
            return self.read(written)
        except (ValueError, TypeError) as error:
            raise InvalidConfigurationError.from_value(self.name, written, self.allowed, place) from error

    def shown(self, value: Any) -> str:
        """The value as a person reads it."""
        if value == self.default and self.default_text:
            return self.default_text
        if isinstance(value, bool):
            return "yes" if value else "no"
        return ", ".join(value) if isinstance(value, tuple) else str(value)


def _budget(written: Any) -> str:
    if isinstance(written, bool) or not isinstance(written, str | int | float | Budget):
        raise TypeError
    return str(Budget.parse(written)) if isinstance(written, Budget) else _checked_budget(str(written).strip())


def _checked_budget(text: str) -> str:
    with suppress(UnpricedBudgetError):  # a line may bring the price
        Budget.parse(text)
    return text


def _price(written: Any) -> str:
    Price.parse(written)
    return str(written).strip()


def _size(written: Any) -> str | int:
    from lepton_jupyter.automl.memory_limit import as_bytes

    size = _number_or_text(written)
    if as_bytes(size) is None:
        raise TypeError
    return size if isinstance(size, str) else int(size)


def _trial_seconds(written: Any) -> str:
    from lepton_jupyter.automl.settings import as_trial_seconds

    seconds = as_trial_seconds(_number_or_text(written))
    if seconds is None:
        raise TypeError
    return f"{seconds:g}s"


def _number_or_text(written: Any) -> Any:
    """A number also where it is written as text, as all is in the environment."""
    text = written.strip() if isinstance(written, str) else written
    with suppress(TypeError, ValueError):
        return float(text) if isinstance(text, str) else text
    return text


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(written: Any) -> int:
        text = str(written).strip()
        if isinstance(written, bool) or not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ValueError
        return int(text)

    return read


def _one_of(*words: str) -> Callable[[Any], str]:
    def read(written: Any) -> str:
        if not isinstance(written, str) or written.strip().lower() not in words:
            raise ValueError
        return written.strip().lower()

    return read


_TRUTHS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def _truth(written: Any) -> bool | None:
    if isinstance(written, bool):
        return written
    word = str(written).strip().lower() if isinstance(written, str | int) else ""
    if word == "auto":
        return None
    if word not in _TRUTHS:
        raise ValueError
    return _TRUTHS[word]


def _learners(written: Any) -> tuple[str, ...]:
    from lepton_jupyter.learners.registry import available_learners, missing_learners

    parts = written.split(",") if isinstance(written, str) else written
    if not isinstance(parts, list | tuple) or not all(isinstance(each, str) for each in parts):
        raise TypeError
    names = tuple(each.strip() for each in parts)
    if not all(name in available_learners() or name in missing_learners() for name in names):
        raise ValueError
    return names


def _metric(written: Any) -> str:
    from lepton_jupyter.notebook.completions import metrics

    if not isinstance(written, str) or written.strip() not in metrics():
        raise ValueError
    return written.strip()


def _as_it_is(written: Any) -> str:
    return str(written)


#: All settings by name, in the order in which they are shown.
SETTINGS: Mapping[str, Setting] = {
    each.name: each
    for each in (
        Setting(
            name="budget", meaning="what a search may spend",
            allowed="a time or a number of trials, such as 30s, 5m or 40trials",
            default="60s", read=_budget,
        ),
        Setting(
            name="metric", meaning="what is optimised, where it suits the task",
            allowed="scikit-learn's name of a score, such as roc_auc or r2", default_text="by the task", read=_metric,
        ),
        Setting(
            name="folds", meaning="folds of the cross-validation", allowed="a whole number from 2 to 1000",
            default_text="by the number of rows", read=_whole(2, 1000),
        ),
        Setting(
            name="seed", meaning="seed of everything random", allowed="a whole number from 0 to 2147483647", default=0,
            read=_whole(0, 2**31 - 1),
        ),
        Setting(
            name="learners", meaning="learners that are tried, and no others",
            allowed='learners by name, as ["linear", "lightgbm"], or linear,lightgbm in the environment',
            default_text="all that are installed", read=_learners,
        ),
        Setting(
            name="without", meaning="learners that are left out",
            allowed='learners by name, as ["perceptron"], or perceptron,catboost in the environment',
            default=(), default_text="none", read=_learners,
        ),
        Setting(
            name="keep_models", meaning="whose models stay on disk after a run", allowed="best, front or all",
            default="all", read=_one_of("best", "front", "all"),
        ),
        Setting(
            name="prefer", meaning="what the final model is chosen for",
            allowed="accuracy, balanced, speed or smallest",
            default="accuracy", read=_one_of("accuracy", "balanced", "speed", "smallest"),
        ),
        Setting(
            name="core_hour_price", meaning="what an hour of one core costs",
            allowed="a number and a currency's three letters, such as 0.05EUR", default_text="not known", read=_price,
        ),
        Setting(
            name="max_memory", meaning="memory that fits may take beside the table",
            allowed="a size such as 512MB or 2GB", default_text="what is free", read=_size,
        ),
        Setting(
            name="trial_seconds", meaning="longest that the fits of one trial may take",
            allowed="a time above 0, such as 20s", default_text="by the budget", read=_trial_seconds,
        ),
        Setting(
            name="wait", meaning="whether a cell lasts until its run ends", allowed="true, false or auto",
            default_text="where nobody can look", read=_truth,
        ),
        Setting(
            name="cluster", meaning="processes that are started when the extension is loaded", allowed="local or off",
            default="local", read=_one_of("local", "off"),
        ),
        Setting(
            name="home", meaning="folder of runs and models", allowed="a path", read=_as_it_is, in_files=False,
        ),
        Setting(
            name="page", meaning="whether somebody looks at a live page", allowed="live or none",
            default_text="found out by the kernel", read=_as_it_is, in_files=False,
        ),
    )
}  # fmt: skip
