"""What a person asks of a preparation, checked as far as it can be before any row is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.preparation_errors import PreparedFolderError
from lepton_jupyter.exceptions.sampling_errors import SampleError
from lepton_jupyter.exceptions.settings_errors import InvalidSettingError
from lepton_jupyter.notebook.asked_steps import check_steps
from lepton_jupyter.preprocessing.partition_code import PartitionCode

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from lepton_jupyter.notebook.asked_steps import AskedSteps
    from lepton_jupyter.notebook.left_copies import AskedCopies
    from lepton_jupyter.notebook.looking_back import AskedLookBack
    from lepton_jupyter.preprocessing.row_filter import RowFilter
    from lepton_jupyter.preprocessing.sampled_rows import SampleSize

#: What may be done with a bad partition.
ON_BAD = ("fail", "skip", "quarantine")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class AskedPreparation:
    """All that is asked of a preparation but its table.

    Parameters
    ----------
    steps : AskedSteps
    copies : AskedCopies
    look_back : AskedLookBack
    join : table, sequence of tables, mapping of str to table, or None
    on : str or sequence of str, optional
        Key of these tables.
    cell : PartitionCode or None
    where : RowFilter or None
    sample : SampleSize or None
    sample_by : tuple of str
    in_folds : tuple of str
    on_bad : {"fail", "skip", "quarantine"}
    to : str or path, optional
        Where the prepared table is written.
    dry_run : bool

    Raises
    ------
    LeptonError
        If parts of it do not fit each other.
    """

    steps: AskedSteps
    copies: AskedCopies
    look_back: AskedLookBack
    join: Any = None
    on: str | Sequence[str] | None = None
    cell: PartitionCode | None = None
    where: RowFilter | None = None
    sample: SampleSize | None = None
    sample_by: tuple[str, ...] = ()
    in_folds: tuple[str, ...] = ()
    on_bad: str = "fail"
    to: str | os.PathLike[str] | None = None
    dry_run: bool = False

    def __post_init__(self) -> None:
        if self.on_bad not in ON_BAD:
            raise InvalidSettingError.from_choice("on_bad_partition", self.on_bad, f"Use one of {', '.join(ON_BAD)}.")
        if self.on_bad == "quarantine" and self.to is None and not self.dry_run:
            raise PreparedFolderError.from_quarantine()
        check_steps(self.steps.wanted.without)
        if self.sample is None and self.sample_by:
            raise SampleError.from_no_size()


def cell_code(
    code: str | None, table_name: str | None = None, names: Mapping[str, Any] | None = None
) -> PartitionCode | None:
    """Pandas code of a cell, in which a partition is called ``df``, or like its table where that is a name.

    Examples
    --------
    >>> cell_code("orders['price'] * 2", "orders").name
    'orders'
    """
    if code is None:
        return None
    called = [table_name] if table_name is not None and table_name.isidentifier() else []
    return PartitionCode.of_cell(code, [*called, "df"], names or {})


def several(names: str | Sequence[str]) -> tuple[str, ...]:
    """Names that may be given as one text.

    Examples
    --------
    >>> several("town"), several(["town", "street"])
    (('town',), ('town', 'street'))
    """
    return (names,) if isinstance(names, str) else tuple(names)
