from __future__ import annotations

import pytest
from sklearn.svm import SVC

from lepton_jupyter import SVM, LeptonModel, preprocess_data
from lepton_jupyter.exceptions.model_errors import NoEffectWarning


def test_the_code_of_the_document_runs_as_it_stands():
    from sklearn.datasets import load_iris
    from sklearn.model_selection import train_test_split

    data = load_iris()
    X = preprocess_data(data.data)
    X_train, X_test, y_train, y_test = train_test_split(X, data.target, test_size=0.2, random_state=0)
    model = LeptonModel(SVM, C=1.0, kernel="linear")
    with pytest.warns(NoEffectWarning, match="epochs and batch_size have no effect on SVM"):
        model.fit(X_train, y_train, epochs=100, batch_size=32)
    predictions = model.predict(X_test)
    assert predictions.tolist() == SVC(C=1.0, kernel="linear").fit(X_train, y_train).predict(X_test).tolist()
    assert model.score(X_test, y_test) > 0.8
    assert model.run_ is None
    assert model.leaderboard_ is None
