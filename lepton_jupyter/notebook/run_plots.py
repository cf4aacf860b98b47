"""Pictures of a run to keep: what its panel shows, as matplotlib figures for papers and slides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.picture_errors import NothingToDrawError
from lepton_jupyter.notebook.figure_place import check_most, draw_into, require_matplotlib
from lepton_jupyter.views.run_panel import ENDED_STATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from lepton_jupyter.events.messages import RunPanelMessage
    from lepton_jupyter.inspection.labelled_rows import LabelledRows
    from lepton_jupyter.views.leaderboard_figure import LeaderboardPicture


class RunPlots:
    """Figures of a run as it stands; they wait for nothing.

    Colours, fonts and sizes are those of your own matplotlib style. Without `ax`, a figure is made that pyplot does not
    know of: a cell whose value it is shows it, ``.figure.savefig("scores.pdf")`` keeps it, and nothing has to be
    closed.

    Parameters
    ----------
    message : callable
        ``message()`` gives what a panel of the run shows now.
    rows : callable
        ``rows(table)`` gives the rows of a table with the predictions of the run's best model; for None those that the
        run learnt from, out of fold.

    Examples
    --------
    >>> run.plot.history()  # doctest: +SKIP
    >>> run.plot.history(ax=axes[0]).set_title("Churn")  # doctest: +SKIP
    """

    def __init__(self, message: Callable[[], RunPanelMessage], rows: Callable[[Any], LabelledRows]) -> None:
        self._message = message
        self._rows = rows

    def __call__(self) -> Figure:
        """Four pictures on one sheet: scores over time, path, speed–cost front and leaderboard.

        Returns
        -------
        figure : Figure
            1.75 times as wide and as high as your style's figures; ``.axes`` are its pictures. What cannot be drawn yet
            says so in its place.

        Raises
        ------
        NothingToDrawError
            If nothing was scored.
        MissingPlotPackageError
            If matplotlib is not installed.
        """
        self._scored()
        require_matplotlib()
        from lepton_jupyter.notebook.kept_figures import new_figure
        from lepton_jupyter.views.figure_style import put_note

        figure = new_figure(scale=1.75)
        # Figures within the figure: the long names of one picture do not narrow the one above it.
        parts = figure.subfigures(2, 2, squeeze=False).ravel()
        for draw, part in zip((self.history, self.path, self.frontier, self.leaderboard), parts, strict=True):
            ax = part.add_subplot()
            try:
                draw(ax=ax)  # type: ignore[operator]  # mypy joins the four methods into a plain function
            except NothingToDrawError as error:
                put_note(ax, str(error))
        return figure

    def history(self, ax: Axes | None = None) -> Axes:
        """Score over time: the best so far with its 95 % interval, all that was tried, and the baselines.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; by default in a figure of its own.

        Returns
        -------
        ax : Axes

        Raises
        ------
        NothingToDrawError
            If nothing was scored.
        MissingPlotPackageError
            If matplotlib is not installed.
        """
        from lepton_jupyter.views.history_figure import draw_history, extract_history

        picture = extract_history(self._scored())
        return draw_into(ax, draw_history, picture)

    def path(self, learner: str | None = None, ax: Axes | None = None) -> Axes:
        """Path of a learner's single point: steps accepted and rejected in the two parameters that moved most.

        Parameters
        ----------
        learner : str, optional
            Its name or label; by default the one with the best point.
        ax : Axes, optional
            Where to draw; by default in a figure of its own.

        Returns
        -------
        ax : Axes

        Raises
        ------
        NothingToDrawError
            If no step was judged yet, or none of this learner.
        MissingPlotPackageError
            If matplotlib is not installed.
        """
        from lepton_jupyter.views.path_figure import draw_path, extract_path

        message = self._scored()
        picture = extract_path(message, learner)
        if picture is None and learner is not None and message.paths:
            raise NothingToDrawError.no_path_of(learner, [each.learner for each in message.paths])
        if picture is None:
            raise NothingToDrawError.no_path(message.run_id)
        return draw_into(ax, draw_path, picture)

    def frontier(self, ax: Axes | None = None) -> Axes:
        """Speed–cost front: score of each model against the time that one row takes; areas grow with its size.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; by default in a figure of its own.

        Returns
        -------
        ax : Axes

        Raises
        ------
        NothingToDrawError
            If there are fewer than two models.
        MissingPlotPackageError
            If matplotlib is not installed.
        """
        from lepton_jupyter.views.frontier_figure import draw_frontier, extract_frontier

        message = self._scored()
        picture = extract_frontier(message)
        if picture is None:
            raise NothingToDrawError.no_front(message.run_id)
        return draw_into(ax, draw_frontier, picture)

    def leaderboard(self, n: int = 10, ax: Axes | None = None) -> Axes:
        """Leaderboard: paired difference of each model to the best with its 95 % interval, and its score.

        A full mark says that a model is tied with the best.

        Parameters
        ----------
        n : int, default=10
            Most models.
        ax : Axes, optional
            Where to draw; by default in a figure of its own.

        Returns
        -------
        ax : Axes

        Raises
        ------
        NothingToDrawError
            If there is no model beside constant predictions.
        MissingPlotPackageError
            If matplotlib is not installed.
        """
        from lepton_jupyter.views.leaderboard_figure import draw_leaderboard

        picture = self._board(n)
        return draw_into(ax, draw_leaderboard, picture)

    def folds(self, n: int = 5, ax: Axes | None = None) -> Axes:
        """Score in each fold of the best models and of the linear baseline: a fold hard for all is seen as one.

        Parameters
        ----------
        n : int, default=5
            Most models.
        ax : Axes, optional
            Where to draw; by default in a figure of its own.

        Returns
        -------
        ax : Axes

        Raises
        ------
        NothingToDrawError
            If there is no model beside constant predictions.
        MissingPlotPackageError
            If matplotlib is not installed.
        """
        from lepton_jupyter.views.leaderboard_figure import draw_folds

        picture = self._board(n)
        return draw_into(ax, draw_folds, picture)

    def confusion(self, table: Any = None, ax: Axes | None = None) -> Axes:
        """Rows by true and by predicted class, with the best model so far; `evaluate` has more such pictures.

        Parameters
        ----------
        table : DataFrame, optional
            Rows with the target; by default those the run learnt from, each predicted by models that have not seen it.
        ax : Axes, optional
            Where to draw; by default in a figure of its own.

        Returns
        -------
        ax : Axes

        Raises
        ------
        NothingToDrawError
            If the run predicts numbers.
        LeptonError
            If no model is finished yet, or the table cannot be judged on.
        MissingPlotPackageError
            If matplotlib is not installed.
        """
        from lepton_jupyter.inspection.class_report import confusion_table
        from lepton_jupyter.views.confusion_figure import draw_confusion

        message = self._scored()
        if message.task == "regression":
            raise NothingToDrawError.from_part("confusion matrix", message.target, "Classes have one")
        rows = self._rows(table)
        return draw_into(ax, draw_confusion, confusion_table(rows))

    def _board(self, n: int) -> LeaderboardPicture:
        from lepton_jupyter.views.leaderboard_figure import extract_leaderboard

        check_most(n)
        message = self._scored()
        picture = extract_leaderboard(message, n)
        if not picture.rows:
            raise NothingToDrawError.no_model(message.run_id)
        return picture

    def _scored(self) -> RunPanelMessage:
        message = self._message()
        if message.history:
            return message
        if message.state == "failed":
            raise NothingToDrawError.from_failure(message.run_id, message.detail)
        raise NothingToDrawError.no_score(message.run_id, running=message.state not in ENDED_STATES)
