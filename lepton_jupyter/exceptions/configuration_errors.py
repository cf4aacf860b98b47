"""Errors and warnings about settings: what was set where, and what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, LeptonWarning, did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Iterable


class InvalidConfigurationError(LeptonError, ValueError):
    """A setting has a value that it cannot have, or does not exist.

    Examples
    --------
    >>> str(InvalidConfigurationError.from_value("budget", "20x", "30s, 5m, 1h or 40trials", "lepton.toml, line 2"))
    "budget cannot be '20x' in lepton.toml, line 2: it can be 30s, 5m, 1h or 40trials."
    """

    @classmethod
    def from_value(cls, name: str, value: object, allowed: str, place: str = "") -> Self:
        """Build from the setting, its value, what is allowed, and where it was set."""
        where = f" in {place}" if place else ""
        return cls(f"{name} cannot be {shown(value)}{where}: it can be {allowed}.")

    @classmethod
    def from_unknown_key(cls, name: str, place: str, known: Iterable[str]) -> Self:
        """Build from a key that is no setting."""
        return cls(f"There is no setting {name!r:.60} in lepton, as in {place}. {did_you_mean(name, known, limit=12)}")

    @classmethod
    def from_unknown_variable(cls, variable: str, meant: str) -> Self:
        """Build from an environment variable that is nearly one of a setting, and that."""
        return cls(f"The environment variable {variable[:60]} is no setting of lepton. Did you mean {meant!r}?")

    @classmethod
    def from_environment_only(cls, name: str, place: str, variable: str) -> Self:
        """Build from a setting that only the environment can have, and where it was tried."""
        return cls(f"{name} cannot be set in {place}: only the environment variable {variable} sets it.")

    @classmethod
    def from_unsuitable(cls, name: str, value: object, place: str) -> Self:
        """Build from a setting that another task could use, its value, and where it was set."""
        return cls(f"{name} {shown(value)} of {place} does not suit this task, and the default is used.")

    @classmethod
    def from_late(cls, name: str, value: object) -> Self:
        """Build from a setting that is read once."""
        return cls(
            f"{name} is read when the extension is loaded, which has happened: %lepton cluster {value} changes it now."
        )

    @classmethod
    def from_table(cls, place: str, found: object) -> Self:
        """Build from a ``tool.lepton`` that is no table."""
        return cls(f"[tool.lepton] is a table, and in {place} it is {shown(found)}.")

    @classmethod
    def from_unreadable_toml(cls, place: str, reason: str) -> Self:
        """Build from a file that is not TOML, and why."""
        said = " ".join(reason.split()).rstrip(".")
        return cls(f"{place} cannot be read as TOML and is left out: {said}.")

    @classmethod
    def from_os_error(cls, place: str, error: OSError) -> Self:
        """Build from a file that the system does not give."""
        return cls(f"{place} cannot be read and is left out: {error.strerror or error}.")


class ConfigurationWarning(LeptonWarning):
    """A setting could not be used; what comes next in precedence is."""
