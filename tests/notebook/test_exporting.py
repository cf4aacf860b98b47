"""A model of a run in a file, and the file as a model in another process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from sklearn.base import clone

import lepton_jupyter
from lepton_jupyter import LeptonClassifier, export, load_model
from lepton_jupyter.exceptions.choice_errors import NoCandidateError, NoPlainCodeError
from lepton_jupyter.exceptions.export_errors import ExistingFileError, ExportError, ExportWriteError, ModelFileError
from lepton_jupyter.notebook.evaluating import evaluate
from lepton_jupyter.notebook.fitting import fit
from lepton_jupyter.notebook.session import current_session

QUICK = {"learners": ["linear", "lightgbm", "naive_bayes"], "folds": 2, "wait": True}


def manifest_of(path):
    with zipfile.ZipFile(path) as packed:
        return json.loads(packed.read("manifest.json"))


@pytest.fixture
def run(churn):
    return fit(churn, target="churn", budget="6trials", keep_models="all", **QUICK)


def test_the_best_model_predicts_the_same_bits_in_a_process_that_knows_nothing_of_its_run(run, churn, tmp_path):
    assert run.export(tmp_path / "churn.zip") == tmp_path / "churn.zip"
    churn.to_pickle(tmp_path / "rows.pkl")
    model = run.model
    np.savez(tmp_path / "told.npz", proba=model.predict_proba(churn), sets=model.predict_set(churn, 0.8))
    code = (
        "import lepton_jupyter, numpy, pandas\n"
        "rows, told = pandas.read_pickle('rows.pkl'), numpy.load('told.npz')\n"
        "model = lepton_jupyter.load_model('churn.zip')\n"
        "assert numpy.array_equal(model.predict_proba(rows), told['proba'])\n"
        "assert numpy.array_equal(model.predict_set(rows, 0.8), told['sets'])\n"
        "print(*model.predict(rows)[:3])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False,
        # All else alike: which kernels OpenBLAS takes, and so the last bit, may stand in the environment.
        env={**os.environ, "LEPTON_HOME": str(tmp_path / "nothing"), "PATH": "", "PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == list(model.predict(churn[:3]))
    assert not (tmp_path / "nothing").exists()


def test_a_chosen_model_is_what_is_written(run, churn, tmp_path, capsys):
    for place, chosen in enumerate((run.choose(prefer="speed"), run.choose(prefer="smallest"), run.best)):
        path = chosen.export(tmp_path / f"{place}.zip")
        assert np.array_equal(load_model(path).predict_proba(churn), chosen.predict_proba(churn))
    row = next(row for row in run.message().rows if row.trial_id is not None)
    path = export(run, to=tmp_path / "trial.zip", trial=row.trial_id)
    told = manifest_of(path)
    assert [each["trial"] for each in told["trials"]] == [row.trial_id]
    assert told["score"] == pytest.approx(row.score, abs=1e-6)
    assert told["model"].startswith(row.label)
    assert capsys.readouterr().out.startswith(f"Wrote {path} (")
    alone = load_model(path)
    assert np.array_equal(alone.predict_proba(churn), run.choose(trial=row.trial_id).predict_proba(churn))
    assert (alone.run_, list(alone.classes_), list(alone.feature_names_in_)) == (
        run.id, ["no", "yes"], [name for name in churn if name != "churn"],
    )  # fmt: skip
    assert clone(alone).get_params() == clone(run.best).get_params()


def test_a_model_that_was_loaded_can_be_written_again_where_its_run_is_gone(run, churn, tmp_path):
    evaluate(run=run, cost_fp=1, cost_fn=5)
    first = load_model(run.export(tmp_path / "first.zip"))
    assert first.threshold_ == run.threshold
    current_session().store.remove(run.id)
    second = load_model(first.export(tmp_path / "second.zip"))
    assert np.array_equal(second.predict_proba(churn), first.predict_proba(churn))
    assert second.threshold_ == first.threshold_


def test_values_and_their_intervals_come_back(churn, tmp_path):
    run = fit(churn, target="bill", budget="3trials", learners=["linear", "lightgbm"], folds=2, wait=True)
    model = load_model(run.export(tmp_path / "bill.zip"))
    assert np.array_equal(model.predict(churn), run.model.predict(churn))
    assert np.array_equal(model.predict_interval(churn, 0.8), run.model.predict_interval(churn, 0.8))


def test_a_small_model_that_was_taught_can_be_taken_elsewhere(run, churn, tmp_path):
    small = run.distil(budget="20s")
    found = load_model(small.export(tmp_path / "small.zip"))
    assert np.array_equal(found.predict_proba(churn), small.predict_proba(churn))


def test_an_estimator_that_was_fitted_on_arrays_names_no_columns(tmp_path):
    random = np.random.default_rng(0)
    X = random.normal(size=(60, 3))
    model = LeptonClassifier("2trials", learners=["linear"], folds=2, verbose=0, random_state=np.random.RandomState(0))
    model.fit(X, X[:, 0] > 0)
    found = load_model(model.export(tmp_path / "arrays.zip"))
    assert not hasattr(found, "feature_names_in_")
    assert np.array_equal(found.predict_proba(X), model.predict_proba(X))
    assert found.classes_.tolist() == [False, True]


def test_what_is_known_of_copied_rows_goes_along_and_is_told(churn_table, tmp_path):
    table = churn_table(150)
    copies = table.loc[np.repeat(table.index, 4)].reset_index(drop=True)
    random = np.random.default_rng(0)
    copies["churn"] = np.where(random.random(len(copies)) < 0.02, "yes", copies["churn"])
    run = fit(copies, target="churn", budget="3trials", learners=["naive_bayes", "linear"], folds=2, wait=True)
    assert run.best_predictor().copies is not None
    path = run.export(tmp_path / "copies.zip")
    assert np.array_equal(load_model(path).predict_proba(copies), run.model.predict_proba(copies))
    told = manifest_of(path)["holds_of_rows"]
    assert "copies of training rows: a hash of the values of each row, and its target" in told


#: LightGBM 4.5 speaks to scikit-learn 1.6 by names of old.
@pytest.mark.filterwarnings("ignore:'force_all_finite' was renamed:FutureWarning")
@pytest.mark.filterwarnings("ignore:The LGBM.* use `_get_tags`:FutureWarning")
def test_code_is_written_where_the_name_ends_so(run, churn, tmp_path):
    row = next(row for row in run.message().rows if row.family == "boosting")
    code = run.export(tmp_path / "churn.py", trial=row.trial_id).read_text(encoding="utf-8")
    assert code == run.as_code(row.trial_id)
    again = run.choose(trial=row.trial_id).export(tmp_path / "again.py")
    assert again.read_text(encoding="utf-8") == code
    assert run.export(tmp_path / "best.py").read_text(encoding="utf-8") == run.as_code()
    with pytest.raises(ExportError, match="A pool of 3 trials is no single model"):
        run.best.export(tmp_path / "pool.py")
    exec(compile(code, "churn.py", "exec"), {"df": churn})


@pytest.mark.mistake
def test_what_cannot_be_written_is_one_sentence(run, tmp_path):
    for name in ("churn.onnx", "churn.pmml", "churn", "churn.pkl", ""):
        with pytest.raises(ExportError, match=r"cannot be written: end it in \.zip .* or in \.py for code"):
            run.export(name)
    for name in (None, 3, b"churn.zip", "a\0.zip"):
        with pytest.raises(ExportError, match="is no name of a file"):
            run.export(name)
    (tmp_path / "churn.zip").write_text("a letter")
    with pytest.raises(ExistingFileError, match=r"already a file .*churn\.zip'\. Choose another name"):
        run.export(tmp_path / "churn.zip")
    assert (tmp_path / "churn.zip").read_text() == "a letter"
    with pytest.raises(ExportWriteError, match="was not written: No such file or directory"):
        run.export(tmp_path / "none" / "churn.zip")
    with pytest.raises(NoCandidateError, match="no model of a trial 999"):
        run.export(tmp_path / "a.zip", trial=999)
    with pytest.raises(NoPlainCodeError, match="no finished trial 999"):
        run.export(tmp_path / "a.py", trial=999)
    with pytest.raises(ExportError, match="is neither a run nor a fitted model"):
        export([1, 2], to=tmp_path / "a.zip")
    with pytest.raises(ExportError, match="named beside a model that is chosen already"):
        export(run.best, to=tmp_path / "a.zip", trial=1)
    (tmp_path / "full.zip").mkdir()
    with pytest.raises(ExportWriteError, match="was not written"):
        run.export(tmp_path / "full.zip", overwrite=True)
    assert {each.name for each in tmp_path.iterdir()} == {"churn.zip", "full.zip"}


@pytest.mark.mistake
def test_what_is_no_model_is_one_sentence(tmp_path):
    for name in ("none.zip", "."):
        with pytest.raises(ModelFileError, match="There is no file"):
            load_model(tmp_path / name)
    with pytest.raises(ExportError, match="3 is no name of a file"):
        load_model(3)


def test_both_doors_are_those_of_the_package():
    assert lepton_jupyter.export is export
    assert {"export", "load_model"} <= set(dir(lepton_jupyter))
