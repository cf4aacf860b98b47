"""``%lepton stream``: predict rows as they come."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.quantities import parse_duration, parse_rate, parse_speed
from lepton_jupyter.exceptions.magic_errors import MagicUsageError, ObjectLookupError
from lepton_jupyter.exceptions.stream_errors import OnlineLearnerError, StreamPlaceError
from lepton_jupyter.magics.cell_rows import rows_of_cell
from lepton_jupyter.magics.named_objects import run_reference
from lepton_jupyter.magics.object_lookup import find_object
from lepton_jupyter.magics.request import Request
from lepton_jupyter.magics.shared_options import run_argument
from lepton_jupyter.magics.verb_options import (
    Option,
    Verb,
    checked_by,
    one_of,
    read_budget,
    read_name,
    read_text,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Under this name the rows of a cell's body are found; a person's own variable is hardly called so.
_BODY = "cell_body_rows"
_ON_BAD_ROWS = ("quarantine", "pause")
_ON_DRIFT = ("warn", "challenger", "ignore")
_LEARNERS = ("boosting", "linear")


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamRequest(Request):
    """Predict rows as they come.

    Parameters
    ----------
    run : str or None
    source, sink : str
        As typed.
    key : str or None
    keep : tuple of str
    labels : str or None
    rate, time, speed : str or None
    until_end : bool
    window : tuple of str
    entity, lateness : str or None
    dead_letters : str or None
    on_drift : str
    challenger_budget : str or None
    on_bad_rows : str
    workers : int or None
    detach : bool
    learn : str or None
        As typed.
    name : str or None
    body : str or None
        Code of the cell, which yields rows.
    result_name : str or None
        What a cell's stream is called.
    """

    run: str | None = None
    source: str
    sink: str
    key: str | None = None
    keep: tuple[str, ...] = ()
    labels: str | None = None
    rate: str | None = None
    time: str | None = None
    speed: str | None = None
    until_end: bool = False
    window: tuple[str, ...] = ()
    entity: str | None = None
    lateness: str | None = None
    dead_letters: str | None = None
    on_drift: str = "warn"
    challenger_budget: str | None = None
    on_bad_rows: str = "quarantine"
    workers: int | None = None
    detach: bool = False
    learn: str | None = None
    name: str | None = None
    body: str | None = None
    result_name: str | None = None

    def answer(self, names: Mapping[str, Any]) -> Any:
        """Start the stream."""
        if self.result_name is not None and self.body is None:
            raise MagicUsageError.from_as_in_line("stream", self.result_name)
        from lepton_jupyter.notebook.starting_streams import stream

        if self.body is not None:
            # The notebook's own names, not a copy: the body sees what later cells assign.
            own: Any = names.maps[-1] if isinstance(names, ChainMap) else names
            names = {**names, _BODY: rows_of_cell(self.body, own)}

        source = find_object(self.source, names, read=False)
        try:
            sink = find_object(self.sink, names, read=False)
        except ObjectLookupError:
            if not self.sink.isidentifier() or self.sink in names:
                raise
            raise StreamPlaceError.from_unknown_sink(self.sink) from None
        dead = None if self.dead_letters is None else find_object(self.dead_letters, names, read=False)
        learner = self.learn
        if self.learn is not None and self.learn not in _LEARNERS:
            try:
                learner = find_object(self.learn, names, read=False).value
            except ObjectLookupError:
                if not self.learn.isidentifier() or self.learn in names:
                    raise
                raise OnlineLearnerError.from_name(self.learn, _LEARNERS) from None
        return stream(
            run_reference(self.run, names),
            source=source.value,
            source_label=source.label if self.body is None else "rows of the cell",
            sink=sink.value,
            sink_label=sink.label,
            key=self.key,
            keep=self.keep,
            labels=self.labels,
            rate=self.rate,
            time=self.time,
            speed=self.speed,
            until_end=self.until_end,
            window=self.window,
            entity=self.entity,
            lateness=self.lateness,
            dead_letters=None if dead is None else dead.value,
            dead_label=None if dead is None else dead.label,
            on_drift=self.on_drift,
            challenger_budget=self.challenger_budget,
            on_bad_rows=self.on_bad_rows,
            workers=self.workers,
            detach=self.detach,
            learn=learner,
            learn_label=self.learn,
            name=self.name,
        )


VERB = Verb(
    name="stream",
    summary="predict rows as they come, and store the results before they count as done",
    request=StreamRequest,
    arguments=(run_argument(),),
    options=(
        Option(
            name="--from", field="source", placeholder="SOURCE", expression=True, required=True, suggests="tables",
            meaning="a table to replay, a file or folder that grows, an address, or an async generator",
        ),
        Option(
            name="--to", field="sink", placeholder="SINK", expression=True, required=True, suggests="files",
            meaning="a folder for Parquet files, a .jsonl file, an address, or a function that takes rows",
        ),
        Option(
            name="--key", field="key", placeholder="COLUMN", read=read_text,
            meaning="column that names a row in the sink; else its position in the source",
        ),
        Option(
            name="--keep", field="keep", placeholder="A,B", read=read_text, many=True,
            meaning="columns stored beside the predictions",
        ),
        Option(
            name="--labels", field="labels", placeholder="COLUMN", read=read_text,
            meaning="column with the truth: predictions are scored as it comes, with --key also in a later row",
        ),
        Option(
            name="--rate", field="rate", placeholder="500/s", read=checked_by(parse_rate),
            suggests="100/s 500/s 1000/s", meaning="most rows in a stretch of time",
        ),
        Option(
            name="--time", field="time", placeholder="COLUMN", read=read_text,
            meaning="column of a replayed table in whose order rows come; with --window the time of each row",
        ),
        Option(
            name="--speed", field="speed", placeholder="10x", read=checked_by(parse_speed), suggests="1x 10x 100x",
            meaning="with --time: replay so many times as fast as it happened",
        ),
        Option(name="--until-end", field="until_end", meaning="end when all rows of the files have been read"),
        Option(
            name="--window", field="window", placeholder="10m,1h/10m", read=read_text, many=True,
            suggests="10m 1h/10m session:30m",
            meaning="columns of windows over event time, as window_features made them for training",
        ),
        Option(
            name="--entity", field="entity", placeholder="COLUMN", read=read_text,
            meaning="whose row it is: windows and lags are of each by itself",
        ),
        Option(
            name="--lateness", field="lateness", placeholder="30s", read=checked_by(parse_duration),
            suggests="0s 30s 5m", meaning="how far a row may be behind the latest one and still be in windows",
        ),
        Option(
            name="--dead-letters", field="dead_letters", placeholder="PATH", expression=True, suggests="files",
            meaning="where rows go that cannot be scored; else the stream's own folder",
        ),
        Option(
            name="--on-drift", field="on_drift", placeholder="|".join(_ON_DRIFT), read=one_of(_ON_DRIFT),
            suggests=" ".join(_ON_DRIFT),
            meaning="what to do when rows, predictions or errors are no longer as they were; else warn",
        ),
        Option(
            name="--challenger-budget", field="challenger_budget", placeholder="BUDGET", read=read_budget,
            suggests="30s 60s 5m", meaning="with --on-drift challenger: what a search for another model may spend",
        ),
        Option(
            name="--on-bad-rows", field="on_bad_rows", placeholder="|".join(_ON_BAD_ROWS),
            read=one_of(_ON_BAD_ROWS), suggests=" ".join(_ON_BAD_ROWS),
            meaning="what to do when most rows cannot be predicted; else quarantine, as any other dead letter",
        ),
        Option(
            name="--workers", field="workers", placeholder="N", read=whole_number(1), suggests="2 4",
            meaning="how many workers of the Dask cluster share a topic of Kafka or a stream of Redis",
        ),
        Option(
            name="--detach", field="detach",
            meaning="go on in a process of its own when the kernel ends, until %lepton stop",
        ),
        Option(
            name="--learn", field="learn", placeholder="LEARNER", expression=True, suggests=" ".join(_LEARNERS),
            meaning="learns from each label as it comes, in the shadow at first: boosting, linear, or an object",
        ),
        Option(
            name="--name", field="name", placeholder="NAME", read=read_text, meaning="what to call it; else RUN-stream"
        ),
        Option(
            name="--as", field="result_name", placeholder="NAME", read=read_name,
            meaning="what the stream of %%lepton stream, with a body that yields rows, is called",
        ),
    ),
    body_stands_for=f"--from {_BODY}",
    examples=(
        "s = %lepton stream run --from new_rows --to scored/ --rate 500/s",
        "%lepton stream churn-1 --from incoming/ --to sqlite:///scored.db?table=scores --key id",
        "%lepton stream run --from orders --to scored/ --labels paid --on-drift challenger --challenger-budget 30s",
        "%lepton stream run --from kafka://localhost:9092/orders --to redis://localhost/scored --workers 4",
        "%lepton stream run --from orders --to scored/ --labels paid --learn boosting",
        "%lepton stream run --from trips --to scored/ --time started --speed 10x",
    ),
)  # fmt: skip
