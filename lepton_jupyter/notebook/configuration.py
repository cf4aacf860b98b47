"""Which value of each setting holds, and why: found in five places, the nearest of which wins.

In order: ``%config Lepton.NAME = …`` in this kernel, the environment variable ``LEPTON_NAME``, the table
``[tool.lepton]`` of the nearest ``pyproject.toml`` that has one from the working folder upwards, the person's own
``lepton.toml``, and what is built in. An option of a line, or a keyword of a call, comes before all of them.

Files are read each time, since people edit them while a kernel runs; what cannot be used is said and left out.
"""

from __future__ import annotations

import os
import re
import tomllib
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.configuration_errors import ConfigurationWarning, InvalidConfigurationError
from lepton_jupyter.exceptions.lepton_error import nearest
from lepton_jupyter.notebook.known_settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lepton_jupyter.notebook.known_settings import Setting

#: What ``%config`` set in this process, and where it came from.
_HERE: dict[str, tuple[Any, str]] = {}
#: Variables of the environment that begin like settings and are read elsewhere.
_OTHER_VARIABLES = frozenset({"LEPTON_CONFIG", "LEPTON_REQUIRE_ALL"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that a setting has in one place.

    Parameters
    ----------
    value : object
    origin : {"%config", "environment", "project file", "user file", "built-in"}
    place : str
        Name of the variable, or path and line of the file; empty for what is built in.
    """

    value: Any
    origin: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What holds for one setting.

    Parameters
    ----------
    setting : Setting
    chosen : Candidate
    overridden : tuple of Candidate
        What other places say, the nearest first; what is built in is not among them.
    """

    setting: Setting
    chosen: Candidate
    overridden: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """All settings, as they hold now.

    Parameters
    ----------
    settings : dict of str to Resolution
    problems : tuple of str
        A sentence about each thing that could not be used.
    project_file : Path or None
        The ``pyproject.toml`` that was read.
    user_file : Path
        The person's own file, whether it is there or not.
    """

    settings: dict[str, Resolution]
    problems: tuple[str, ...]
    project_file: Path | None
    user_file: Path

    def __getitem__(self, name: str) -> Any:
        return self.settings[name].chosen.value


def set_here(name: str, value: Any, place: str = "") -> None:
    """Set a setting for this process; None takes that back.

    Raises
    ------
    InvalidConfigurationError
        If there is no such setting, or its value is not allowed.
    """
    setting = SETTINGS.get(name)
    if setting is None:
        raise InvalidConfigurationError.from_unknown_key(name, "%config", SETTINGS)
    if value is None:
        _HERE.pop(name, None)
        return
    if not setting.in_files:
        raise InvalidConfigurationError.from_environment_only(name, "%config", setting.variable)
    _HERE[name] = (setting.value_of(value), place)


def forget_here() -> None:
    """Take back all that was set for this process."""
    _HERE.clear()


def user_file() -> Path:
    """The person's own file: ``LEPTON_CONFIG``, else ``lepton.toml`` in the system's place for settings."""
    chosen = os.environ.get("LEPTON_CONFIG")
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_config_path

    return user_config_path("lepton", appauthor=False) / "lepton.toml"


def read_configuration(folder: Path | None = None) -> Configuration:
    """Find what holds for each setting.

    Parameters
    ----------
    folder : Path, optional
        Where the search for a ``pyproject.toml`` begins; default: the working folder.

    Returns
    -------
    configuration : Configuration
    """
    problems: list[str] = []
    project, project_table = _project_table(folder or _working_folder(), problems)
    own = user_file()
    own_table = _table_of(own, (), problems) or {}
    layers = [
        _from_here(),
        _from_environment(os.environ, problems),
        _from_file(project, project_table, "project file", problems) if project is not None else {},
        _from_file(own, own_table, "user file", problems),
        {name: Candidate(_built_in(setting), "built-in") for name, setting in SETTINGS.items()},
    ]
    settings = {}
    for name, setting in SETTINGS.items():
        chosen, *others = [layer[name] for layer in layers if name in layer]
        settings[name] = Resolution(setting, chosen, tuple(each for each in others if each.origin != "built-in"))
    return Configuration(settings, tuple(problems), project, own)


def given_or_configured(**given: Any) -> dict[str, Any]:
    """What a call was given, and for the rest what is configured; None and () are not given.

    `learners` given alone is not narrowed by a configured `without`, nor the other way round.

    Warns
    -----
    ConfigurationWarning
        About what could not be used.
    """
    configuration = read_configuration()
    for problem in configuration.problems:
        warnings.warn(problem, ConfigurationWarning, stacklevel=3)
    said = {name for name, value in given.items() if not _is_missing(value)}
    values = {name: value if name in said else configuration[name] for name, value in given.items()}
    for one, other in (("learners", "without"), ("without", "learners")):
        if one in said and other in given and other not in said:
            values[other] = SETTINGS[other].default
    return values


def unsuitable(name: str) -> str:
    """A sentence about a configured setting that does not suit the task at hand."""
    chosen = read_configuration().settings[name].chosen
    return str(InvalidConfigurationError.from_unsuitable(name, chosen.value, chosen.place or chosen.origin))


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, tuple | list) and not value)


def _built_in(setting: Setting) -> Any:
    if setting.name == "home":
        from lepton_jupyter.runs.run_store import lepton_home

        return str(lepton_home())
    return setting.default


def _from_here() -> dict[str, Candidate]:
    return {name: Candidate(value, "%config", place) for name, (value, place) in _HERE.items()}


def _from_environment(environment: Mapping[str, str], problems: list[str]) -> dict[str, Candidate]:
    found = {}
    by_variable = {setting.variable: setting for setting in SETTINGS.values()}
    for variable, text in environment.items():
        if not variable.startswith("LEPTON_") or variable in _OTHER_VARIABLES or not text.strip():
            continue
        setting = by_variable.get(variable)
        if setting is None:
            # Without what all begin with, which would make any two of them alike.
            meant = nearest(variable.removeprefix("LEPTON_"), SETTINGS)
            if meant is not None:  # else it belongs to another program of that name
                intended = SETTINGS[meant].variable
                problems.append(str(InvalidConfigurationError.from_unknown_variable(variable, intended)))
            continue
        if setting.name == "cluster":  # as always: all but off starts one
            found[setting.name] = Candidate("off" if text.lower() == "off" else "local", "environment", variable)
            continue
        value = _read(setting, text, f"the environment variable {variable}", problems)
        if value is not _UNUSABLE:
            found[setting.name] = Candidate(value, "environment", variable)
    return found


def _from_file(path: Path, table: Mapping[str, Any], origin: str, problems: list[str]) -> dict[str, Candidate]:
    found: dict[str, Candidate] = {}
    lines = _lines_of_keys(path) if table else {}
    for key, written in table.items():
        line = f", line {lines[key]}" if key in lines else ""
        place = f"{home_shortened(path)}{line}"
        setting = SETTINGS.get(key.replace("-", "_"))
        if setting is None:
            problems.append(str(InvalidConfigurationError.from_unknown_key(key, place, SETTINGS)))
        elif not setting.in_files:
            problems.append(str(InvalidConfigurationError.from_environment_only(key, place, setting.variable)))
        else:
            value = _read(setting, written, place, problems)
            if value is not _UNUSABLE:
                # The page names the whole path once, below.
                found[setting.name] = Candidate(value, origin, f"{path.name}{line}")
    return found


_UNUSABLE = object()


def _read(setting: Setting, written: Any, place: str, problems: list[str]) -> Any:
    try:
        return setting.value_of(written, place)
    except InvalidConfigurationError as error:
        problems.append(str(error))
        return _UNUSABLE


def _working_folder() -> Path | None:
    try:
        return Path.cwd()
    except OSError:  # it was removed while the kernel ran
        return None


def _project_table(folder: Path | None, problems: list[str]) -> tuple[Path | None, Mapping[str, Any]]:
    for each in _upwards(folder):
        path = each / "pyproject.toml"
        table = _table_of(path, ("tool", "lepton"), problems)
        if table is not None:
            return path, table
    return None, {}


def _upwards(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        yield from folder.parents


def _table_of(path: Path, keys: tuple[str, ...], problems: list[str]) -> Mapping[str, Any] | None:
    """Table of a TOML file, or None if there is no such file or no such table in it."""
    try:
        table: Any = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        problems.append(str(InvalidConfigurationError.from_os_error(home_shortened(path), error)))
        return None
    except ValueError as error:  # of TOML, or of UTF-8
        problems.append(str(InvalidConfigurationError.from_unreadable_toml(home_shortened(path), str(error))))
        return None
    for key in keys:
        if not isinstance(table, dict) or key not in table:
            return None
        table = table[key]
    if not isinstance(table, dict):
        problems.append(str(InvalidConfigurationError.from_table(home_shortened(path), table)))
        return None
    return table


def _lines_of_keys(path: Path) -> dict[str, int]:
    """Line of each key below the table's heading, as far as it is written plainly."""
    inside = path.name != "pyproject.toml"
    found: dict[str, int] = {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return {}
    for number, line in enumerate(text.splitlines(), start=1):
        heading = re.match(r"\s*\[+\s*([^\]]*?)\s*\]", line)
        if heading:
            inside = heading[1].replace(" ", "") == "tool.lepton"
            continue
        key = re.match(r"\s*(?:tool\.lepton\.)?[\"']?([\w-]+)[\"']?\s*=", line)
        if inside and key:
            found.setdefault(key[1], number)
    return found


def home_shortened(path: Path) -> str:
    """Path as a person reads it, with ~ for their own folder."""
    try:
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    except (ValueError, RuntimeError):
        return str(path)
