"""Every event, command and message survives JSON, and what is no such thing is refused by one clear sentence."""

from __future__ import annotations

import json
import math
import pickle
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.events import encoding
from lepton_jupyter.events.commands import ExtendBudget
from lepton_jupyter.events.encoding import (
    COMMAND_TYPES,
    EVENT_TYPES,
    MESSAGE_TYPES,
    decode_command,
    decode_event,
    decode_message,
    encode,
    to_json,
)
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.events.run_events import (
    FoldScored,
    RunFinished,
    RunResumed,
    Scalar,
    TableDescribed,
    TrialAsked,
    TrialFinished,
)
from lepton_jupyter.exceptions.encoding_errors import DecodingError, UnknownTypeError

ALL_TYPES = {**EVENT_TYPES, **COMMAND_TYPES, **MESSAGE_TYPES}


def decode(document: object) -> object:
    name = document["type"]  # type: ignore[index]  # a document of encode
    if name in EVENT_TYPES:
        return decode_event(document)
    return decode_command(document) if name in COMMAND_TYPES else decode_message(document)


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    simple: dict[Any, st.SearchStrategy[Any]] = {
        float: st.floats(allow_nan=False, allow_infinity=False),
        int: st.integers(-(2**53), 2**53),
        bool: st.booleans(),
        str: st.text(max_size=12),
        type(None): st.none(),
    }
    if hint in simple:
        return simple[hint]
    if is_dataclass(hint):
        return instances_of(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple:
        return st.lists(values_of(arguments[0]), max_size=3).map(tuple)
    if origin is Mapping:
        return st.dictionaries(st.text(max_size=6), values_of(arguments[1]), max_size=3)
    return st.one_of(*[values_of(each) for each in arguments])


def instances_of(cls: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls, localns={"Mapping": Mapping})
    return st.builds(cls, **{each.name: values_of(hints[each.name]) for each in fields(cls)})


@pytest.mark.parametrize("name", sorted(ALL_TYPES))
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_any_instance_returns_from_json_unchanged(name: str, data: st.DataObject) -> None:
    instance = data.draw(instances_of(ALL_TYPES[name]))
    text = to_json(instance)
    assert decode(json.loads(text)) == instance
    assert "\n" not in text


def test_all_three_kinds_are_known() -> None:
    assert {"RunStarted", "TrialFinished", "RunFailed"} <= set(EVENT_TYPES)
    assert set(COMMAND_TYPES) == {
        "StopRun", "ExtendBudget", "KeepAlive", "ChooseInForm", "StartForm", "LineStarted", "PauseStream",
        "ContinueStream", "AskRows", "AskForms", "AskBoardPage", "ChooseInPlan", "StartPreparation", "WatchRuns",
        "StopListedRun", "ExtendListedRun", "AskListedPage",
    }  # fmt: skip
    assert {"RunPanelMessage", "FormMessage", "ProfileMessage"} <= set(MESSAGE_TYPES)
    assert {"EvaluationMessage", "ComparisonMessage", "ConfigurationMessage"} <= set(MESSAGE_TYPES)
    assert not set(EVENT_TYPES) & set(COMMAND_TYPES)


def test_type_comes_first_and_only_at_the_top() -> None:
    document = encode(RunResumed(budget=Budget(seconds=5.0), n_finished=3, executor="threads", n_workers=2))
    assert list(document) == ["type", "budget", "n_finished", "executor", "n_workers"]
    assert document["budget"] == {"seconds": 5.0, "trials": None}
    assert encode(Budget(trials=3)) == {"type": "Budget", "seconds": None, "trials": 3}


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, np.float32("nan")])
def test_numbers_that_json_lacks_become_null_and_return_as_nan(bad: float) -> None:
    event = FoldScored(trial_id=1, fold=0, score=bad, train_score=0.5, fit_seconds=1.0, n_iterations=None)
    assert '"score":null' in to_json(event)
    again = decode_event(json.loads(to_json(event)))
    assert isinstance(again, FoldScored)
    assert math.isnan(again.score)
    assert again.n_iterations is None


def test_optional_number_that_is_not_finite_becomes_none() -> None:
    event = RunFinished(
        reason="budget", best="trial 1", score=0.5, score_error=0.1, test_score=math.nan,
        n_finished=1, elapsed_seconds=1.0, disk_bytes=1,
    )  # fmt: skip
    again = decode_event(encode(event))
    assert isinstance(again, RunFinished)
    assert again.test_score is None


def test_numpy_scalars_are_written_as_numbers() -> None:
    figures: dict[str, Any] = {
        "trial_id": np.int64(4), "score": np.float32(0.5), "score_error": np.float64(0.25), "train_score": 1,
        "fold_scores": np.ones(2), "size_bytes": np.int32(7),
    }  # fmt: skip
    event = TrialFinished(**figures, fit_seconds=1.0, row_milliseconds=0.5, cost=0.0)
    assert json.loads(to_json(event))["fold_scores"] == [1.0, 1.0]
    again = decode_event(json.loads(to_json(event)))
    assert isinstance(again, TrialFinished)
    assert (again.trial_id, again.size_bytes, again.score) == (4, 7, 0.5)


def test_parameters_keep_their_kind() -> None:
    parameters: dict[str, Scalar] = {"leaves": 31, "rate": 0.1, "dart": False, "kind": "gbdt", "cap": None}
    from_numpy: dict[str, Any] = {"np": np.int64(3), "flag": np.bool_(True), "bad": math.inf}
    event = TrialAsked(
        trial_id=0, learner="lightgbm", family="boosting", label="LightGBM", description="31 leaves",
        parameters={**parameters, **from_numpy}, origin="step", parent_id=None, step_size=0.5, based_on={},
    )  # fmt: skip
    again = decode_event(json.loads(to_json(event)))
    assert isinstance(again, TrialAsked)
    assert again.parameters == {**parameters, "np": 3, "flag": True, "bad": None}
    assert [type(each) for each in again.parameters.values()][:5] == [int, float, bool, str, type(None)]


def test_names_with_half_a_character_can_be_written() -> None:
    text = to_json(ALL_TYPES["WarningRaised"](text="caf\udce9"))
    assert text.encode() == rb'{"type":"WarningRaised","text":"caf\\udce9"}'


def test_newer_fields_are_ignored_and_defaults_filled() -> None:
    document = json.loads(to_json(RunResumed(budget=Budget(), n_finished=3, executor="threads", n_workers=2)))
    document["budget"] = {"money": 3}
    assert decode_event({**document, "mood": "good"}) == RunResumed(
        budget=Budget(), n_finished=3, executor="threads", n_workers=2
    )


def test_a_whole_number_is_a_float_where_a_float_is_due() -> None:
    command = decode_command({"type": "ExtendBudget", "seconds": 30})
    assert isinstance(command, ExtendBudget)
    assert type(command.seconds) is float


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"type": "BudgetExtended"}, ["BudgetExtended", "'seconds'"]),
        ({"type": "BudgetExtended", "seconds": "30"}, ["BudgetExtended.seconds", "'30'", "a number"]),
        ({"type": "BudgetExtended", "seconds": True}, ["BudgetExtended.seconds", "True"]),
        ({"type": "BudgetExtended", "seconds": 10**400}, ["BudgetExtended.seconds"]),
        ({"type": "WarningRaised", "text": 3}, ["WarningRaised.text", "a text"]),
        ({"type": "FrontierUpdated", "trial_ids": 3}, ["FrontierUpdated.trial_ids", "a list"]),
        ({"type": "FrontierUpdated", "trial_ids": [1, 2.5]}, ["FrontierUpdated.trial_ids", "2.5", "a whole number"]),
        ({"type": "TableDescribed", "columns": ["age"]}, ["TableDescribed.columns", "'age'", "an object"]),
        ({"type": "TableDescribed", "columns": [{"name": "age"}]}, ["ColumnTreatment", "'kind'"]),
        ({"type": "RunResumed", "budget": {"trials": [1] * 99}}, ["Budget.trials", "…"]),
        ([1], ["[1]", "an event"]),
        ({"trial_id": 1}, ["an event", "'type'"]),
        (None, ["None"]),
    ],
)  # fmt: skip
def test_a_wrong_document_names_type_and_field(document: object, words: list[str]) -> None:
    with pytest.raises(DecodingError) as caught:
        decode_event(document)
    assert all(word in str(caught.value) for word in words)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize("name", ["TrialFinishd", "StopRun", "Event", "ColumnTreatment", "Budget", "os.system", 3, [1]])
def test_only_events_are_events(name: object) -> None:
    with pytest.raises(UnknownTypeError) as caught:
        decode_event({"type": name})
    if name == "TrialFinishd":
        assert "Did you mean 'TrialFinished'?" in str(caught.value)


def test_plans_are_made_once() -> None:
    decode_event(encode(TableDescribed(columns=())))
    reader = encoding._dataclass_reader(TableDescribed)
    decode_event(encode(TableDescribed(columns=())))
    assert encoding._dataclass_reader(TableDescribed) is reader
