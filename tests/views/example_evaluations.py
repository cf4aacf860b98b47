"""Realistic evaluations and comparisons as messages, for tests and the golden files; the same on every machine."""

from __future__ import annotations

import math
from typing import Any

from lepton_jupyter.events.comparison_messages import (
    ComparedModel,
    ComparedRun,
    ComparisonMessage,
    RunDifference,
    SettingLine,
)
from lepton_jupyter.events.evaluation_messages import (
    CalibrationCurve,
    CalibrationPoint,
    ClassLine,
    ConfusionTable,
    EvaluationMessage,
    ImportanceLine,
    LiftCurve,
    PrecisionRecallCurve,
    ResidualBand,
    ResidualPicture,
    RocCurve,
    ScoreLine,
    ThresholdChoice,
    ThresholdLine,
    WeakSlice,
)

NAN = math.nan
MARKUP = "<b>&'\""


def _r(value: float) -> float:
    return round(value, 4)


def _line(name: str, label: str, score: float, error: float, baseline: float, **more: Any) -> ScoreLine:
    settings = {"greater_is_better": True, "needs": "probabilities", **more}
    return ScoreLine(
        name=name,
        label=label,
        score=score,
        low=_r(score - error),
        high=_r(score + error),
        baseline=baseline,
        **settings,
    )


def _roc(label: str, power: float, n: int = 60) -> RocCurve:
    rates = [_r(i / n) for i in range(n + 1)]
    return RocCurve(
        label=label,
        false_positive_rate=tuple(rates),
        true_positive_rate=tuple(_r(rate**power) for rate in rates),
        thresholds=(NAN, *(_r(1 - i / n) for i in range(1, n + 1))),
        area=_r(1 / (1 + power)),
    )


def _precision_recall(label: str, prevalence: float, n: int = 60) -> PrecisionRecallCurve:
    recall = [_r(i / n) for i in range(1, n + 1)]
    precision = [_r(prevalence + (0.93 - prevalence) * (1 - each**2.2)) for each in recall]
    return PrecisionRecallCurve(
        label=label,
        recall=tuple(recall),
        precision=tuple(precision),
        thresholds=tuple(_r(1 - i / n) for i in range(1, n + 1)),
        average_precision=_r(sum(precision) / n),
        prevalence=prevalence,
    )


def _calibration(label: str, brier: float, baseline: float) -> CalibrationCurve:
    points = tuple(
        CalibrationPoint(
            predicted=_r(p),
            observed=_r(p**1.12),
            low=_r(max(0, p**1.12 - 0.05)),
            high=_r(min(1, p**1.12 + 0.05)),
            n_rows=176,
        )
        for p in (0.02, 0.06, 0.11, 0.18, 0.26, 0.35, 0.47, 0.58, 0.69, 0.82)
    )
    return CalibrationCurve(label=label, points=points, brier=brier, brier_baseline=baseline, expected_error=0.0213)


def _threshold() -> ThresholdChoice:
    thresholds = [_r(i / 50) for i in range(1, 50)]
    return ThresholdChoice(
        threshold=0.172,
        how="cost",
        objective="cost per 1,000 rows",
        smaller_is_better=True,
        cost_false_positive=1.0,
        cost_false_negative=5.0,
        chosen_on="out_of_fold",
        n_rows=5282,
        thresholds=tuple(thresholds),
        values=tuple(_r(380 + 900 * (math.log(each / 0.172)) ** 2 * each) for each in thresholds),
        precision=tuple(_r(0.265 + 0.68 * each**0.8) for each in thresholds),
        recall=tuple(_r(1 - each**1.5) for each in thresholds),
        lines=(
            _at("chosen", 0.172, 430, 512, 37, 782, 697 / 1.761),
            _at("0.5", 0.5, 258, 121, 209, 1173, 1166 / 1.761),
            _at("never", 1.0, 0, 0, 467, 1294, 2335 / 1.761),
            _at("always", 0.0, 467, 1294, 0, 0, 1294 / 1.761),
        ),
        saving=266.3,
        saving_error=58.1,
    )


def _at(name: str, threshold: float, tp: int, fp: int, fn: int, tn: int, value: float) -> ThresholdLine:
    return ThresholdLine(
        name=name,
        threshold=threshold,
        true_positives=tp,
        false_positives=fp,
        false_negatives=fn,
        true_negatives=tn,
        precision=_r(tp / (tp + fp)) if tp + fp else NAN,
        recall=_r(tp / (tp + fn)),
        value=round(value, 1),
    )


def _lift(label: str, share: float, n: int = 50) -> LiftCurve:
    shares = [i / n for i in range(n + 1)]
    gains = [1 - (1 - each) ** 2.6 for each in shares]
    return LiftCurve(
        label=label,
        share_of_rows=tuple(map(_r, shares)),
        gain=tuple(map(_r, gains)),
        lift=(2.6, *(_r(gain / each) for gain, each in zip(gains[1:], shares[1:], strict=True))),
        best_gain=tuple(_r(min(1.0, each / share)) for each in shares),
    )


def binary() -> EvaluationMessage:
    """A held-out table of two classes, with costs."""
    return EvaluationMessage(
        run_id="20260301-141003-churn-9f2c",
        run_name="churn",
        model_label="ensemble of 4 models",
        target="churn",
        task="binary",
        metric="roc_auc",
        metric_label="AUC",
        greater_is_better=True,
        table_name="test",
        n_rows=1761,
        n_without_target=3,
        source="table",
        seen=False,
        classes=("No", "Yes"),
        n_classes=2,
        positive="Yes",
        positive_share=0.265,
        score=0.8527,
        low=0.8338,
        high=0.8701,
        baseline=0.5,
        baseline_label="majority",
        board_score=0.8602,
        board_error=0.0091,
        interval="95 %, 1,000 bootstrap samples of the rows",
        scores=(
            _line("roc_auc", "AUC", 0.8527, 0.0184, 0.5),
            _line("average_precision", "average precision", 0.6691, 0.0402, 0.2652),
            _line("neg_log_loss", "log loss", 0.4123, 0.0191, 0.5784, greater_is_better=False),
            _line("neg_brier_score", "Brier score", 0.1342, 0.0071, 0.1949, greater_is_better=False),
            _line("accuracy", "accuracy", 0.6882, 0.0221, 0.7348, needs="labels"),
            _line("balanced_accuracy", "balanced accuracy", 0.7625, 0.0189, 0.5, needs="labels"),
            _line("f1", "F1", 0.6103, 0.0267, 0.0, needs="labels"),
            _line("precision", "precision", 0.4565, 0.0309, 0.0, needs="labels"),
            _line("recall", "recall", 0.9208, 0.0248, 0.0, needs="labels"),
            _line("matthews_corrcoef", "Matthews correlation", 0.4689, 0.0331, 0.0, needs="labels"),
        ),
        threshold=_threshold(),
        confusion=ConfusionTable(labels=("No", "Yes"), counts=((782, 512), (37, 430)), n_other=0),
        class_lines=(
            ClassLine(label="No", n_true=1294, n_predicted=819, precision=0.9548, recall=0.6043, f1=0.7402, auc=0.8527),
            ClassLine(label="Yes", n_true=467, n_predicted=942, precision=0.4565, recall=0.9208, f1=0.6103, auc=0.8527),
        ),
        roc=(_roc("Yes", 0.173),),
        precision_recall=(_precision_recall("Yes", 0.2652),),
        calibration=_calibration("Yes", 0.1342, 0.1949),
        lift=_lift("Yes", 0.2652),
        residuals=None,
        importance=tuple(
            ImportanceLine(column=name, importance=value, low=_r(value - error), high=_r(value + error))
            for name, value, error in (
                ("contract", 0.0712, 0.0061),
                ("tenure", 0.0548, 0.0054),
                ("internet_service", 0.0251, 0.0041),
                ("total_charges", 0.0113, 0.0032),
                ("monthly_charges", 0.0098, 0.0029),
                ("payment_method", 0.0041, 0.0018),
                ("online_security", 0.0038, 0.0016),
                ("tech_support", 0.0029, 0.0015),
                ("paperless_billing", 0.0012, 0.0013),
                ("senior_citizen", 0.0003, 0.0009),
                ("signup_date", -0.0004, 0.0011),
            )
        ),
        n_columns=11,
        importance_note="6 shuffles of 1,761 rows",
        slices=(
            WeakSlice(
                condition="contract = Month-to-month and tenure < 7",
                columns=("contract", "tenure"),
                n_rows=312,
                share=0.1772,
                score=0.7204,
                low=0.6689,
                high=0.7718,
                loss=0.6231,
                rest_loss=0.3669,
                predicted=0.4417,
                observed=0.5513,
                p_value=0.00004,
            ),
            WeakSlice(
                condition="internet_service = Fiber optic",
                columns=("internet_service",),
                n_rows=771,
                share=0.4378,
                score=0.7893,
                low=0.7588,
                high=0.8197,
                loss=0.5412,
                rest_loss=0.3119,
                predicted=0.4102,
                observed=0.419,
                p_value=0.00021,
            ),
        ),
        n_slices=214,
        slices_note="log loss of a row inside and outside, 214 conditions looked at, corrected for that (Holm)",
        notices=(),
    )


def multiclass(n_classes: int = 3) -> EvaluationMessage:
    """The run's own rows out of fold, with several classes."""
    names = ("Barolo", "Grignolino", "Barbera") if n_classes == 3 else tuple(f"Sorte {i + 1}" for i in range(n_classes))
    sizes = [59 + (7 * i) % 31 for i in range(n_classes)]
    counts = tuple(
        tuple(
            sizes[i] - 6 if i == j else (3 if abs(i - j) == 1 or {i, j} == {0, n_classes - 1} else 0)
            for j in range(n_classes)
        )
        for i in range(n_classes)
    )
    n_rows = sum(map(sum, counts))
    return EvaluationMessage(
        run_id="20260301-150112-wine-1b3d",
        run_name="wine",
        model_label="Logistic, C 0.6",
        target="cultivar",
        task="multiclass",
        metric="neg_log_loss",
        metric_label="log loss",
        greater_is_better=False,
        table_name="wine",
        n_rows=n_rows,
        n_without_target=0,
        source="out_of_fold",
        seen=True,
        classes=names,
        n_classes=n_classes,
        positive="",
        positive_share=NAN,
        score=0.1893,
        low=0.1507,
        high=0.2311,
        baseline=1.0877,
        baseline_label="majority",
        board_score=0.1881,
        board_error=0.0514,
        interval="95 %, 1,000 bootstrap samples of the rows",
        scores=(
            _line("neg_log_loss", "log loss", 0.1893, 0.0402, 1.0877, greater_is_better=False),
            _line("roc_auc_ovr", "AUC (one against rest)", 0.9812, 0.0066, 0.5),
            _line("accuracy", "accuracy", 0.9121, 0.0201, 0.3989, needs="labels"),
            _line("f1_macro", "F1 (macro)", 0.9098, 0.0207, 0.1901, needs="labels"),
        ),
        threshold=None,
        confusion=ConfusionTable(labels=names, counts=counts, n_other=0),
        class_lines=tuple(
            ClassLine(
                label=name,
                n_true=sum(counts[i]),
                n_predicted=sum(row[i] for row in counts),
                precision=_r(counts[i][i] / max(1, sum(row[i] for row in counts))),
                recall=_r(counts[i][i] / sum(counts[i])),
                f1=_r(2 * counts[i][i] / (sum(counts[i]) + sum(row[i] for row in counts))),
                auc=_r(0.97 + 0.02 * (i % 2)),
            )
            for i, name in enumerate(names)
        ),
        roc=tuple(_roc(name, 0.02 + 0.015 * (i % 4), 24) for i, name in enumerate(names[:30])),
        precision_recall=tuple(
            _precision_recall(name, _r(sum(counts[i]) / n_rows), 24) for i, name in enumerate(names[:30])
        ),
        calibration=_calibration("", 0.1012, 0.6589),
        lift=None,
        residuals=None,
        importance=tuple(
            ImportanceLine(column=name, importance=value, low=_r(value - error), high=_r(value + error))
            for name, value, error in (("proline", 0.412, 0.031), ("flavanoids", 0.357, 0.027), ("hue", 0.0612, 0.0121))
        ),
        n_columns=13,
        importance_note="6 shuffles of 178 rows",
        slices=(),
        n_slices=41,
        slices_note="log loss of a row inside and outside, 41 conditions looked at, corrected for that (Holm)",
        notices=("These are the rows the run learnt from: each is scored by models that have not seen it.",),
    )


def regression() -> EvaluationMessage:
    """Values, with names that markup and half the world's scripts may hold."""
    bands = tuple(
        ResidualBand(
            predicted=1000.0 * i,
            low=1000.0 * i - 180 * i,
            lower_quartile=1000.0 * i - 60 * i,
            median=1000.0 * i + 4 * i,
            upper_quartile=1000.0 * i + 70 * i,
            high=1000.0 * i + 210 * i,
            n_rows=510,
        )
        for i in range(1, 13)
    )
    edges = tuple(-2400.0 + 200 * i for i in range(25))
    counts = tuple(round(900 * math.exp(-(((edge + 100) / 640) ** 2))) for edge in edges[:-1])
    side = tuple(1000.0 * i for i in range(13))
    grid = tuple(
        tuple(round(420 * math.exp(-(((i - j) / (0.5 + 0.12 * j)) ** 2)) / (1 + 0.3 * j)) for j in range(12))
        for i in range(12)
    )
    return EvaluationMessage(
        run_id="20260301-160000-price-77aa",
        run_name=f"price {MARKUP}",
        model_label="ensemble of 3 models",
        target="价格 price",
        task="regression",
        metric="neg_root_mean_squared_error",
        metric_label="RMSE",
        greater_is_better=False,
        table_name="holdout",
        n_rows=6120,
        n_without_target=0,
        source="table",
        seen=False,
        classes=(),
        n_classes=0,
        positive="",
        positive_share=NAN,
        score=541.8,
        low=520.1,
        high=563.9,
        baseline=3989.4,
        baseline_label="mean",
        board_score=538.2,
        board_error=14.9,
        interval="95 %, 1,000 bootstrap samples of the rows",
        scores=(
            _line("neg_root_mean_squared_error", "RMSE", 541.8, 21.9, 3989.4, greater_is_better=False, needs="values"),
            _line("neg_mean_absolute_error", "MAE", 271.3, 9.8, 3031.0, greater_is_better=False, needs="values"),
            _line("r2", "R²", 0.9816, 0.0016, 0.0, needs="values"),
        ),
        threshold=None,
        confusion=None,
        class_lines=(),
        roc=(),
        precision_recall=(),
        calibration=None,
        lift=None,
        residuals=ResidualPicture(
            bands=bands,
            edges=edges,
            counts=counts,
            true_edges=side,
            predicted_edges=side,
            grid=grid,
            mean=-3.1,
            mean_error=13.6,
            median=-11.2,
            spread=541.7,
            low=-842.0,
            high=801.4,
        ),
        importance=tuple(
            ImportanceLine(column=name, importance=value, low=_r(value - error), high=_r(value + error))
            for name, value, error in (
                ("carat", 2310.4, 61.2),
                ("clarity", 611.9, 21.0),
                ("颜色 (colour of the stone, as graded)", 402.2, 17.7),
                (f"depth {MARKUP}", 11.3, 4.1),
                ("table", -1.2, 3.9),
            )
        ),
        n_columns=9,
        importance_note="6 shuffles of 5,000 rows",
        slices=(
            WeakSlice(
                condition=f"carat ≥ 2.01 and 颜色 = {MARKUP}",
                columns=("carat", "颜色"),
                n_rows=241,
                share=0.0394,
                score=1412.0,
                low=1280.5,
                high=1543.5,
                loss=1993744.0,
                rest_loss=231002.0,
                predicted=9120.4,
                observed=9871.1,
                p_value=0.0,
            ),
        ),
        n_slices=96,
        slices_note="squared error of a row inside and outside, 96 conditions looked at, corrected for that (Holm)",
        notices=(f"12 of the rows hold categories that were not in training ({MARKUP}).",),
    )


def _run(run_id: str, name: str, score: float, folds: tuple[float, ...], **more: Any) -> ComparedRun:
    settings: dict[str, Any] = {
        "best_label": "ensemble of 4 models",
        "score_error": 0.0091,
        "table_name": "telco",
        "n_rows": 5282,
        "n_columns": 19,
        "n_folds": len(folds),
        "seed": 0,
        "n_tried": 45,
        "elapsed_seconds": 30.1,
        "fit_seconds": 48.7,
        "row_milliseconds": 0.43,
        "size_bytes": 1_130_000,
        "disk_bytes": 21_700_000,
        "executor": "processes",
        "n_workers": 4,
        "models": (
            ComparedModel(
                family="boosting",
                label="LightGBM",
                description="31 leaves, rate 0.046",
                score=0.8594,
                score_error=0.009,
            ),
            ComparedModel(
                family="linear", label="Logistic", description="splines, C 0.6", score=0.8561, score_error=0.0093
            ),
        ),
    } | more
    return ComparedRun(run_id=run_id, name=name, score=score, fold_scores=folds, **settings)


def paired() -> ComparisonMessage:
    """Two runs on the same rows and folds."""
    first, second = (0.861, 0.853, 0.868, 0.858, 0.861), (0.853, 0.849, 0.859, 0.855, 0.852)
    parts = tuple(_r(one - other) for one, other in zip(first, second, strict=True))
    return ComparisonMessage(
        target="churn",
        task="binary",
        metric_label="AUC",
        greater_is_better=True,
        paired=True,
        reason="",
        remedy="",
        runs=(
            _run("20260301-141003-churn-9f2c", "churn", 0.8602, first),
            _run(
                "20260301-142210-linear-only-77ab",
                "linear-only",
                0.8536,
                second,
                best_label="Logistic, C 0.6",
                size_bytes=14_000,
                row_milliseconds=0.05,
                fit_seconds=3.1,
                elapsed_seconds=8.2,
                executor="threads",
                n_workers=1,
                n_tried=12,
                models=_run("", "", 0, ()).models[1:],
            ),
        ),
        differences=(
            RunDifference(
                first="churn",
                second="linear-only",
                how="folds",
                mean=0.0066,
                error=0.0042,
                n=5,
                tied=False,
                parts=parts,
            ),
            RunDifference(
                first="churn", second="linear-only", how="rows", mean=0.0064, error=0.0031, n=1761, tied=False, parts=()
            ),
        ),
        settings=(
            SettingLine(name="budget", values=("30s", "12trials")),
            SettingLine(name="learners", values=("all", "linear")),
        ),
        n_settings=13,
        notices=(),
    )


def unpaired() -> ComparisonMessage:
    """Three runs that do not share their rows."""
    names = (
        ("churn", 0.8602, 0.0091),
        (f"churn {MARKUP}", 0.8571, 0.0117),
        ("周末 a very long name of a run", 0.8489, 0.021),
    )
    runs = tuple(
        _run(f"20260302-14100{i}-churn-000{i}", name, score, (score,) * 5, score_error=error, n_rows=5282 - 100 * i)
        for i, (name, score, error) in enumerate(names)
    )
    pairs = ((0, 1), (0, 2), (1, 2))
    return ComparisonMessage(
        target="churn",
        task="binary",
        metric_label="AUC",
        greater_is_better=True,
        paired=False,
        reason="The runs did not learn from the same rows.",
        remedy="Start them on one table, or give rows with the target that neither has seen: --test df",
        runs=runs,
        differences=tuple(
            RunDifference(
                first=names[i][0],
                second=names[j][0],
                how="unpaired",
                mean=_r(names[i][1] - names[j][1]),
                error=_r(math.hypot(names[i][2], names[j][2])),
                n=0,
                tied=True,
                parts=(),
            )
            for i, j in pairs
        ),
        settings=(),
        n_settings=13,
        notices=(),
    )
