"""Realistic runs as lists of logged events, for tests and for the golden files; the same on every machine."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from statistics import fmean

from lepton_jupyter.events.logged_event import LoggedEvent
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.events.run_events import (
    AskMade,
    BudgetExtended,
    ColumnTreatment,
    Coordinate,
    EnsembleMember,
    EnsembleUpdated,
    Event,
    ExecutorChanged,
    FoldDropped,
    FoldScored,
    FrontierUpdated,
    HeldOutScored,
    LearnerPostponed,
    ModelChosen,
    PartialEnsembleFormed,
    RunFailed,
    RunFinished,
    RunQueued,
    RunResumed,
    RunStarted,
    SampleDrawn,
    Scalar,
    SearchedLearner,
    SearchOpened,
    StartingPoint,
    StepJudged,
    StopRequested,
    TableDescribed,
    TrialAsked,
    TrialCancelled,
    TrialFailed,
    TrialFinished,
    TrialRejected,
    TrialWidened,
    TurnCame,
    WarningRaised,
)

EXPORTS = {
    "linear": ("onnx", "pmml"),
    "lightgbm": ("onnx", "pmml", "treelite", "lightgbm"),
    "random_forest": ("onnx", "pmml", "treelite"),
    "extra_trees": ("onnx", "pmml", "treelite"),
    "perceptron": ("onnx", "pmml"),
}
VERSIONS = {"lepton-jupyter": "0.1.0", "python": "3.11.7", "scikit-learn": "1.6.1", "lightgbm": "4.5.0"}
MARKUP = '<img src=x onerror="alert(1)">&\'</td><script>alert(2)</script>'


SEARCH = SearchOpened(
    n_folds=5,
    seed=0,
    learners=(
        SearchedLearner(
            learner="lightgbm",
            coordinates=(
                Coordinate(name="learning_rate", kind="real", low=0.005, high=0.3, log=True),
                Coordinate(name="num_leaves", kind="integer", low=4, high=256, log=True),
                Coordinate(name="extra_trees", kind="choice", options=(False, True)),
            ),
            most_steps=None,
        ),
    ),
    portfolio=(
        StartingPoint(learner="majority", parameters={}, baseline=True),
        StartingPoint(learner="lightgbm", parameters={"learning_rate": 0.1, "num_leaves": 31}, baseline=False),
    ),
)


@dataclass(frozen=True)
class Kind:
    """A learner of the examples: its names, how good it is, and what it costs."""

    learner: str
    family: str
    label: str
    quality: float  # share of the way from the constant baseline to the best possible
    fit_seconds: float
    row_milliseconds: float
    size_bytes: int
    gap: float
    first: dict[str, Scalar]

    def describe(self, point: dict[str, Scalar]) -> str:
        words = {"num_leaves": "{} leaves", "depth": "depth {}", "n_trees": "{} trees", "hidden": "{} units"}
        parts = [words.get(name, name.replace("_", " ") + " {}").format(value) for name, value in point.items()]
        return ", ".join(parts[:2])


LINEAR = Kind("linear", "linear", "Logistic", 0.945, 0.05, 0.05, 14_000, 0.004, {"C": 1.0})
LIGHTGBM = Kind(
    "lightgbm",
    "boosting",
    "LightGBM",
    0.97,
    0.12,
    0.21,
    612_000,
    0.021,
    {"num_leaves": 6, "learning_rate": 0.1, "feature_fraction": 0.8},
)
FOREST = Kind(
    "random_forest", "forest", "Random forest", 0.955, 0.3, 5.2, 21_700_000, 0.062, {"n_trees": 200, "leaf": 5}
)
EXTRA = Kind("extra_trees", "forest", "Extra trees", 0.958, 0.25, 4.8, 18_400_000, 0.047, {"n_trees": 300, "leaf": 8})
NEURAL = Kind("perceptron", "neural", "Perceptron", 0.95, 0.4, 0.08, 58_000, 0.012, {"hidden": 64, "dropout": 0.2})
KINDS = (LINEAR, LIGHTGBM, FOREST, EXTRA, NEURAL)


@dataclass
class ExampleRun:
    """Plays a search on a clock of its own and keeps the log."""

    task: str = "binary"
    worst: float = 0.5  # of the constant baseline
    ideal: float = 0.872
    noise: float = 0.006
    n_folds: int = 5
    seed: int = 0
    now: float = 0.0
    n_trials: int = 0
    log: list[LoggedEvent] = field(default_factory=list)
    finished: dict[int, TrialFinished] = field(default_factory=dict)
    incumbents: dict[str, int] = field(default_factory=dict)
    points: dict[int, dict[str, Scalar]] = field(default_factory=dict)
    steps: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.folds = [self.random.gauss(0, 2 * self.noise) for _ in range(self.n_folds)]

    @property
    def higher(self) -> bool:
        return self.ideal > self.worst

    def happen(self, event: Event, after: float = 0.0) -> None:
        self.now = round(self.now + after, 3)
        at = datetime(2025, 11, 21, 14, 31, 44, tzinfo=UTC) + timedelta(seconds=self.now)
        text = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.log.append(LoggedEvent(sequence=len(self.log), at=text, elapsed_seconds=self.now, event=event))

    def start(
        self,
        name: str,
        target: str,
        metric: tuple[str, str],
        budget: Budget,
        table: str,
        rows: int,
        n_columns: int,
        n_classes: int,
        **split: str,
    ) -> None:
        self.happen(
            RunStarted(
                run_id=f"20251121-143144-{name.split(maxsplit=1)[0]}",
                name=name,
                task=self.task,
                metric=metric[0],
                metric_label=metric[1],
                greater_is_better=self.higher,
                target=target,
                table_name=table,
                n_rows=rows,
                n_columns=n_columns,
                n_classes=n_classes,
                n_folds=self.n_folds,
                budget=budget,
                reserve_seconds=2.4,
                seed=0,
                learners=("baseline", *(each.learner for each in KINDS)),
                executor="threads",
                n_workers=2,
                versions=VERSIONS,
                core_hour_price="0.05EUR",
                **split,  # type: ignore[arg-type]  # columns of groups, times or weights, by the event's own names
            )
        )

    def ask(self, kind: Kind, origin: str, point: dict[str, Scalar], parent: int | None = None) -> int:
        self.n_trials += 1
        step = self.steps.get(kind.learner, 1.0) if origin == "step" else None
        based_on: dict[str, Scalar] = {"incumbent_score": self.finished[parent].score} if parent else {}
        self.happen(
            TrialAsked(
                trial_id=self.n_trials,
                learner=kind.learner,
                family=kind.family,
                label=kind.label,
                description=kind.describe(point),
                parameters=point,
                origin=origin,
                parent_id=parent,
                step_size=step,
                based_on=based_on,
                asks=(
                    AskMade(
                        within=18.4, share=6.0, excluding=("catboost",), shares={"linear": 1.0}, costs=(0.2,), n_heard=1
                    ),
                ),
                exports=EXPORTS.get(kind.learner, ()),
            ),
            after=0.004,
        )
        self.points[self.n_trials] = point
        return self.n_trials

    def scores(self, kind: Kind, trained: float) -> list[float]:
        if kind.family == "baseline" and self.task != "regression":
            return [self.worst] * self.n_folds
        share = kind.quality + 0.02 * trained + self.random.gauss(0, 0.004)
        middle = self.worst + share * (self.ideal - self.worst)
        return [round(middle + each + self.random.gauss(0, self.noise / 3), 6) for each in self.folds]

    def score(self, trial_id: int, kind: Kind, trained: float = 0.0) -> bool:
        """Fit the folds of a trial; whether it was the best of its learner."""
        scores = self.scores(kind, trained)
        seconds = round(kind.fit_seconds * self.random.uniform(0.7, 1.4), 4)
        sign = 1 if self.higher else -1
        scale = self.ideal if self.task == "regression" else 1.0
        gap = sign * kind.gap * scale * self.random.uniform(0.7, 1.3)
        best = self.finished.get(self.incumbents.get(kind.learner, -1))
        for fold, value in enumerate(scores):
            self.happen(
                FoldScored(
                    trial_id=trial_id,
                    fold=fold,
                    score=value,
                    train_score=round(value + gap, 6),
                    fit_seconds=seconds,
                    n_iterations=310 if kind.family == "boosting" else None,
                    cpu_seconds=round(0.96 * seconds, 4),
                ),
                after=seconds / 2,
            )
            partial = fmean(scores[: fold + 1]) - fmean(best.fold_scores[: fold + 1]) if best else 0.0
            if best and fold == 1 and sign * partial < -self.noise:
                reason = "clearly worse than the best on its first 2 folds"
                self.happen(FoldDropped(trial_id=trial_id, fold=2, seconds=round(seconds / 4, 4)))
                self.happen(
                    TrialRejected(
                        trial_id=trial_id,
                        fold_scores=tuple(scores[:2]),
                        score=fmean(scores[:2]),
                        cost=2 * seconds,
                        reason=reason,
                    )
                )
                return False
        done = TrialFinished(
            trial_id=trial_id,
            score=round(fmean(scores), 6),
            score_error=round(1.5 * self.noise, 6),
            train_score=round(fmean(scores) + gap, 6),
            fold_scores=tuple(scores),
            fit_seconds=round(seconds * self.n_folds, 4),
            row_milliseconds=round(kind.row_milliseconds * self.random.uniform(0.6, 1.5), 4),
            size_bytes=int(kind.size_bytes * self.random.uniform(0.7, 1.3)),
            cost=round(seconds * self.n_folds, 4),
            train_error=round(0.4 * self.noise, 6),
        )
        self.happen(done)
        self.finished[trial_id] = done
        if best is None or sign * (done.score - best.score) > 0:
            self.incumbents[kind.learner] = trial_id
            return True
        return False

    def baseline(self) -> None:
        label = "Mean" if self.task == "regression" else "Majority"
        kind = Kind("baseline", "baseline", label, 0.0, 0.002, 0.001, 200, 0.0, {})
        self.score(self.ask(kind, "baseline", {}), kind)

    def portfolio(self, kind: Kind) -> None:
        self.score(self.ask(kind, "portfolio", dict(kind.first)), kind)

    def step(self, kind: Kind, trained: float) -> None:
        parent = self.incumbents[kind.learner]
        point = {
            name: value if name == "feature_fraction" else self.moved(value, self.steps.get(kind.learner, 1.0))
            for name, value in self.points[parent].items()
        }
        trial_id = self.ask(kind, "step", point, parent)
        before = self.finished[parent]
        accepted = self.score(trial_id, kind, trained)
        done = self.finished.get(trial_id)
        gain = (done.score - before.score) * (1 if self.higher else -1) if done else -0.004
        size = round(self.steps.get(kind.learner, 1.0) * (1.25 if accepted else 0.85), 4)
        self.steps[kind.learner] = size
        self.happen(
            StepJudged(
                learner=kind.learner,
                trial_id=trial_id,
                accepted=accepted,
                gain=round(gain, 6),
                gain_error=0.0011,
                step_size=size,
            )
        )

    def moved(self, value: Scalar, step: float) -> Scalar:
        if isinstance(value, int):
            return min(900, max(2, round(value * 2 ** self.random.gauss(0.4, 0.5 * step))))
        return float(f"{value * 2 ** self.random.gauss(-0.1, 0.5 * step):.3g}") if isinstance(value, float) else value

    def ensemble(self) -> None:
        sign = 1 if self.higher else -1
        best = sorted(self.finished.values(), key=lambda each: -sign * each.score)[:4]
        weights = (0.5, 0.25, 0.125, 0.125)[: len(best)]
        lift = sign * self.noise / 6
        folds = tuple(round(each + lift + self.random.gauss(0, self.noise / 4), 6) for each in best[0].fold_scores)
        self.happen(
            EnsembleUpdated(
                members=tuple(
                    EnsembleMember(trial_id=each.trial_id, weight=weight)
                    for each, weight in zip(best, weights, strict=True)
                ),
                score=round(fmean(folds), 6),
                score_error=round(1.45 * self.noise, 6),
                train_score=round(fmean(folds) + 2 * sign * self.noise, 6),
                fold_scores=folds,
                row_milliseconds=0.43,
                size_bytes=1_130_000,
                selection_score=round(fmean(folds) + sign * self.noise / 9, 6),
                train_error=round(0.4 * self.noise, 6),
            ),
            after=0.02,
        )
        fast = sorted(self.finished.values(), key=lambda each: each.row_milliseconds)
        front: list[TrialFinished] = []
        for each in fast:
            if not front or sign * (each.score - front[-1].score) > 0:
                front.append(each)
        self.happen(FrontierUpdated(trial_ids=tuple(each.trial_id for each in front)))

    def search(self, until: float, *, postponed: bool = True) -> None:
        self.baseline()
        for kind in KINDS:
            self.portfolio(kind)
            if kind is LIGHTGBM and postponed:
                self.happen(
                    LearnerPostponed(learner="catboost", reason="waits for processes, a thread could not be stopped")
                )
                self.happen(ExecutorChanged(executor="processes", n_workers=2))
        turn = 0
        while self.now < until:
            kind = (LIGHTGBM, LIGHTGBM, NEURAL, LIGHTGBM, EXTRA)[turn % 5]
            self.step(kind, trained=min(1.0, self.now / 25))
            turn += 1
            if turn % 6 == 4:
                self.ensemble()

    def end(self, reason: str, test_score: float | None = None) -> None:
        self.ensemble()
        last = next(each.event for each in reversed(self.log) if isinstance(each.event, EnsembleUpdated))
        if test_score is not None:
            for trial_id in (None, *(each.trial_id for each in last.members)):
                tested = HeldOutScored(trial_id=trial_id, score=test_score, score_error=round(self.noise, 6))
                self.happen(tested)
        self.happen(
            RunFinished(
                reason=reason,
                best="ensemble",
                score=last.score,
                score_error=last.score_error,
                test_score=test_score,
                n_finished=len(self.finished),
                elapsed_seconds=round(self.now + 0.1, 3),
                disk_bytes=48_300_000,
                outside_seconds=1.3,
                memory_bytes=412_000_000,
            ),
            after=0.1,
        )


def column(
    name: str, kind: str, treatment: str, reason: str = "", missing: float = 0.0, distinct: int = 2
) -> ColumnTreatment:
    return ColumnTreatment(
        name=name, kind=kind, treatment=treatment, reason=reason, missing_share=missing, n_distinct=distinct
    )


TELCO_COLUMNS = (
    column("customerID", "identifier", "set aside", "each value occurs once", distinct=7043),
    column("gender", "category", "encoded, 2 categories"),
    column("SeniorCitizen", "boolean", "as it is"),
    column("Partner", "boolean", "encoded, 2 categories"),
    column("tenure", "number", "as it is", distinct=73),
    column("InternetService", "category", "encoded, 3 categories", distinct=3),
    column("Contract", "category", "encoded, 3 categories", distinct=3),
    column("PaymentMethod", "category", "encoded, 4 categories", distinct=4),
    column("MonthlyCharges", "number", "as it is", distinct=1585),
    column("TotalCharges", "number", "as it is", "numbers, read from text", missing=0.0016, distinct=6530),
    column("signup", "date", "year, month, day of the week", distinct=2190),
    column("last_note", "text", "words, 256 counts", "long texts", missing=0.31, distinct=4801),
    column("currency", "constant", "set aside", "one value in all rows", distinct=1),
    column("region_code", "number", "set aside", "the same as another column", distinct=41),
)


def churn(until: float = 23.0) -> ExampleRun:
    """A binary run that goes on."""
    run = ExampleRun()
    run.start("churn-3", "churn", ("roc_auc", "AUC"), Budget(seconds=30.0), "telco", 7043, 14, 2)
    run.happen(TableDescribed(columns=TELCO_COLUMNS), after=0.14)
    run.happen(SEARCH)
    run.happen(WarningRaised(text="11 rows have no target and are left out."))
    run.search(until)
    run.ensemble()
    return run


def starting() -> ExampleRun:
    """A run that has read its table."""
    run = ExampleRun()
    run.start("churn-3", "churn", ("roc_auc", "AUC"), Budget(seconds=30.0), "telco", 7043, 14, 2)
    return run


def waiting() -> ExampleRun:
    """A run that waits for two others, its rows split by group and weighed."""
    run = ExampleRun()
    run.start(
        "churn-4",
        "churn",
        ("roc_auc", "AUC"),
        Budget(seconds=30.0),
        "telco",
        7043,
        14,
        2,
        groups="customer",
        weights="months",
    )
    run.happen(RunQueued(waits_for=("churn-2", "churn-3")))
    return run


def sharing() -> ExampleRun:
    """That run when its turn has come, beside another one."""
    run = waiting()
    run.happen(RunQueued(waits_for=("churn-3",)), after=12.0)
    run.happen(TurnCame(budget=Budget(seconds=30.0), waited_seconds=19.5), after=7.5)
    run.happen(ExecutorChanged(executor="processes", n_workers=1, n_shared=2, shared_with=("price-1",)), after=0.1)
    return run


def failed() -> ExampleRun:
    """A run that cannot find a model."""
    run = starting()
    run.happen(
        RunFailed(sentence="The target 'churn' has one value, 'No', in all 7,043 rows. Choose another target."),
        after=0.2,
    )
    return run


def wine() -> ExampleRun:
    """A multiclass run under a log loss, ended by its trials, with a failed and a cancelled trial."""
    run = ExampleRun(task="multiclass", worst=1.63, ideal=0.82, noise=0.012, seed=3)
    run.start("quality-1", "quality", ("neg_log_loss", "log loss"), Budget(trials=24), "wine", 6497, 12, 7)
    names = (
        "fixed acidity",
        "volatile acidity",
        "citric acid",
        "residual sugar",
        "chlorides",
        "density",
        "pH",
        "alcohol",
    )
    run.happen(
        TableDescribed(columns=tuple(column(each, "number", "as it is", distinct=100) for each in names)), after=0.1
    )
    run.search(14.0, postponed=False)
    bad = run.ask(NEURAL, "step", {"hidden": 4096, "dropout": 0.2}, run.incumbents["perceptron"])
    run.happen(TrialFailed(trial_id=bad, error="the loss became infinite after 12 rounds", cost=0.8), after=0.8)
    lost = run.ask(EXTRA, "step", {"n_trees": 900, "leaf": 3}, run.incumbents["extra_trees"])
    run.happen(TrialCancelled(trial_id=lost, reason="the run ended"), after=0.3)
    run.end("trials", test_score=0.831542)
    return run


def diamonds() -> ExampleRun:
    """A regression run with forty models, long names and markup in names, cut off and resumed."""
    run = ExampleRun(task="regression", worst=3987.0, ideal=512.0, noise=9.0, seed=5)
    run.start(
        f"diamonds {MARKUP}",
        f"price {MARKUP}",
        ("neg_root_mean_squared_error", "RMSE"),
        Budget(seconds=40.0),
        "diamonds.parquet",
        53_940,
        40,
        0,
    )
    long = "a column of a survey whose name repeats the whole question that was asked, with all its conditions"
    columns = [column(f"{long} {index}", "number", "as it is", distinct=900) for index in range(36)]
    columns += [column(MARKUP, "category", f"encoded, 12 categories {MARKUP}", MARKUP, distinct=12)]
    columns += [
        column("目标 <b>", "category", "encoded, 3 categories", distinct=3),
        column("naïve & co", "number", "as it is"),
    ]
    run.happen(TableDescribed(columns=(*columns, column("", "constant", "set aside", "one value"))), after=0.3)
    run.happen(WarningRaised(text=f"Column {MARKUP!r} holds text that looks like a page."))
    run.happen(
        SampleDrawn(
            n_table_rows=53_940,
            n_rows=22_000,
            reason="worker memory",
            table_bytes=9_000_000,
            limit_bytes=4_000_000,
            by_class=False,
            seed=0,
        )
    )
    run.search(12.0)
    run.ask(LIGHTGBM, "step", dict(LIGHTGBM.first), run.incumbents["lightgbm"])
    run.happen(RunResumed(budget=Budget(seconds=30.0), n_finished=len(run.finished), executor="processes", n_workers=2))
    run.happen(BudgetExtended(seconds=30.0), after=0.5)
    turn = 0
    while len(run.finished) < 39:
        run.step((LIGHTGBM, EXTRA, FOREST, NEURAL)[turn % 4], trained=min(1.0, turn / 30))
        turn += 1
        if turn % 10 == 5:
            run.ensemble()
    strange = Kind("custom", "custom", f"Mine {MARKUP}", 0.93, 0.2, 0.4, 1_000_000, 0.01, {"n_trees": 12})
    run.score(run.ask(strange, "portfolio", dict(strange.first)), strange)
    unknown_gap = run.finished.pop(run.n_trials)
    last = next(index for index in range(len(run.log) - 1, 0, -1) if run.log[index].event == unknown_gap)
    nan = replace(unknown_gap, train_score=float("nan"))
    run.log[last] = LoggedEvent(
        sequence=last, at=run.log[last].at, elapsed_seconds=run.log[last].elapsed_seconds, event=nan
    )
    return run


def stopped() -> ExampleRun:
    """A run that a person ended from the panel."""
    run = churn(20.0)
    run.happen(StopRequested(source="panel"), after=0.2)
    run.end("stopped")
    return run


def finished() -> ExampleRun:
    """The run of `churn`, when its time is used up."""
    run = churn(27.0)
    run.end("budget", test_score=0.853112)
    return run


def widened() -> ExampleRun:
    """That run, where the heaviest trial was fitted once more, on nearly all rows."""
    run = churn(27.0)
    whole = next(each.event for each in reversed(run.log) if isinstance(each.event, EnsembleUpdated))
    heaviest = max(whole.members, key=lambda each: each.weight).trial_id
    made = TrialWidened(
        trial_id=heaviest,
        fold=len(whole.fold_scores),
        score=round(whole.score + 0.002, 6),
        fit_seconds=0.94,
        n_iterations=212,
        row_milliseconds=0.12,
        size_bytes=310_000,
        cpu_seconds=0.97,
    )
    run.happen(made, after=0.9)
    run.end("budget", test_score=0.853112)
    return run


def chosen(prefer: str, n_members: int) -> ExampleRun:
    """That run, where the model that it predicts with was chosen by more than its score."""
    run = churn(27.0)
    whole = next(each.event for each in reversed(run.log) if isinstance(each.event, EnsembleUpdated))
    members = (EnsembleMember(trial_id=whole.members[0].trial_id, weight=1.0),)
    trial = run.finished[members[0].trial_id]
    part = PartialEnsembleFormed(
        members=tuple(replace(each, weight=0.5) for each in whole.members[:2]),
        score=round(whole.score - 0.001, 6),
        score_error=whole.score_error,
        train_score=whole.train_score,
        fold_scores=tuple(round(each - 0.001, 6) for each in whole.fold_scores),
        row_milliseconds=0.21,
        size_bytes=600_000,
    )
    run.happen(part, after=0.05)
    figures = trial if n_members == 1 else part
    choice = ModelChosen(
        prefer=prefer,
        members=members if n_members == 1 else part.members,
        score=figures.score,
        score_error=figures.score_error,
        train_score=figures.train_score,
        fold_scores=figures.fold_scores,
        row_milliseconds=figures.row_milliseconds,
        size_bytes=figures.size_bytes,
        folds=(0,) if n_members == 1 else (0, 1, 2, 3, 4),
        best_score=whole.score,
        best_row_milliseconds=whole.row_milliseconds,
        best_size_bytes=whole.size_bytes,
    )
    run.happen(choice)
    run.happen(
        RunFinished(
            reason="budget",
            best="ensemble" if n_members > 1 else f"trial {members[0].trial_id}",
            score=choice.score,
            score_error=choice.score_error,
            test_score=None,
            n_finished=len(run.finished),
            elapsed_seconds=round(run.now + 0.1, 3),
            disk_bytes=48_300_000,
        ),
        after=0.1,
    )
    return run
