"""``%lepton config``: what holds for each setting, and why, as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.events.configuration_messages import ConfigurationMessage, OverriddenValue, SettingRow
from lepton_jupyter.notebook.configuration import home_shortened, read_configuration
from lepton_jupyter.views.configuration_page import render_configuration_html, render_configuration_text

if TYPE_CHECKING:
    from typing import Any

    from lepton_jupyter.notebook.configuration import Configuration, Resolution


class SettingsPage:
    """The settings as they hold now; shows itself as a table, and gives values by name.

    Parameters
    ----------
    configuration : Configuration

    Examples
    --------
    >>> page = config()
    >>> page["seed"]
    0
    """

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration

    def __getitem__(self, name: str) -> Any:
        return self.configuration[name]

    def message(self) -> ConfigurationMessage:
        """What the page shows."""
        found = self.configuration
        return ConfigurationMessage(
            settings=tuple(map(_row, found.settings.values())),
            problems=found.problems,
            project_file="" if found.project_file is None else home_shortened(found.project_file),
            user_file=home_shortened(found.user_file),
            user_file_exists=found.user_file.is_file(),
        )

    def __repr__(self) -> str:
        return render_configuration_text(self.message())

    def _repr_html_(self) -> str:
        return render_configuration_html(self.message())


def config() -> SettingsPage:
    """Say what holds for each setting, and where it was set.

    Returns
    -------
    page : SettingsPage
    """
    return SettingsPage(read_configuration())


def _row(resolution: Resolution) -> SettingRow:
    setting, chosen = resolution.setting, resolution.chosen
    return SettingRow(
        name=setting.name,
        value=setting.shown(chosen.value),
        origin=chosen.origin,
        place=chosen.place,
        meaning=setting.meaning,
        variable=setting.variable,
        overridden=tuple(
            OverriddenValue(value=setting.shown(each.value), origin=each.origin, place=each.place)
            for each in resolution.overridden
        ),
    )
