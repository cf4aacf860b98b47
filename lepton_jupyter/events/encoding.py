"""Events, commands and messages as plain JSON, and back.

How a type is written follows from its type hints alone, so a new field needs no code here. Only types of the modules of
this package are ever built: nothing is imported by a name found in a file.
"""

from __future__ import annotations

import json
import math
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from lepton_jupyter.events import (
    commands,
    comparison_messages,
    configuration_messages,
    evaluation_messages,
    form_messages,
    messages,
    preparation_events,
    preparation_messages,
    profile_messages,
    run_events,
    runs_messages,
    stream_events,
    stream_messages,
)
from lepton_jupyter.events.commands import Command
from lepton_jupyter.events.messages import Message
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.events.run_events import Event
from lepton_jupyter.exceptions.encoding_errors import DecodingError, UnknownTypeError

_Convert = Callable[[Any], Any]


class _MismatchError(Exception):
    """A value does not fit its hint: what was expected, and the value. Never leaves this module."""

    def __init__(self, expected: str, value: object) -> None:
        super().__init__(expected, value)
        self.expected, self.value = expected, value


def encode(obj: Event | Command | Message | Budget) -> dict[str, Any]:
    """Write an event, command, message or budget with plain JSON types.

    Parameters
    ----------
    obj : Event, Command, Message or Budget
        NumPy scalars in its fields become numbers; NaN and infinities become None, since JSON has neither.

    Returns
    -------
    document : dict
        ``"type"`` first, then the fields in the order of the class; nested dataclasses carry no ``"type"``.

    Examples
    --------
    >>> encode(run_events.BudgetExtended(seconds=30))
    {'type': 'BudgetExtended', 'seconds': 30.0}
    """
    cls: type = type(obj)
    return {"type": cls.__name__, **_dataclass_writer(cls)(obj)}


def to_json(obj: Event | Command | Message | Budget) -> str:
    """Write an event, command, message or budget as one compact line of JSON.

    Examples
    --------
    >>> to_json(run_events.WarningRaised(text="Only 12 rows are of class “yes”."))
    '{"type":"WarningRaised","text":"Only 12 rows are of class “yes”."}'
    """
    return json.dumps(encode(obj), allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def decode_event(document: object) -> Event:
    """Read an event that `encode` wrote, in this version or a newer one that only added fields.

    Parameters
    ----------
    document : dict
        As `json.loads` gives it. Fields that the class does not have are ignored; None where a float is due is NaN.

    Returns
    -------
    event : Event

    Raises
    ------
    UnknownTypeError
        If the type is not an event of this version.
    DecodingError
        If a field is missing or of another type; the message names type and field.

    Examples
    --------
    >>> decode_event({"type": "BudgetExtended", "seconds": 30, "by": "a newer version"})
    BudgetExtended(seconds=30.0)
    """
    return _decode(document, "an event", EVENT_TYPES)  # type: ignore[no-any-return]  # built from that table


def decode_command(document: object) -> Command:
    """Read a command that a page sent; parameters and errors as for `decode_event`.

    Examples
    --------
    >>> decode_command({"type": "StopRun"})
    StopRun()
    """
    return _decode(document, "a command", COMMAND_TYPES)  # type: ignore[no-any-return]  # built from that table


def decode_message(document: object) -> Message:
    """Read a message, such as the one a saved notebook holds; parameters and errors as for `decode_event`."""
    return _decode(document, "a message", MESSAGE_TYPES)  # type: ignore[no-any-return]  # built from that table


def _types_of(root: type, *modules: types.ModuleType) -> dict[str, type]:
    found = (each for module in modules for each in vars(module).values() if isinstance(each, type))
    return {each.__name__: each for each in found if issubclass(each, root) and each is not root}


#: The types that can be read, by the name under which they are written.
EVENT_TYPES: Mapping[str, type] = _types_of(Event, run_events, preparation_events, stream_events)
COMMAND_TYPES: Mapping[str, type] = _types_of(Command, commands)
MESSAGE_TYPES: Mapping[str, type] = _types_of(
    Message,
    messages,
    form_messages,
    profile_messages,
    evaluation_messages,
    comparison_messages,
    configuration_messages,
    preparation_messages,
    runs_messages,
    stream_messages,
)


def _decode(document: object, kind: str, known: Mapping[str, type]) -> Any:
    if not isinstance(document, dict) or "type" not in document:
        raise DecodingError.from_value(kind, document)
    name = document["type"]
    cls = known.get(name) if isinstance(name, str) else None
    if cls is None:
        raise UnknownTypeError.from_name(kind, name, known)
    return _dataclass_reader(cls)(document)


def _hints(cls: type) -> dict[str, Any]:
    # run_events names Mapping for type checkers only
    return get_type_hints(cls, localns={"Mapping": Mapping})


@cache
def _dataclass_writer(cls: type) -> _Convert:
    hints = _hints(cls)
    plan = [(each.name, _writer(hints[each.name])) for each in fields(cls)]

    def write(value: Any) -> dict[str, Any]:
        return {name: convert(getattr(value, name)) for name, convert in plan}

    return write


@cache
def _dataclass_reader(cls: type) -> _Convert:
    hints = _hints(cls)
    required = {each.name: each.default is MISSING and each.default_factory is MISSING for each in fields(cls)}
    plan = [(name, _reader(hints[name]), needed) for name, needed in required.items()]

    def read(document: Any) -> Any:
        if not isinstance(document, dict):
            raise _MismatchError("an object", document)
        values = {}
        for name, convert, needed in plan:
            if name in document:
                try:
                    values[name] = convert(document[name])
                except _MismatchError as error:
                    raise DecodingError.from_field(cls.__name__, name, error.expected, error.value) from None
            elif needed:
                raise DecodingError.from_missing_field(cls.__name__, name)
        return cls(**values)

    return read


def _writer(hint: Any) -> _Convert:
    """How a value of type `hint` is written."""
    if hint in _SIMPLE_WRITERS:
        return _SIMPLE_WRITERS[hint]
    if is_dataclass(hint):
        return _dataclass_writer(hint)  # type: ignore[arg-type]  # a hint is never an instance
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple and arguments[1:] == (...,):
        item = _writer(arguments[0])
        return lambda value: [item(each) for each in value]
    if origin is Mapping:
        item = _writer(arguments[1])
        return lambda value: {str(key): item(each) for key, each in value.items()}
    if origin in {Union, types.UnionType}:
        return _union_writer(arguments)
    raise TypeError(hint)  # pragma: no cover  # a new kind of field needs a line here: found by the first test


def _union_writer(arguments: tuple[Any, ...]) -> _Convert:
    present = [each for each in arguments if each is not types.NoneType]
    if len(present) > 1:
        return _write_scalar
    convert = _writer(present[0])
    return lambda value: None if value is None else convert(value)


def _reader(hint: Any) -> _Convert:
    """How a value of type `hint` is read and checked."""
    if hint in _SIMPLE_READERS:
        return _SIMPLE_READERS[hint]
    if is_dataclass(hint):
        return _dataclass_reader(hint)  # type: ignore[arg-type]  # a hint is never an instance
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple and arguments[1:] == (...,):
        return _tuple_reader(_reader(arguments[0]))
    if origin is Mapping:
        return _mapping_reader(_reader(arguments[1]))
    if origin in {Union, types.UnionType}:
        return _union_reader(arguments)
    raise TypeError(hint)  # pragma: no cover  # as above


def _union_reader(arguments: tuple[Any, ...]) -> _Convert:
    present = [each for each in arguments if each is not types.NoneType]
    if len(present) > 1:
        return _read_scalar
    convert = _reader(present[0])
    return lambda value: None if value is None else convert(value)


def _tuple_reader(item: _Convert) -> _Convert:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _MismatchError("a list", value)
        return tuple([item(each) for each in value])

    return read


def _mapping_reader(item: _Convert) -> _Convert:
    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _MismatchError("an object", value)
        return {key: item(each) for key, each in value.items()}

    return read


def _write_float(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _write_str(value: str) -> str:
    # A column of a badly decoded file may be named by half a character, which no UTF-8 file and no page can take.
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()


def _write_scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _write_str(value)
    plain = value.item() if hasattr(value, "item") else value  # NumPy scalars
    return _write_float(plain) if isinstance(plain, float) else plain


def _read_float(value: Any) -> float:
    if type(value) is float:
        return value
    if value is None:
        return math.nan
    if type(value) is int and abs(value) < 10**300:
        return float(value)
    raise _MismatchError("a number", value)


def _read_int(value: Any) -> int:
    if type(value) is int:
        return value
    raise _MismatchError("a whole number", value)


def _read_bool(value: Any) -> bool:
    if type(value) is bool:
        return value
    raise _MismatchError("true or false", value)


def _read_str(value: Any) -> str:
    if type(value) is str:
        return value
    raise _MismatchError("a text", value)


def _read_scalar(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise _MismatchError("a number, a text, true, false or null", value)


_SIMPLE_WRITERS: dict[Any, _Convert] = {float: _write_float, int: int, bool: bool, str: _write_str}
_SIMPLE_READERS: dict[Any, _Convert] = {float: _read_float, int: _read_int, bool: _read_bool, str: _read_str}
