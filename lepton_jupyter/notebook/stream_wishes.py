"""How a stream was asked to flow, kept beside its log so that it can be gone on with."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Self

from lepton_jupyter.exceptions.run_errors import DamagedRunError
from lepton_jupyter.notebook.kept_ends import kept_end
from lepton_jupyter.runs.home_seal import sealed
from lepton_jupyter.streaming.loop_settings import LoopSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.runs.run_folder import RunFolder

_NAME = "stream.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamWishes:
    """What `stream` was called with, as far as a disk may hold it.

    Places are paths of this machine, and addresses in which nothing may be secret. A folder from elsewhere must not
    make this kernel ask an address: it is believed only with the mark of this home. Labels are the names of
    variables, by which tables, generators and functions are found again.

    Parameters
    ----------
    name : str
    key, labels : str
        Columns; empty for none.
    keep : tuple of str
    rate : float or None
    time : str or None
    speed : float or None
    until_end : bool
    window : tuple of str
        Over event time, as typed.
    entity, lateness : str or None
    on_drift : {"warn", "challenger", "ignore"}
    challenger_budget : str
    learn : str
        Name of an online learner, or of the variable that held one; empty for none.
    source_place, sink_place, dead_place : str or None
    source_label, sink_label, dead_label : str or None
        `dead_label` is None where the stream keeps its dead letters itself.
    on_bad_rows : {"quarantine", "pause"}
    workers : int or None
        Of a cluster, that share the stream; None: it lives in the kernel.
    detach : bool
        Whether it lives in a process of its own, and goes on in one.
    """

    name: str
    key: str = ""
    labels: str = ""
    keep: tuple[str, ...] = ()
    rate: float | None = None
    time: str | None = None
    speed: float | None = None
    until_end: bool = False
    window: tuple[str, ...] = ()
    entity: str | None = None
    lateness: str | None = None
    on_drift: str = "warn"
    challenger_budget: str = ""
    learn: str = ""
    source_place: str | None = None
    source_label: str | None = None
    sink_place: str | None = None
    sink_label: str | None = None
    dead_place: str | None = None
    dead_label: str | None = None
    workers: int | None = None
    on_bad_rows: str = "quarantine"
    detach: bool = False

    @property
    def windowed(self) -> bool:
        """Whether rows get columns of windows or lags."""
        return bool(self.window or self.entity)

    def loop_settings(self) -> LoopSettings:
        """What of it the loop needs to know."""
        return LoopSettings(
            key=self.key,
            keep=self.keep,
            labels=self.labels,
            rate=self.rate,
            pauses_on_bad_rows=self.on_bad_rows == "pause",
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Self:
        """Wishes of what `to_json` made; names that are not known are left out.

        Examples
        --------
        >>> StreamWishes.from_json({"name": "orders", "keep": ["age"], "of_tomorrow": 1}).keep
        ('age',)
        """
        known = {each.name for each in fields(cls)}
        wishes = cls(**{name: value for name, value in saved.items() if name in known})
        return replace(wishes, keep=tuple(wishes.keep), window=tuple(wishes.window))

    def write(self, folder: RunFolder) -> None:
        """Keep it in the stream's folder."""
        folder.write_text_atomically(_NAME, json.dumps({**self.to_json(), "seal": self._seal(folder)}))

    @classmethod
    def read(cls, folder: RunFolder) -> Self:
        """Read what `write` kept.

        Raises
        ------
        DamagedRunError
            If the file is missing or holds something else.
        """
        try:
            saved = json.loads(folder.read_text(_NAME))
            wishes = cls.from_json(saved)
            if saved.get("seal") == wishes._seal(folder):
                return wishes
            places = (wishes.source_place, wishes.sink_place, wishes.dead_place)
            source, sink, dead = map(kept_end, places)
            return replace(wishes, source_place=source, sink_place=sink, dead_place=dead)
        except (ValueError, TypeError, AttributeError) as error:
            if isinstance(error, DamagedRunError):
                raise
            raise DamagedRunError.from_file(folder.path / _NAME, error) from None

    def _seal(self, folder: RunFolder) -> str:
        home = folder.path.parent.parent
        return sealed(home, [folder.run_id, self.source_place, self.sink_place, self.dead_place])
