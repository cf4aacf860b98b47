"""Errors about events, commands and messages that cannot be read from JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Iterable


class DecodingError(LeptonError, ValueError):
    """A JSON object is not the event, command or message that it should be."""

    @classmethod
    def from_value(cls, kind: str, value: object) -> Self:
        """Build from something that is no object at all."""
        return cls(f"{shown(value)} is not {kind}: an object with a 'type' is needed. The file may be damaged.")

    @classmethod
    def from_missing_field(cls, type_name: str, field: str) -> Self:
        """Build from a field that has no default and is not there."""
        return cls(f"{type_name} has no field {field!r}. It was written by another version, or the file is damaged.")

    @classmethod
    def from_field(cls, type_name: str, field: str, expected: str, value: object) -> Self:
        """Build from a field that holds something else than it should."""
        return cls(
            f"{type_name}.{field} is {shown(value)}, and {expected} is needed. "
            "It was written by another version, or the file is damaged."
        )


class UnknownTypeError(DecodingError):
    """A JSON object names a type that this version does not have; a newer version may have written it."""

    @classmethod
    def from_name(cls, kind: str, name: object, known: Iterable[str]) -> Self:
        """Build from the name that was found."""
        if not isinstance(name, str):
            return cls(f"The type of {kind} is {shown(name)}, and a name is needed. The file may be damaged.")
        hint = did_you_mean(name, known)
        return cls(f"{shown(name)} is not {kind} of this version. {hint} A newer lepton-jupyter may know it.")
