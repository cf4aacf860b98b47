"""Models as files: each learner's own come back and predict the same bits; what is no such file is one sentence."""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import BayesianRidge

from lepton_jupyter.automl.exported_model import ExportedModel, read_model, write_model
from lepton_jupyter.automl.predictor import Member, Predictor
from lepton_jupyter.automl.settings import AutoMLSettings
from lepton_jupyter.data.schema import understand
from lepton_jupyter.evaluation.pool_form import MEAN, PoolForm
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.exceptions.export_errors import ExportError, ModelFileError
from lepton_jupyter.exceptions.learner_errors import UnknownLearnerError, UntrustedModelError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners.kind_learner import KindLearner
from lepton_jupyter.learners.learner import Learner
from lepton_jupyter.learners.own_learners import add_learner
from lepton_jupyter.learners.registry import available_learners, learner_named, unregister
from lepton_jupyter.learners.training_data import TableShape, TrainingData
from lepton_jupyter.preprocessing.recipe import Recipe

RUN_ID = "20251121-143144-churn-3a1f"
NO_LIMIT = Deadline(math.inf)
CASES = [
    (name, target)
    for name, learner in available_learners().items()
    for target, n_classes in (("churn", 2), ("bill", 0))
    if learner.supports(TableShape(n_rows=120, n_columns={"tree": 8, "linear": 12}, n_classes=n_classes))
]


class OwnRidge(BayesianRidge):
    """A class that lepton does not know."""


def customers(n_rows=120):
    random = np.random.default_rng(0)
    tenure, bill = random.integers(0, 60, n_rows), random.normal(40, 15, n_rows).round(2)
    plan = random.choice(["basic", "plus", "max"], n_rows)
    risk = 1.5 - tenure / 20 + (plan == "basic") + random.logistic(size=n_rows) / 2
    return pd.DataFrame({
        "tenure": np.where(random.random(n_rows) < 0.1, np.nan, tenure), "plan": plan,
        "since": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 700, n_rows), unit="D"),
        "churn": np.where(risk > 0, "yes", "no"), "bill": bill,
    })  # fmt: skip


@pytest.fixture(scope="module")
def churn():
    return customers()


def trained(table, learners, target="churn", form=MEAN):
    """A pool of the first configuration of some learners, each with the models of two folds."""
    schema = understand(table, target=target)
    recipe, views = Recipe.fit_transform(table, schema)
    n_classes = len(recipe.classes)
    y = table[target].map({label: code for code, label in enumerate(recipe.classes)}) if n_classes else table[target]
    data = TrainingData(
        views=views,
        categorical=recipe.categorical_columns("tree"),
        y=y.to_numpy(),
        n_classes=n_classes,
        fold_of_row=(np.arange(len(table)) % 2).astype(np.int16),
        n_folds=2,
        metric="neg_log_loss" if n_classes else "neg_root_mean_squared_error",
    )
    members = []
    for trial_id, learner in enumerate(learners):
        assert isinstance(learner, Learner)
        point = learner.starting_points(data.shape)[0]
        models = [learner.fit(data.fold(fold, learner.view), point, deadline=NO_LIMIT, seed=fold) for fold in range(2)]
        members.append(Member.from_models(trial_id, learner, 1 / len(learners), models))
    return ExportedModel(
        Predictor(recipe, tuple(members), data.shape.n_outputs, form=form),
        AutoMLSettings(target=target, table_name="X", budget=Budget(seconds=1.0)),
        RUN_ID,
    )


@pytest.mark.filterwarnings("ignore:.*converge:UserWarning")  # few rounds do
@pytest.mark.filterwarnings("ignore:numpy.ufunc size changed:RuntimeWarning")  # CatBoost 1.2, when it is imported
@pytest.mark.parametrize(("name", "target"), CASES)
def test_models_of_each_learner_predict_the_same_bits_elsewhere(churn, tmp_path, name, target):
    learner = learner_named(name)
    model = trained(churn, [learner], target)
    path = tmp_path / "model.zip"
    write_model(path, model)
    # Some types of scikit-learn's are not safe to read, says skops: trees of its own classes ask for trust.
    trust = isinstance(learner, KindLearner)
    found = read_model(path, trust=trust)
    assert np.array_equal(found.predictor.predict(churn), model.predictor.predict(churn))
    assert (found.run_id, found.named, found.threshold) == (RUN_ID, True, None)
    assert found.settings.to_json() == model.settings.to_json()
    write_model(path, found, overwrite=True)  # and from there once more
    assert np.array_equal(read_model(path, trust=trust).predictor.predict(churn), model.predictor.predict(churn))


@pytest.mark.parametrize("form", [PoolForm(), PoolForm(logarithmic=True, sharpness=1.1, shifts=(0.1, -0.1))])
def test_a_pool_comes_back_with_its_weights_and_form_in_the_same_bytes(churn, tmp_path, form):
    model = trained(churn, [learner_named("linear"), learner_named("lightgbm"), learner_named("neighbours")], form=form)
    once, again = tmp_path / "once.zip", tmp_path / "again.zip"
    write_model(once, model, about={"score": 0.8, "trials": {0: "Linear, C 0.3"}})
    write_model(again, model, about={"score": 0.8, "trials": {0: "Linear, C 0.3"}})
    assert once.read_bytes() == again.read_bytes()
    found = read_model(once).predictor
    assert np.array_equal(found.predict(churn), model.predictor.predict(churn))
    assert np.array_equal(found.predict_by_fold(churn), model.predictor.predict_by_fold(churn))
    with zipfile.ZipFile(once) as packed:
        manifest = json.loads(packed.read("manifest.json"))
    assert (manifest["run"], manifest["target"], manifest["classes"], manifest["score"]) == (
        RUN_ID, "churn", ["no", "yes"], 0.8,
    )  # fmt: skip
    assert manifest["trials"][0]["label"] == "Linear, C 0.3"
    # Who gives the file away is told what of single rows is in it.
    assert manifest["holds_of_rows"] == [
        "Nearest neighbours: the rows that it looks for neighbours among, as prepared numbers"
    ]


def test_a_class_of_ones_own_is_opened_where_it_is_trusted_alone(churn, tmp_path):
    table, path = churn, tmp_path / "own.zip"
    add_learner(OwnRidge(), name="own_ridge")
    try:
        model = trained(table, [learner_named("own_ridge")], "bill")
        write_model(path, model)
        with pytest.raises(UntrustedModelError, match=r"OwnRidge.*the exported model with trust=True"):
            read_model(path)
    finally:
        unregister("own_ridge")
    # As in a process where nobody has named that learner.
    with pytest.raises(UntrustedModelError, match="OwnRidge"):
        read_model(path)
    found = read_model(path, trust=True)
    assert np.array_equal(found.predictor.predict(table), model.predictor.predict(table))


def test_a_class_of_scikit_learn_needs_neither_trust_nor_its_name(churn, tmp_path):
    table, path = churn, tmp_path / "own.zip"
    add_learner(BayesianRidge(), name="theirs")
    try:
        model = trained(table, [learner_named("theirs")], "bill")
        write_model(path, model)
    finally:
        unregister("theirs")
    assert np.array_equal(read_model(path).predictor.predict(table), model.predictor.predict(table))


def test_a_model_of_which_nobody_knows_the_learner_is_not_written(churn, tmp_path):
    model = trained(churn, [learner_named("linear")])
    [member] = model.predictor.members
    nameless = Member(member.trial_id, member.view, 1.0, member.models)
    old = ExportedModel(Predictor(model.predictor.recipe, (nameless,), 2), model.settings, RUN_ID)
    with pytest.raises(ExportError, match="older lepton-jupyter"):
        write_model(tmp_path / "old.zip", old)
    assert list(tmp_path.iterdir()) == []


# Files of others ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def good(churn, tmp_path_factory):
    """Files of a small model, by name."""
    path = tmp_path_factory.mktemp("good") / "churn.zip"
    write_model(path, trained(churn, [learner_named("linear"), learner_named("naive_bayes")]))
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def written(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def with_manifest(files, changes):
    manifest = json.loads(files["manifest.json"])
    changes(manifest)
    return files | {"manifest.json": json.dumps(manifest).encode()}


def signed(files, name, content):
    """The files with one of another content, whose checksum is right: what only a forger does."""

    def sign(manifest):
        manifest["files"][name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    return with_manifest(files, sign) | {name: content}


def renamed(name):
    return lambda manifest: manifest["files"].__setitem__(name, manifest["files"].pop("recipe.json"))


MANIFESTS = {
    "of another format": (lambda m: m.update(format="lepton recipe"), "is no model that lepton-jupyter wrote"),
    "of a newer version": (lambda m: m.update(version=2), "in format 2, and this lepton-jupyter reads format 1"),
    "without trials": (lambda m: m.update(trials=[]), "names other files"),
    "with a trial too many": (lambda m: m["trials"].append(m["trials"][0] | {"trial": 9}), "names other files"),
    "with a trial twice": (lambda m: m["trials"].append(m["trials"][0]), "names other files"),
    "with a path outside": (renamed("../../recipe.json"), "names other files"),
    "with an absolute path": (renamed("/etc/passwd"), "names other files"),
    "with a weight that is none": (lambda m: m["trials"][0].update(weight=math.nan), "its manifest cannot be read"),
    "with a view that is none": (lambda m: m["trials"][0].update(view="../tree"), "its manifest cannot be read"),
    "with a trial that is a path": (lambda m: m["trials"][0].update(trial="../1"), "its manifest cannot be read"),
    "with more models": (lambda m: m.update(models_of_each=3), "names other files"),
    "with endless models": (lambda m: m.update(models_of_each=10**12), "names other files"),
    "with late models that are not there": (lambda m: m["trials"][0].update(late_models=2), "names other files"),
    "with fewer models than none": (lambda m: m["trials"][0].update(late_models=-1), "names other files"),
    "with endless late models": (lambda m: m["trials"][0].update(late_models=10**12), "names other files"),
    "that says nothing": (lambda m: m.clear(), "its manifest cannot be read"),
}  # fmt: skip


@pytest.mark.mistake
@pytest.mark.parametrize("case", list(MANIFESTS))
def test_a_manifest_that_is_wrong_is_one_sentence(good, tmp_path, case):
    change, said = MANIFESTS[case]
    path = written(tmp_path / "churn.zip", with_manifest(good, change))
    with pytest.raises(ModelFileError, match=said):
        read_model(path)


@pytest.mark.mistake
def test_names_beside_those_of_the_model_are_not_unpacked(good, tmp_path):
    for name in ("../outside.txt", "/tmp/outside.txt", "trials/0/fold-9.model", "notes.txt", "C:\\outside.txt"):
        path = written(tmp_path / "churn.zip", good | {name: b"x"})
        with pytest.raises(ModelFileError, match="holds what no model consists of"):
            read_model(path)
    assert [each.name for each in tmp_path.rglob("*")] == ["churn.zip"]


@pytest.mark.mistake
def test_a_part_that_is_missing_or_another_is_named(good, tmp_path):
    path = written(tmp_path / "churn.zip", {name: content for name, content in good.items() if name != "recipe.json"})
    with pytest.raises(ModelFileError, match=r"'recipe\.json' is missing in it"):
        read_model(path)
    path = written(tmp_path / "other.zip", good | {"recipe.json": good["recipe.json"] + b" "})
    with pytest.raises(ModelFileError, match=r"'recipe\.json' is not what its checksum says"):
        read_model(path)
    path = written(tmp_path / "table.zip", {"table.csv": b"a,b\n1,2\n"})
    with pytest.raises(ModelFileError, match="is no model that lepton-jupyter wrote"):
        read_model(path)


@pytest.mark.mistake
def test_a_packed_part_within_it_is_no_bomb_either(good, tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("X.npy", b"\0" * 2**28)
    files = signed(good, "trials/0/fold-0.model", inner.getvalue())
    with pytest.raises(ModelFileError, match="would unpack to 268 MB"):
        read_model(written(tmp_path / "churn.zip", files))


FORGED = [b"", b"{}", b"null", b"[" * 9000, b"\x80\x04cos\nsystem\n.", b"PK\x05\x06" + b"\0" * 18]


@pytest.mark.mistake
@pytest.mark.parametrize("name", ["recipe.json", "settings.json", "trials/0/fold-0.model", "trials/1/fold-1.model"])
@pytest.mark.parametrize(
    "content", [b"", b"{}", b"null", b"[" * 9000, b"\x80\x04cos\nsystem\n.", b"PK\x05\x06" + b"\0" * 18]
)
def test_a_forged_part_makes_no_model(good, tmp_path, name, content):
    with pytest.raises(ModelFileError, match=r"churn.zip' is damaged: its parts make no model \(.+\)\. Copy it"):
        read_model(written(tmp_path / "churn.zip", signed(good, name, content)))


@pytest.mark.mistake
def test_a_learner_of_a_newer_version_is_named(good, tmp_path):
    path = written(tmp_path / "churn.zip", with_manifest(good, lambda m: m["trials"][0].update(learner="oracle")))
    with pytest.raises(UnknownLearnerError, match="no learner 'oracle'"):
        read_model(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data(), value=JSON)
def test_whatever_a_manifest_says_is_a_model_or_one_sentence(good, tmp_path, data, value):
    manifest = json.loads(good["manifest.json"])
    place = manifest
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        inner = place[key]
        if not (isinstance(inner, dict | list) and inner) or data.draw(st.booleans()):
            break
        place = inner
    place[key] = value
    path = written(tmp_path / "churn.zip", good | {"manifest.json": json.dumps(manifest).encode()})
    try:
        read_model(path)
    except LeptonError as error:
        said = str(error)
    else:
        return
    assert "\n" not in said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_damaged_file_gives_the_same_model_or_one_sentence(good, tmp_path, churn, data):
    path = written(tmp_path / "churn.zip", good)
    whole = path.read_bytes()
    expected = read_model(path).predictor.predict(churn)
    begin = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(begin, min(len(whole), begin + 64)))
    path.write_bytes(whole[:begin] + data.draw(st.binary(max_size=64)) + whole[end:])
    try:
        found = read_model(path)
    except ModelFileError as error:
        said = str(error)
    else:
        assert np.array_equal(found.predictor.predict(churn), expected)
        return
    assert "\n" not in said


def test_nothing_is_left_behind(good, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    model = read_model(written(tmp_path / "churn.zip", good))
    write_model(tmp_path / "again.zip", model)
    with pytest.raises(ModelFileError):
        read_model(written(tmp_path / "forged.zip", signed(good, "recipe.json", b"{}")))
    assert list(scratch.iterdir()) == []
    assert {each.name for each in Path(tmp_path).iterdir()} == {"scratch", "churn.zip", "again.zip", "forged.zip"}
