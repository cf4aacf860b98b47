"""The settings as traits of IPython: ``%config Lepton`` lists them, ``%config Lepton.budget = "20s"`` sets one.

A trait holds nothing: reading it finds what is configured now, from wherever that comes, and setting it tells the
configuration. So ``%config Lepton`` shows values of files and of the environment as well.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from traitlets import TraitError, TraitType
from traitlets.config import Configurable

from lepton_jupyter.exceptions.configuration_errors import ConfigurationWarning, InvalidConfigurationError
from lepton_jupyter.notebook.configuration import forget_here, read_configuration, set_here
from lepton_jupyter.notebook.known_settings import SETTINGS

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from lepton_jupyter.notebook.known_settings import Setting


class Value(TraitType):
    """A setting as a trait; None takes back what was set."""

    default_value = None

    def __init__(self, setting: Setting) -> None:
        default = setting.default_text or setting.shown(setting.default)
        help_text = f"{setting.meaning}: {setting.allowed} (built in: {default}; {setting.variable})"
        super().__init__(default_value=None, allow_none=True, help=help_text)
        self.setting = setting
        self.tag(config=True)

    def get(self, obj: Any, cls: Any = None) -> Any:
        """What holds now."""
        del obj, cls
        return read_configuration()[self.setting.name]

    def set(self, obj: Lepton, value: Any) -> None:
        """Set it for this kernel."""
        if obj.loaded and self.setting.name == "cluster" and value is not None:
            raise TraitError(str(InvalidConfigurationError.from_late("cluster", value)))
        try:
            set_here(self.setting.name, value, "" if obj.loaded else "IPython's own configuration")
        except InvalidConfigurationError as error:
            if obj.loaded:
                raise TraitError(str(error)) from None
            # IPython keeps what %config was told, be it right or wrong: neither may hinder the extension's loading.
            warnings.warn(str(error), ConfigurationWarning, stacklevel=2)


class Lepton(Configurable):
    """Settings of lepton that hold where a line says nothing; `%lepton config` says where each was set."""

    budget = Value(SETTINGS["budget"])
    metric = Value(SETTINGS["metric"])
    folds = Value(SETTINGS["folds"])
    seed = Value(SETTINGS["seed"])
    learners = Value(SETTINGS["learners"])
    without = Value(SETTINGS["without"])
    keep_models = Value(SETTINGS["keep_models"])
    core_hour_price = Value(SETTINGS["core_hour_price"])
    max_memory = Value(SETTINGS["max_memory"])
    trial_seconds = Value(SETTINGS["trial_seconds"])
    prefer = Value(SETTINGS["prefer"])
    wait = Value(SETTINGS["wait"])
    cluster = Value(SETTINGS["cluster"])

    loaded = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.loaded = True

    def update_config(self, config: Any) -> None:
        """Set what ``%config`` was told, and name the nearest setting where there is none of that name."""
        for name in config.get("Lepton", {}):
            if name not in SETTINGS:
                raise TraitError(str(InvalidConfigurationError.from_unknown_key(name, "%config", SETTINGS)))
        super().update_config(config)


def install(ip: InteractiveShell) -> None:
    """Let ``%config Lepton`` reach the settings; what IPython's own configuration says of them is read here."""
    uninstall(ip)
    ip.configurables.append(Lepton(parent=ip))


def uninstall(ip: InteractiveShell) -> None:
    """Take ``%config Lepton`` away, and what was set by it."""
    ip.configurables[:] = [each for each in ip.configurables if not isinstance(each, Lepton)]
    forget_here()
