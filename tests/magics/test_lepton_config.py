from __future__ import annotations

import pytest
from traitlets.config import Config

from lepton_jupyter.exceptions.configuration_errors import ConfigurationWarning
from lepton_jupyter.magics import lepton_magics
from lepton_jupyter.magics.lepton_config import Lepton, install, uninstall
from lepton_jupyter.notebook.configuration import forget_here, read_configuration
from lepton_jupyter.notebook.known_settings import SETTINGS


@pytest.fixture(autouse=True)
def nothing_is_set(shell):
    forget_here()
    yield
    forget_here()
    shell.config.pop("Lepton", None)  # IPython keeps what %config was told


def run(ip, cell):
    outcome = ip.run_cell(cell)
    outcome.raise_error()
    return outcome.result


def test_each_setting_of_a_file_is_a_trait():
    assert set(Lepton.class_traits(config=True)) == {name for name, each in SETTINGS.items() if each.in_files}


def test_config_lists_all_with_help_and_current_values(ip, capsys, monkeypatch):
    monkeypatch.setenv("LEPTON_SEED", "11")
    run(ip, "%config Lepton")
    shown = capsys.readouterr().out
    assert all(f"Lepton.{name}=" in shown for name, each in SETTINGS.items() if each.in_files)
    assert "Current: 11" in shown  # of the environment
    assert "Current: '60s'" in shown
    assert "40trials" in shown


def test_config_sets_one_and_none_takes_it_back(ip):
    run(ip, '%config Lepton.budget = "20s"\n%config Lepton.folds = 3\n%config Lepton.learners = ["linear"]')
    assert [read_configuration()[name] for name in ("budget", "folds", "learners")] == ["20s", 3, ("linear",)]
    assert read_configuration().settings["budget"].chosen.origin == "%config"
    assert run(ip, "%config Lepton.folds") == 3
    run(ip, "%config Lepton.budget = None")
    assert read_configuration()["budget"] == "60s"
    assert read_configuration()["folds"] == 3


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('Lepton.budget = "20x"', "budget cannot be '20x': it can be a time"),
        ("Lepton.folds = 1", "folds cannot be 1: it can be a whole number from 2 to 1000"),
        ('Lepton.bugdet = "3s"', "There is no setting 'bugdet' in lepton, as in %config. Did you mean 'budget'?"),
        ('Lepton.cluster = "off"', "%lepton cluster off changes it now"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_changes_nothing(ip, caplog, line, words):
    before = read_configuration().settings
    run(ip, f"%config {line}")
    [record] = caplog.records
    assert words in record.getMessage()
    assert read_configuration().settings == before


def test_ipythons_own_configuration_is_heard_at_loading(shell):
    shell.config.merge(Config({"Lepton": {"seed": 9, "cluster": "off"}}))
    try:
        install(shell)
        found = read_configuration().settings["seed"].chosen
        assert (found.value, found.place) == (9, "IPython's own configuration")
        shell.config.Lepton.seed = "x"
        with pytest.warns(ConfigurationWarning, match="seed cannot be 'x'"):
            install(shell)
    finally:
        del shell.config["Lepton"]
        uninstall(shell)
    assert read_configuration()["seed"] == 0


def test_loading_twice_lists_it_once_and_unloading_forgets(ip):
    lepton_magics.load(ip)
    assert sum(isinstance(each, Lepton) for each in ip.configurables) == 1
    run(ip, "%config Lepton.seed = 5")
    lepton_magics.unload(ip)
    assert not any(isinstance(each, Lepton) for each in ip.configurables)
    assert read_configuration()["seed"] == 0
