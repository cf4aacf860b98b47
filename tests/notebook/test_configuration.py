from __future__ import annotations

import os
import warnings

import pandas as pd
import pytest

from lepton_jupyter import config, fit
from lepton_jupyter.exceptions.automl_errors import RunFailedError
from lepton_jupyter.exceptions.configuration_errors import ConfigurationWarning, InvalidConfigurationError
from lepton_jupyter.notebook.configuration import (
    forget_here,
    given_or_configured,
    read_configuration,
    set_here,
)
from lepton_jupyter.notebook.known_settings import SETTINGS


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Writes the files of a project and of a person; the working folder lies deep in the project."""
    deep = tmp_path / "project" / "notebooks" / "deep"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    monkeypatch.setenv("LEPTON_CONFIG", str(tmp_path / "lepton.toml"))

    class Places:
        folder = tmp_path
        project = tmp_path / "project" / "pyproject.toml"
        user = tmp_path / "lepton.toml"

        def write(self, *, project=None, user=None):
            if project is not None:
                self.project.write_text(project, encoding="utf-8")
            if user is not None:
                self.user.write_text(user, encoding="utf-8")

    yield Places()
    forget_here()


def problems():
    return read_configuration().problems


class TestPrecedence:
    def test_the_nearest_place_wins_and_the_others_are_told(self, places, monkeypatch):
        places.write(user='budget = "5m"\nseed = 1\n', project='[tool.lepton]\nbudget = "4m"\n')
        monkeypatch.setenv("LEPTON_BUDGET", "3m")
        set_here("budget", "2m")
        found = read_configuration().settings["budget"]
        assert (found.chosen.value, found.chosen.origin) == ("2m", "%config")
        assert [(each.value, each.origin, each.place) for each in found.overridden] == [
            ("3m", "environment", "LEPTON_BUDGET"),
            ("4m", "project file", "pyproject.toml, line 2"),
            ("5m", "user file", "lepton.toml, line 1"),
        ]
        assert read_configuration().settings["seed"].chosen.place == "lepton.toml, line 2"

    def test_each_place_steps_in_where_the_one_before_it_is_silent(self, places, monkeypatch):
        places.write(user='budget = "5m"', project='[tool.lepton]\nbudget = "4m"')
        monkeypatch.setenv("LEPTON_BUDGET", "3m")
        set_here("budget", "2m")
        assert read_configuration()["budget"] == "2m"
        set_here("budget", None)
        assert read_configuration()["budget"] == "3m"
        monkeypatch.delenv("LEPTON_BUDGET")
        assert read_configuration()["budget"] == "4m"
        places.project.unlink()
        assert read_configuration()["budget"] == "5m"
        places.user.unlink()
        assert read_configuration()["budget"] == "60s"

    def test_what_a_call_was_given_comes_before_all(self, places):
        places.write(user='budget = "5m"\nwithout = ["perceptron"]\nfolds = 4\n')
        values = given_or_configured(budget="1s", folds=None, learners=None, without=())
        assert values == {"budget": "1s", "folds": 4, "learners": None, "without": ("perceptron",)}
        assert given_or_configured(learners=["linear"], without=())["without"] == ()

    def test_the_nearest_project_that_speaks_of_lepton_is_read(self, places):
        places.write(project="[tool.lepton]\nseed = 3\n")
        (places.folder / "project" / "notebooks" / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
        assert read_configuration()["seed"] == 3
        assert read_configuration().project_file == places.project

    def test_all_kinds_of_values_are_read_from_all_places(self, places, monkeypatch):
        places.write(
            project='[tool.lepton]\nbudget = 90\nfolds = 3\nwait = true\nkeep-models = "best"\n'
            'without = ["linear"]\nmetric = "r2"\ncluster = "off"\n'
        )
        monkeypatch.delenv("LEPTON_CLUSTER")
        found = read_configuration()
        assert [found[name] for name in ("budget", "folds", "wait", "keep_models", "without", "metric", "cluster")] == [
            "90", 3, True, "best", ("linear",), "r2", "off",
        ]  # fmt: skip
        for name, text, value in [
            ("folds", "7", 7), ("wait", "no", False), ("wait", "auto", None), ("keep_models", "Front", "front"),
            ("learners", "linear, lightgbm", ("linear", "lightgbm")), ("seed", "0", 0),
            ("budget", "4trials", "4trials"), ("max_memory", "2GB", "2GB"), ("max_memory", " 500000000 ", 500_000_000),
            ("trial_seconds", "2m", "120s"), ("trial_seconds", "1.5", "1.5s"),
        ]:  # fmt: skip
            monkeypatch.setenv(f"LEPTON_{name.upper()}", text)
            assert read_configuration()[name] == value
        assert found.problems == ()

    def test_what_is_read_elsewhere_is_shown_with_its_meaning_unchanged(self, places, monkeypatch):
        monkeypatch.setenv("LEPTON_CLUSTER", "OFF")
        assert read_configuration()["cluster"] == "off"
        monkeypatch.setenv("LEPTON_CLUSTER", "whatever")  # as always: all but off starts one
        assert read_configuration()["cluster"] == "local"
        assert read_configuration()["home"] == os.environ["LEPTON_HOME"]
        monkeypatch.setenv("LEPTON_PAGE", "none")
        assert read_configuration()["page"] == "none"
        assert problems() == ()


#: What is written into which place, and words of the one sentence about it.
WRONG = [
    ("user", 'budget = "20x"', "budget cannot be '20x'", "lepton.toml, line 1"),
    ("user", "budget = true", "budget cannot be True", "30s, 5m or 40trials"),
    ("user", "budget = []", "budget cannot be []", "lepton.toml"),
    ("user", 'budget = "-5s"', "budget cannot be '-5s'", "lepton.toml"),
    ("user", "\n\nfolds = 1", "folds cannot be 1", "line 3: it can be a whole number from 2 to 1000"),
    ("user", "folds = 2.5", "folds cannot be 2.5", "whole number"),
    ("user", "folds = true", "folds cannot be True", "whole number"),
    ("user", "seed = -1", "seed cannot be -1", "from 0 to 2147483647"),
    ("user", "seed = 99999999999", "seed cannot be 99999999999", "2147483647"),
    ("user", 'metric = "acuracy"', "metric cannot be 'acuracy'", "scikit-learn's name"),
    ("user", "metric = 3", "metric cannot be 3", "scikit-learn's name"),
    ("user", 'learners = ["lightgmb"]', "learners cannot be ['lightgmb']", "learners by name"),
    ("user", "learners = 5", "learners cannot be 5", "learners by name"),
    ("user", 'without = {a = "b"}', "without cannot be {'a': 'b'}", "learners by name"),
    ("user", 'keep_models = "none"', "keep_models cannot be 'none'", "best, front or all"),
    ("user", "max_memory = 'plenty'", "max_memory cannot be 'plenty'", "512MB or 2GB"),
    ("user", "max_memory = 0", "max_memory cannot be 0", "512MB or 2GB"),
    ("user", "max_memory = true", "max_memory cannot be True", "512MB or 2GB"),
    ("LEPTON_TRIAL_SECONDS", "-3s", "trial_seconds cannot be '-3s'", "a time above 0"),
    ("user", "trial_seconds = 0", "trial_seconds cannot be 0", "a time above 0"),
    ("user", "wait = 'sometimes'", "wait cannot be 'sometimes'", "true, false or auto"),
    ("user", 'cluster = "tcp://10.0.0.1:8786"', "cluster cannot be 'tcp://10.0.0.1:8786'", "local or off"),
    ("user", 'home = "/tmp"', "home cannot be set in", "LEPTON_HOME"),
    ("user", 'page = "live"', "page cannot be set in", "LEPTON_PAGE"),
    ("user", "bugdet = '3s'", "There is no setting 'bugdet'", "Did you mean 'budget'?"),
    ("user", "[budget]\nseconds = 3", "budget cannot be {'seconds': 3}", "lepton.toml"),
    ("user", "budget = ", "cannot be read as TOML and is left out", "lepton.toml"),
    ("user", "budget = 1\nbudget = 2", "cannot be read as TOML and is left out", "lepton.toml"),
    ("user", "budget = \ufffd", "cannot be read as TOML", "lepton.toml"),
    (
        "project",
        "[tool.lepton]\nfold = 3",
        "There is no setting 'fold'",
        "pyproject.toml, line 2. Did you mean 'folds'?",
    ),
    ("project", "[tool]\nlepton = 3", "[tool.lepton] is a table", "pyproject.toml it is 3"),
    ("project", "[tool.lepton\n", "cannot be read as TOML and is left out", "pyproject.toml"),
    ("project", "[tool.lepton]\nseed = 'x'", "seed cannot be 'x'", "pyproject.toml, line 2"),
    ("LEPTON_BUDGET", "soon", "budget cannot be 'soon' in the environment variable LEPTON_BUDGET", "40trials"),
    ("LEPTON_FOLDS", "٣", "folds cannot be '٣'", "LEPTON_FOLDS"),
    ("LEPTON_SEED", "1e3", "seed cannot be '1e3'", "LEPTON_SEED"),
    ("LEPTON_LEARNERS", "linear,", "learners cannot be 'linear,'", "LEPTON_LEARNERS"),
    ("LEPTON_BUGDET", "5s", "LEPTON_BUGDET is no setting", "Did you mean 'LEPTON_BUDGET'?"),
]


class TestWhatIsWrong:
    @pytest.mark.mistake
    @pytest.mark.parametrize(("place", "text", "words", "more"), WRONG)
    def test_it_is_said_in_one_sentence_and_the_rest_goes_on(self, places, monkeypatch, place, text, words, more):
        if place.startswith("LEPTON_"):
            monkeypatch.setenv(place, text)
        else:
            places.write(**{place: text})
        monkeypatch.setenv("LEPTON_KEEP_MODELS", "front")
        found = read_configuration()
        [sentence] = found.problems
        assert words in sentence
        assert more in sentence
        assert "\n" not in sentence
        assert found["keep_models"] == "front"
        assert found["budget"] == "60s"
        with pytest.warns(ConfigurationWarning, match="^" + sentence[:5].replace("[", r"\[")):
            given_or_configured(budget=None)
        assert sentence in repr(config()).replace("…", "")

    def test_thirty_and_more(self):
        assert len(WRONG) >= 30

    def test_files_of_another_encoding_folders_and_forbidden_ones(self, places):
        places.user.write_bytes("# Größe\nseed = 1".encode("latin-1"))
        assert "cannot be read as TOML" in problems()[0]
        places.user.write_bytes(b"\xef\xbb\xbfseed = 2\r\n")  # as Windows writes it
        assert problems() == ()
        assert read_configuration()["seed"] == 2
        places.user.unlink()
        places.user.mkdir()
        assert "cannot be read and is left out" in problems()[0]

    def test_other_programs_may_be_called_lepton_too(self, places, monkeypatch):
        monkeypatch.setenv("LEPTON_OPTICS_MODE", "7")
        assert problems() == ()

    def test_a_folder_that_was_removed_has_no_project(self, places):
        places.write(user="seed = 5")
        gone = places.folder / "gone"
        gone.mkdir()
        os.chdir(gone)
        gone.rmdir()
        assert read_configuration()["seed"] == 5

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("bugdet", "3s", "Did you mean 'budget'?"),
            ("budget", "20x", "budget cannot be '20x': it can be"),
            ("home", "/tmp", "only the environment variable LEPTON_HOME"),
            ("folds", 1, "from 2 to 1000"),
        ],
    )
    def test_what_is_set_here_is_checked_at_once(self, places, name, value, words):
        with pytest.raises(InvalidConfigurationError, match=words.replace("?", r"\?")):
            set_here(name, value)
        assert read_configuration()["budget"] == "60s"


class TestFit:
    def test_it_uses_what_is_configured_where_nothing_is_given(self, places, churn):
        places.write(user='budget = "2trials"\nfolds = 2\nseed = 7\nlearners = ["linear"]\nkeep_models = "best"\n')
        started = fit(churn, target="churn", wait=True).events[0].event
        assert (str(started.budget), started.n_folds, started.seed) == ("2trials", 2, 7)
        assert started.learners == ("majority", "linear")
        given = fit(churn, target="churn", budget="1trials", folds=3, seed=1, without=["linear"], wait=True)
        started = given.events[0].event
        assert (str(started.budget), started.n_folds, started.seed) == ("1trials", 3, 1)
        assert "linear" not in started.learners

    def test_the_limits_of_fits_are_configured_too(self, places, churn):
        places.write(user='budget = "2trials"\nfolds = 2\nlearners = ["linear"]\nmax_memory = "10B"\n')
        with pytest.raises(RunFailedError, match="within 10B"):
            fit(churn, target="churn", wait=True)
        assert fit(churn, target="churn", max_memory="2GB", wait=True).model is not None

    def test_a_metric_that_suits_another_task_is_left_out_and_said(self, places, churn):
        places.write(user='budget = "2trials"\nmetric = "r2"\nlearners = ["linear"]\n')
        with pytest.warns(ConfigurationWarning, match="metric 'r2' of lepton.toml, line 2 does not suit this task"):
            run = fit(churn, target="churn", wait=True)
        assert run.events[0].event.metric == "roc_auc"

    def test_estimators_have_the_defaults_they_say(self, places):
        places.write(user='budget = "2trials"')
        from lepton_jupyter import LeptonClassifier

        assert LeptonClassifier().budget == 60.0


class TestPage:
    def test_values_stand_beside_their_origin(self, places, monkeypatch):
        places.write(project='[tool.lepton]\nbudget = "4m"\n')
        monkeypatch.setenv("LEPTON_BUDGET", "3m")
        page = config()
        assert page["budget"] == "3m"
        text = repr(page)
        assert "environment: LEPTON_BUDGET" in text
        assert "not 4m" in text
        html = page._repr_html_()
        assert "<s>4m</s>" in html
        assert str(places.project) in html
        assert "<script" not in html

    def test_what_a_person_wrote_is_never_markup(self, places):
        places.write(user='"<img src=x onerror=alert(1)>" = 3\n')
        html = config()._repr_html_()
        assert "<img" not in html
        assert "&lt;img" in html

    def test_each_setting_has_words(self):
        for setting in SETTINGS.values():
            assert setting.meaning
            assert setting.allowed
            assert setting.shown(setting.default)

    def test_nothing_is_warned_of_where_all_is_well(self, places):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            given_or_configured(budget=None, seed=None)


def test_a_table_needs_no_configuration(places):
    table = pd.DataFrame({"a": range(30), "y": [0, 1] * 15})
    assert fit(table, target="y", budget="1trials", wait=True).best is not None


def test_configured_folds_that_do_not_suit_are_left_open_and_said(monkeypatch):
    from lepton_jupyter.exceptions.split_errors import GroupColumnError

    table = pd.DataFrame({"x": range(90), "plan": ["a", "b", "c"] * 30, "y": [0, 1] * 45})
    monkeypatch.setenv("LEPTON_FOLDS", "8")
    with pytest.warns(ConfigurationWarning, match="folds"):
        run = fit(table, target="y", groups="plan", budget="1trials", wait=True)
    assert run.events[0].event.n_folds <= 3
    with pytest.raises(GroupColumnError):
        fit(table, target="y", groups="plan", folds=8, budget="1trials")
