"""A whole day by the magic in JupyterLab: a file, its profile, a fit, its judgement, predictions in another file.

The same day by the form begins in `test_form_in_lab`.
"""

from __future__ import annotations

import pandas as pd
import pytest
from playwright.sync_api import expect
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

FIT = 'run = %lepton fit "tumours.csv" --target diagnosis --positive malignant --test later.csv --name day --budget 8s'


@pytest.fixture
def files(server):
    """Two files beside the notebooks, as a person would have them: semicolons and decimal commas."""
    data = load_breast_cancer(as_frame=True)
    table = data.data.assign(diagnosis=data.target.map(dict(enumerate(data.target_names))), ward="north")
    parts = train_test_split(table, random_state=0, stratify=table["diagnosis"])
    for name, part in zip(("tumours.csv", "later.csv"), parts, strict=True):
        part.to_csv(server.notebooks / name, index=False, sep=";", decimal=",")
    return server.notebooks


def test_from_a_file_to_predictions_in_another(open_notebook, files):
    lab = open_notebook()
    lab.type_and_run(0, "%env LEPTON_CLUSTER=off\n%load_ext lepton_jupyter")
    lab.has_run(0)

    lab.type_and_run(1, "%lepton profile tumours.csv --target diagnosis")
    profile = lab.cell(1).locator(".lepton-profile")
    expect(profile).to_contain_text("426 rows, 32 columns")
    expect(profile.locator("tr", has_text="ward").first).to_contain_text("constant")
    profile.locator("summary").first.click()

    lab.type_and_run(2, FIT)
    lab.has_run(2)
    expect(lab.board(2)).to_contain_text("Finished")
    expect(lab.board(2)).to_contain_text("on the test table")

    lab.type_and_run(3, "judged = %lepton evaluate later.csv --run day --cost-fp 1 --cost-fn 20\njudged")
    evaluation = lab.board(3)
    expect(evaluation).to_contain_text("143 rows of later.csv")
    expect(evaluation.locator(".lepton-costs input").nth(1)).to_have_value("20")

    lab.type_and_run(4, "%lepton predict later.csv --run day --threshold tuned --to decided.parquet --keep ward;")
    lab.has_run(4)
    expect(lab.output(4).first).to_contain_text("Wrote 143 predictions to decided.parquet")
    decided = pd.read_parquet(files / "decided.parquet")
    assert set(decided["predicted_diagnosis"]) == {"malignant", "benign"}

    lab.type_and_run(5, f"{FIT.replace('day', 'again')} --drop ward --wait\n%lepton compare day again")
    expect(lab.board(5).last).to_contain_text("fold by fold")
    assert lab.errors == []
    assert lab.dialogs == []
