"""Errors about models that are taken elsewhere: files that cannot be written so, and files that are no model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, shown
from lepton_jupyter.exceptions.run_errors import write_failure

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class ExportError(LeptonError, ValueError):
    """A model cannot be written so; nothing was written."""

    @classmethod
    def from_ending(cls, name: str) -> Self:
        """Build from the name of a file in whose format nothing is written."""
        return cls(
            f"{shown(name)} cannot be written: end it in .zip for the fitted model, which "
            "lepton_jupyter.load_model reads, or in .py for code that fits it again."
        )

    @classmethod
    def from_place(cls, value: object) -> Self:
        """Build from what is given as a place and is none."""
        return cls(f"{shown(value)} is no name of a file. Give one, such as 'churn.zip'.")

    @classmethod
    def from_subject(cls, value: object) -> Self:
        """Build from what is given as a model and is none."""
        return cls(
            f"{shown(value)} is neither a run nor a fitted model of one. Give a run, its name, or what run.best or "
            "run.choose(…) gives."
        )

    @classmethod
    def from_trial_of_model(cls, trial: object) -> Self:
        """Build from a trial that is named beside a model, which is what it is."""
        return cls(f"Trial {trial!r} is named beside a model that is chosen already. Name the run, or no trial.")

    @classmethod
    def from_unknown_learner(cls) -> Self:
        """Build from a model of which nobody knows what can write it."""
        return cls("This model was made by an older lepton-jupyter, which did not say by what. Export its run.")

    @classmethod
    def from_ensemble(cls, n_trials: int) -> Self:
        """Build from a model of several trials that is to be written as code."""
        return cls(
            f"A pool of {n_trials} trials is no single model that code could fit again. Name one: "
            'run.export("model.py", trial=12). In .zip it is written as it is.'
        )


class ExistingFileError(LeptonError, FileExistsError):
    """There is a file already where one should be written; it is as it was."""

    @classmethod
    def from_name(cls, name: str) -> Self:
        """Build from the file."""
        return cls(
            f"There is already a file {name!r}. Choose another name, or add --overwrite (overwrite=True) to replace it."
        )


class ExportWriteError(LeptonError, OSError):
    """A file could not be written; what was there before is as it was."""

    @classmethod
    def from_os_error(cls, name: str, error: OSError) -> Self:
        """Build from the file and what the system said."""
        return cls(f"{name!r} was not written: {write_failure(error)}. Nothing half-made is left.")


class ModelFileError(LeptonError, ValueError):
    """A file is no model that can be loaded."""

    @classmethod
    def from_missing(cls, path: Path) -> Self:
        """Build from a path where there is nothing, or nothing that can be read."""
        return cls(f"There is no file {str(path)!r} that can be read. Give the path of one that run.export wrote.")

    @classmethod
    def from_foreign(cls, path: Path) -> Self:
        """Build from a file of another kind."""
        return cls(f"{path.name!r} is no model that lepton-jupyter wrote. Write one with run.export('model.zip').")

    @classmethod
    def from_damage(cls, path: Path, reason: str) -> Self:
        """Build from a model's file and what is wrong with it."""
        return cls(f"{path.name!r} is damaged: {reason}. Copy it once more, or export the model again.")

    @classmethod
    def from_names(cls, path: Path, names: Iterable[str]) -> Self:
        """Build from names in a file that its model does not consist of."""
        return cls(
            f"{path.name!r} holds what no model consists of, {', '.join(shown(name) for name in sorted(names)[:3])}: "
            "nothing of it was unpacked. Export the model again."
        )

    @classmethod
    def from_size(cls, path: Path, n_bytes: int) -> Self:
        """Build from a file that would unpack to far more than it is."""
        return cls(
            f"{path.name!r} would unpack to {n_bytes / 1e6:,.0f} MB, far more than a model of its size: nothing of it "
            "was unpacked. Export the model again."
        )

    @classmethod
    def from_version(cls, path: Path, version: object, known: int) -> Self:
        """Build from the version of the format and the newest that this package reads."""
        return cls(
            f"{path.name!r} is a model in format {shown(version)}, and this lepton-jupyter reads format {known}. "
            "Update the package, or export the model again."
        )
