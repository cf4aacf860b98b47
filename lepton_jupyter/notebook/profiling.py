"""Profiling a table: what ``%lepton profile`` calls, and what it answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lepton_jupyter.notebook.shown_in_forms import ShownInForms
from lepton_jupyter.notebook.surroundings import look_around
from lepton_jupyter.notebook.tables import open_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from lepton_jupyter.events.profile_messages import ProfiledTarget, ProfileMessage
    from lepton_jupyter.notebook.profile_plots import ProfilePlots


class Profile(ShownInForms):
    """What a table holds; shows itself as a page, as text in a terminal.

    Parameters
    ----------
    whole : ProfileMessage
        Of all columns.

    Examples
    --------
    >>> import pandas as pd
    >>> found = profile(pd.DataFrame({"size": [1.0, 2.0, None], "land": ["de", "de", "de"]}))
    >>> found.columns["kind"].to_dict()
    {'size': 'number', 'land': 'constant'}
    """

    def __init__(self, whole: ProfileMessage) -> None:
        self._whole = whole

    @property
    def message(self) -> ProfileMessage:
        """What is shown, at most 64 KiB: of very many columns the most telling ones, the others counted."""
        from lepton_jupyter.views.profile_limits import within_limit

        return within_limit(self._whole)

    @property
    def columns(self) -> pd.DataFrame:
        """One row a column, the target left out: type and why, missing, distinct, figures, score alone, notes."""
        from lepton_jupyter.views.profile_frames import columns_frame

        return columns_frame(self._whole)

    @property
    def target(self) -> ProfiledTarget | None:
        """What is to be predicted, its classes and their balance; None where no target was named."""
        return self._whole.target

    @property
    def suspicions(self) -> pd.DataFrame:
        """One row a note: which column, what is suspected, how bad, why."""
        from lepton_jupyter.views.profile_frames import suspicions_frame

        return suspicions_frame(self._whole)

    @property
    def drift(self) -> pd.DataFrame | None:
        """One row a column, the most drifted first; None where no other table was given."""
        from lepton_jupyter.views.profile_frames import drift_frame

        return drift_frame(self._whole)

    @property
    def plot(self) -> ProfilePlots:
        """Figures of what it shows, as matplotlib draws them: ``found.plot.columns()``."""
        from lepton_jupyter.notebook.profile_plots import ProfilePlots

        return ProfilePlots(self._whole)

    def formats(self) -> dict[str, Any]:
        """What an output of this profile carries, by MIME type."""
        from lepton_jupyter.events.encoding import encode
        from lepton_jupyter.views.profile_page import render_profile_html
        from lepton_jupyter.views.profile_text import render_profile_text

        message = self.message
        return {
            "application/vnd.lepton.profile+json": encode(message),
            "text/html": render_profile_html(message),
            "text/plain": render_profile_text(message),
        }

    def show(self) -> None:
        """Display it in the cell that is running; print it in a script."""
        if not look_around().interactive:
            print(self)  # noqa: T201  a script has no other place to show it
            return
        from IPython.display import display

        display(self.formats(), raw=True)


def profile(
    table: Any = None,
    target: str | None = None,
    against: Any = None,
    *,
    sql: str | None = None,
    connection: Any = None,
    params: Mapping[str, Any] | None = None,
    table_name: str | None = None,
    against_name: str | None = None,
) -> Profile:
    """Profile a table: types as understood, missing values, distributions, suspicious columns, drift.

    Parameters
    ----------
    table : DataFrame, str or path, optional
        pandas, polars, pyarrow, the path of a file and whatever else `fit` takes.
    target : str, optional
        Column that is to be predicted: then pictures are split by it, and columns that tell it are named.
    against : DataFrame, str or path, optional
        Another table with the same columns, such as one of a later month: how it differs.
    sql, connection, params : optional
        A select instead of a table, as for `fit`.
    table_name, against_name : str, optional
        What the page calls the tables. Default: the names of the files.

    Returns
    -------
    profile : Profile
        Shows itself as a cell's value; in a script, print it.

    Raises
    ------
    LeptonError
        One sentence about what is wrong with the table or the target.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"age": [31, 45, 52, 28] * 10, "paid": [0, 1, 1, 0] * 10})
    >>> profile(table, target="paid").suspicions["kind"].tolist()
    ['leak']
    """
    from lepton_jupyter.inspection.table_profile import profile_table

    opened = open_table(table, sql=sql, connection=connection, params=params)
    other = None if against is None else open_table(against)
    whole = profile_table(
        opened.frame,
        target=target,
        against=None if other is None else other.frame,
        table_name=table_name or opened.label,
        against_name=against_name or (other.label if other is not None and other.place else "the other table"),
    )
    notes = opened.notes if other is None else (*opened.notes, *other.notes)
    return Profile(replace(whole, notes=(*notes, *whole.notes)))
