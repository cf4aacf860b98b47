"""Features made of the columns of a cleaned table, in their places, and components that stand for several of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from lepton_jupyter.preprocessing.feature_steps import FeatureStep, feature_from_dict, feature_to_dict
from lepton_jupyter.preprocessing.principal_components import PrincipalComponents
from lepton_jupyter.preprocessing.stored_values import one_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class TableFeatures:
    """What is made of a cleaned table; of each row by itself.

    Parameters
    ----------
    steps : tuple of FeatureStep
        In the order in which they are taken.
    components : PrincipalComponents or None
        Taken last.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from lepton_jupyter.preprocessing.feature_steps import Scaled
    >>> TableFeatures((Scaled("x", 1.0, 2.0),)).beside(pa.table({"x": [5.0], "y": ["a"]})).to_pydict()
    {'x': [2.0], 'y': ['a']}
    """

    steps: tuple[FeatureStep, ...] = ()
    components: PrincipalComponents | None = None

    def beside(self, table: pa.Table) -> pa.Table:
        """A table with the features in the places of the columns that they are made of."""
        import pyarrow as pa

        for step in self.steps:
            columns: dict[str, Any] = {}
            taken = set(table.column_names) - {step.column}
            for name in table.column_names:
                if name != step.column:
                    columns[name] = table.column(name)
                    continue
                made = step.made(one_array(table.column(name)))
                columns |= {_free(each, taken): values for each, values in made.items()}
            table = pa.table(columns)
        return table if self.components is None else self.components.beside(table)

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it; empty where nothing is made."""
        saved: dict[str, Any] = {}
        if self.steps:
            saved["steps"] = [feature_to_dict(step) for step in self.steps]
        if self.components is not None:
            saved["components"] = self.components.to_dict()
        return saved

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Self:
        """From what `to_dict` gave."""
        components = saved.get("components")
        return cls(
            tuple(map(feature_from_dict, saved.get("steps", ()))),
            None if components is None else PrincipalComponents.from_dict(components),
        )


def _free(name: str, taken: set[str]) -> str:
    """A name that no other column has."""
    while name in taken:
        name += "'"
    return name
