"""What ``%lepton config`` shows: each setting, its value, and where that came from."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_jupyter.events.messages import Message


@dataclass(frozen=True, kw_only=True, slots=True)
class OverriddenValue:
    """A value that another place gives, and that does not hold."""

    value: str
    origin: str
    place: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingRow:
    """One setting as it holds."""

    name: str
    value: str
    origin: str  # "%config", "environment", "project file", "user file" or "built-in"
    place: str  # variable, or path and line; empty for what is built in
    meaning: str
    variable: str  # of the environment
    overridden: tuple[OverriddenValue, ...]  # the nearest first


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigurationMessage(Message):
    """All settings; values of settings are shown as they read, never those of other programs."""

    settings: tuple[SettingRow, ...]
    problems: tuple[str, ...]  # sentences about what could not be used
    project_file: str  # empty where there is none
    user_file: str  # where it is, or would be
    user_file_exists: bool
