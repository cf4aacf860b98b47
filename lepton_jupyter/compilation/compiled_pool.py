"""A weighted pool of fold models, compiled: trees of all models in one call, everything else as it is."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from lepton_jupyter.compilation.leaf_masks import FEWEST_ROWS, LeafMasks
from lepton_jupyter.compilation.lightgbm_calls import LightGBMCalls
from lepton_jupyter.compilation.onnx_trees import MOST_NODES, OnnxTrees, is_installed
from lepton_jupyter.compilation.tree_tables import (
    SideTables,
    TreeTable,
    forest_trees,
    lightgbm_trees,
    read_json,
    xgboost_trees,
)
from lepton_jupyter.evaluation.pool_form import LEAST_PROBABILITY
from lepton_jupyter.exceptions.compilation_errors import NotCompilableError
from lepton_jupyter.learners.featured_learner import FeaturedModel
from lepton_jupyter.learners.lightgbm import LightGBMModel
from lepton_jupyter.learners.linear import LinearMean, LinearModel
from lepton_jupyter.learners.log_target import LogTargetModel
from lepton_jupyter.learners.mean_of_models import MeanOfModels
from lepton_jupyter.learners.packed_forest import PackedForest
from lepton_jupyter.learners.perceptron import PerceptronModel
from lepton_jupyter.learners.probabilities import (
    SMALLEST_PROBABILITY,
    clipped_probabilities,
    outputs_in_columns,
    softmax,
)
from lepton_jupyter.learners.xgboost import XGBoostModel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.pool_form import PoolForm
    from lepton_jupyter.learners.learner import FoldModel

#: By what a model predicts, as a person reads it.
IN_ONNX, IN_LIGHTGBM, IN_NUMPY, BY_ITSELF = "ONNX Runtime", "LightGBM", "NumPy", "its own code"
#: Models that are products of matrices and little else.
_PRODUCTS = (LinearModel, LinearMean, PerceptronModel)
#: Columns for cuts between categories beyond which copying them for each row takes longer than the cuts.
_MOST_SIDE_COLUMNS = 20_000
#: Rows are taken so many at a time that they stay in the processor's cache with these columns.
_CACHE_BYTES = 2**20
#: Boosters of LightGBM up to which its own calls take less for a single row than one of ONNX Runtime.
_FEW_BOOSTERS = 3
_LARGEST_EXPONENT = 700.0  # beyond, exp overflows


class PoolMember(Protocol):
    """One trial of a pool."""

    @property
    def view(self) -> str:
        """The recipe's view that its models were fitted on."""
        ...

    @property
    def weight(self) -> float:
        """Shared by its models."""
        ...

    @property
    def every(self) -> Sequence[FoldModel]:
        """All that predict, of which each counts the same."""
        ...

    def predicting(self, form: PoolForm) -> Sequence[FoldModel]:
        """Models to ask, of which each counts the same."""
        ...


@dataclass(frozen=True, slots=True)
class ViewShape:
    """What there is to know of a view.

    Parameters
    ----------
    n_columns : int
    n_levels : mapping of int to int
        Codes of each column of categories.
    """

    n_columns: int
    n_levels: Mapping[int, int]


class _TreeModel(NamedTuple):
    """A model as trees, and what its sums are turned into."""

    trees: list[TreeTable]
    n_sums: int
    turned: str  # "sigmoid" | "softmax" | "shares" | "values"
    base: NDArray[np.float64]
    called: tuple[str, float] | None = None  # of LightGBM: its text, and the factor of its sums


class CompiledPool:
    """What a predictor predicts from its views, faster.

    Trees of LightGBM, XGBoost and forests become one ensemble of ONNX Runtime with an output for each sum; without it,
    and for a single row of few boosters, LightGBM is called as directly as may be. Many rows go through small trees by
    masks of their leaves. Models of other kinds are asked as they are.

    Parameters
    ----------
    members : sequence of PoolMember
        Weights sum to one.
    form : PoolForm
    n_outputs : int
        Columns of a prediction.
    shapes : mapping of str to ViewShape
        Of each view that a member looks at.
    """

    def __init__(
        self, members: Sequence[PoolMember], form: PoolForm, n_outputs: int, shapes: Mapping[str, ViewShape]
    ) -> None:
        self._form = form
        self.how: Counter[str] = Counter()
        self.reasons: list[str] = []
        self._parts: list[tuple[str, _Part]] = []
        groups = {view: _Group(SideTables(shape.n_columns, shape.n_levels)) for view, shape in shapes.items()}
        in_onnx = is_installed()
        for member in members:
            for weight, model in _asked(member, form):
                try:
                    if not in_onnx:
                        raise NotCompilableError.from_package("ONNX Runtime", "onnx")
                    groups[member.view].take(weight, _as_trees(model, groups[member.view].sides, n_outputs))
                    self.how[IN_ONNX] += 1
                except NotCompilableError as error:
                    self._parts.append((member.view, self._single(weight, model, error)))
        self._parts += [(view, _OnnxPart(group, form)) for view, group in groups.items() if group.models]

    def _single(self, weight: float, model: FoldModel, error: NotCompilableError) -> _Part:
        """A model that is asked by itself."""
        call: FoldModel = model
        if isinstance(model, LightGBMModel):
            how = IN_LIGHTGBM
            call = _CalledLightGBM(model)
        else:
            inner = model.model if isinstance(model, FeaturedModel) and model.features.are_pieces else model
            how = IN_NUMPY if isinstance(inner, _PRODUCTS) else BY_ITSELF
        self.how[how] += 1
        if how != IN_NUMPY and str(error) not in self.reasons:
            self.reasons.append(str(error))
        return _CallPart(weight, call, self._form)

    def predict(self, views: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float64]:
        """Predictions of shape (n_rows, n_outputs): probabilities, or values."""
        parts = iter(self._parts)
        view, first = next(parts)
        total = first.weighted(views[view])
        for view, part in parts:
            total = total + part.weighted(views[view])
        return self._form.closed(total)


class _Part(Protocol):
    def weighted(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Its share of the weighted sum."""
        ...


class _Group:
    """Models of one view whose trees are called together."""

    def __init__(self, sides: SideTables) -> None:
        self.sides = sides
        self.models: list[tuple[float, _TreeModel]] = []
        self._n_nodes = 0

    def take(self, weight: float, model: _TreeModel) -> None:
        """Add a model.

        Raises
        ------
        NotCompilableError
            If the group would get too large.
        """
        n_nodes = self._n_nodes + sum(len(tree.feature) + len(tree.values) for tree in model.trees)
        for what, size, most in (
            ("nodes of trees", n_nodes, MOST_NODES),
            ("cuts between categories", len(self.sides), _MOST_SIDE_COLUMNS),
        ):
            if size > most:
                raise NotCompilableError.from_size(what, size, most)
        self._n_nodes = n_nodes
        self.models.append((weight, model))


class _CallPart:
    """One model that is asked by itself."""

    def __init__(self, weight: float, model: FoldModel, form: PoolForm) -> None:
        self._weight, self._model, self._form = weight, model, form

    def weighted(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        return self._weight * self._form.opened(self._model.predict(X))


class _CalledLightGBM:
    """A booster of LightGBM by its own calls."""

    def __init__(self, model: LightGBMModel) -> None:
        self.n_iterations = model.n_iterations
        self._factor, self._turned = _lightgbm_form(model)
        self._calls, self._n_classes = LightGBMCalls(model.text), model.n_classes

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        sums = self._calls.sums(X)
        if self._turned == "values":
            return sums
        return (
            softmax(sums) if self._turned == "softmax" else outputs_in_columns(_sigmoid(self._factor * sums[:, 0]), 2)
        )


class _OnnxPart:
    """Trees of many models in one call; models whose sums are turned alike stand side by side."""

    def __init__(self, group: _Group, form: PoolForm) -> None:
        self._sides, self._form = group.sides, form
        models = sorted(group.models, key=lambda each: each[1].turned)
        sums: list[tuple[TreeTable, int]] = []
        base: list[NDArray[np.float64]] = []
        self._turns: list[tuple[str, slice, NDArray[np.float64]]] = []
        start = 0
        for turned in dict.fromkeys(each.turned for _, each in models):
            alike = [each for each in models if each[1].turned == turned]
            begin = start
            for _, model in alike:
                sums += [
                    (tree, start + place % model.n_sums if tree.values.shape[1] == 1 else start)
                    for place, tree in enumerate(model.trees)
                ]
                base.append(model.base)
                start += model.n_sums
            self._turns.append((turned, slice(begin, start), np.array([weight for weight, _ in alike])))
        self._base = np.concatenate(base)
        try:
            self._masks: LeafMasks | None = LeafMasks(sums, self._sides, start)
        except NotCompilableError:  # of forests' deep trees: many rows walk as well
            self._masks = None
        where = self._sides.arrange()
        sums = [(replace(tree, feature=where[tree.feature]), output) for tree, output in sums]
        self._trees = OnnxTrees(sums, len(where), start)
        self._most_rows = max(16, _CACHE_BYTES // (4 * len(where)))
        # Base and weight of each sum, where each is the logit of the second of two classes.
        sigmoids = {turned for turned, *_ in self._turns} == {"sigmoid"}
        weights = [weight for weight, _ in models]
        self._sigmoids = list(zip(self._base.tolist(), weights, strict=True)) if sigmoids else []
        called = [model.called for _, model in models if model.called is not None]
        few = sigmoids and len(called) == len(models) <= _FEW_BOOSTERS
        self._calls = [(LightGBMCalls(text), factor) for text, factor in called] if few else []

    def weighted(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        step = self._most_rows
        if len(X) == 1 and self._sigmoids:
            return self._of_one(X)
        if self._masks is not None and len(X) >= FEWEST_ROWS:
            return self._mixed(self._masks.sums(X) + self._base)
        if len(X) <= step:
            return self._of_few(X)
        return np.concatenate([self._of_few(X[start : start + step]) for start in range(0, len(X), step)])

    def _of_one(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """One row by Python's own numbers: a dozen calls of NumPy on as many would take longer than the trees."""
        first = second = 0.0
        if self._calls:
            logits = [factor * float(calls.sums(X)[0, 0]) for calls, factor in self._calls]
        else:
            sums = self._trees.sums(self._sides.beside(X))[0].tolist()
            logits = [each + base for each, (base, _) in zip(sums, self._sigmoids, strict=True)]
        for logit, (_, weight) in zip(logits, self._sigmoids, strict=True):
            share = 1.0 / (1.0 + math.exp(min(-logit, _LARGEST_EXPONENT)))
            share = min(max(share, SMALLEST_PROBABILITY), 1.0 - SMALLEST_PROBABILITY)
            if self._form.logarithmic:
                first += weight * math.log(max(1.0 - share, LEAST_PROBABILITY))
                second += weight * math.log(max(share, LEAST_PROBABILITY))
            else:
                first += weight * (1.0 - share)
                second += weight * share
        return np.array([[first, second]])

    def _of_few(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        return self._mixed(self._trees.sums(self._sides.beside(X)) + self._base)

    def _mixed(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the pool takes from the sums of all models."""
        total: NDArray[np.float64] | None = None
        for turned, columns, weights in self._turns:
            part = self._turned(turned, sums[:, columns], weights)
            total = part if total is None else total + part
        assert total is not None  # a group has a model
        return total

    def _turned(self, turned: str, sums: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
        if turned == "sigmoid":
            second = _sigmoid(sums)
            if not self._form.logarithmic:
                # Of two columns that sum to one, the second; no probability is below the smallest, as everywhere.
                mean = np.clip(second, SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY) @ weights
                return np.stack([weights.sum() - mean, mean], axis=1)
            predictions = np.stack([1.0 - second, second], axis=2)
        elif turned == "values":
            return (sums @ weights)[:, None]
        else:
            predictions = sums.reshape(len(sums), len(weights), -1)
        flat = predictions.reshape(len(sums) * len(weights), -1)
        flat = softmax(flat) if turned == "softmax" else clipped_probabilities(flat)
        opened = self._form.opened(flat).reshape(len(sums), len(weights), -1)
        mixed: NDArray[np.float64] = np.einsum("rmo,m->ro", opened, weights)
        return mixed


def _sigmoid(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(np.minimum(-sums, _LARGEST_EXPONENT))))


def _asked(member: PoolMember, form: PoolForm) -> list[tuple[float, FoldModel]]:
    """Models with their weights, those that are means of others taken apart."""
    trees = (LightGBMModel, XGBoostModel, PackedForest)
    # Quick forms of trees are means of them, or their library's input made once: here each tree is looked at anyway.
    models = member.every if all(isinstance(each, trees) for each in member.every) else member.predicting(form)
    return [(member.weight / len(models), each) for each in models]


def _as_trees(model: FoldModel, sides: SideTables, n_outputs: int) -> _TreeModel:
    if isinstance(model, LightGBMModel):
        return _of_lightgbm(model, sides)
    if isinstance(model, XGBoostModel):
        return _of_xgboost(model, sides)
    if isinstance(model, PackedForest):
        made = _TreeModel(
            list(forest_trees(model)), n_outputs, "shares" if model.n_classes else "values", np.zeros(n_outputs)
        )
        return made if model.n_classes else _centred(made)
    if isinstance(model, FeaturedModel):
        raise NotCompilableError.from_part("features that are made within a fold")
    if isinstance(model, LogTargetModel):
        raise NotCompilableError.from_part("a model that learnt logarithms of the target")
    one = model.models[0] if isinstance(model, MeanOfModels) else model
    raise NotCompilableError.from_part(f"{type(one).__name__.removesuffix('Model')} models")


def _of_lightgbm(model: LightGBMModel, sides: SideTables) -> _TreeModel:
    factor, turned = _lightgbm_form(model)
    trees = [replace(tree, values=tree.values * factor) for tree in lightgbm_trees(model.text, sides)]
    n_sums = model.n_classes if model.n_classes > 2 else 1
    return _centred(_TreeModel(trees, n_sums, turned, np.zeros(n_sums), (model.text, factor)))


def _lightgbm_form(model: LightGBMModel) -> tuple[float, str]:
    objective, *settings = _line(model.text, "objective=").split()
    if objective == "binary":
        given = dict(each.split(":", 1) for each in settings if ":" in each)
        return float(given.get("sigmoid", "1")), "sigmoid"
    if objective in {"multiclass", "softmax"}:
        return 1.0, "softmax"
    if objective in {"regression", "regression_l1", "regression_l2", "quantile"} and "sqrt" not in settings:
        return 1.0, "values"
    raise NotCompilableError.from_part(f"LightGBM's objective {objective!r}")


def _line(text: str, start: str) -> str:
    at = text.index("\n" + start) + 1 + len(start)
    return text[at : text.index("\n", at)]


def _of_xgboost(model: XGBoostModel, sides: SideTables) -> _TreeModel:
    saved = read_json(model.text)
    learner = saved["learner"]
    objective = learner["objective"]["name"]
    turns = {
        "binary:logistic": "sigmoid",
        "multi:softprob": "softmax",
        "reg:squarederror": "values",
        "reg:quantileerror": "values",
    }
    if objective not in turns:
        raise NotCompilableError.from_part(f"XGBoost's objective {objective!r}")
    n_sums = model.n_classes if model.n_classes > 2 else 1
    # One number, or since version 3.1 a list of them.
    written: Any = learner["learner_model_param"]["base_score"]
    base = np.array([float(each) for each in written.strip("[]").split(",")])
    if turns[objective] == "sigmoid":
        base = np.log(base / (1.0 - base))
    return _centred(
        _TreeModel(list(xgboost_trees(saved, sides)), n_sums, turns[objective], np.broadcast_to(base, n_sums).copy())
    )


def _centred(model: _TreeModel) -> _TreeModel:
    """The same with the mean of each tree's leaves in the base: ONNX Runtime sums in single precision."""
    base = model.base.copy()
    trees = []
    for place, tree in enumerate(model.trees):
        mean = tree.values.mean(axis=0)
        base[place % model.n_sums] += mean[0]
        trees.append(replace(tree, values=tree.values - mean))
    return model._replace(trees=trees, base=base)
