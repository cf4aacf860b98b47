"""The cells that show one board in several ways, fill it and feed it: 1,000 models ten times a second, 100,000 points
twenty.

Each contestant is some cells of a notebook: one that shows what is there, and one that changes it for some seconds. The
same models and points go to all. What a contestant needs stands in its first cell, so that each runs in an environment
that has it and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

N_ROWS = 1_000
N_POINTS = 100_000
#: Between the start of the cell that feeds a board and its first update: the page then draws that cell no more.
SETTLE_SECONDS = 3
GOLDEN = Path(__file__).parents[2] / "golden"

#: A board of 1,000 models, as plain values; `step` finds a new best model, as a search does.
_MODELS = f"""\
import json, time, random
random.seed(0)
def model(place):
    score = 0.9 - 0.0004 * place + random.uniform(-1e-5, 1e-5)
    return {{"model": f"LightGBM {{place}}", "settings": f"{{place % 90 + 2}} leaves, rate 0.0{{place % 9 + 1}}",
        "score": score, "error": 0.009, "train": score + 0.02, "fit": random.uniform(0.1, 9),
        "ms": random.uniform(0.01, 2), "size": random.randrange(10_000, 9_000_000)}}
models = [model(place) for place in range({N_ROWS})]
def step():
    models[-1] = model(-random.uniform(0, 400))
    models.sort(key=lambda each: -each["score"])
def feed(seconds, rate, change):
    time.sleep({SETTLE_SECONDS})
    begin = time.perf_counter()
    for turn in range(int(seconds * rate)):
        change(turn)
        time.sleep(max(0.0, begin + (turn + 1) / rate - time.perf_counter()))
"""

#: 100,000 seconds of a stream; `later` is the next one.
_POINTS = f"""\
import math, time, random
random.seed(0)
def point(at):
    return {{"at": float(at), "rows_per_second": 1000 + 200 * math.sin(at / 900) + random.uniform(-80, 80),
        "p50_milliseconds": 2 + random.random(), "p99_milliseconds": 9 + 4 * random.random(),
        "score": 0.87 + 0.01 * math.sin(at / 4000) + random.uniform(-0.002, 0.002)}}
points = [point(at) for at in range({N_POINTS})]
def feed(seconds, rate, change):
    time.sleep({SETTLE_SECONDS})
    begin = time.perf_counter()
    for turn in range(int(seconds * rate)):
        change(turn)
        time.sleep(max(0.0, begin + (turn + 1) / rate - time.perf_counter()))
"""


@dataclass(frozen=True)
class Contestant:
    """One way to show a board, as the cells of a notebook.

    Attributes
    ----------
    name, board : str
    prepare, show : str
        Cells: what is made before, and what shows it. The time to the first paint begins when its output arrives.
    change : str
        Body of ``change(turn)``: one update.
    shown : str
        Selector of what is there once it was drawn.
    rate : int
        Updates a second.
    button : str
        Text of a button that is pressed before it is fed; empty: none.
    scrolled : str
        Selector of what is scrolled to its end before it is fed, so that all of it is there; empty: nothing.
    fill : str
        What is sent once before it is fed: a stream's first message holds its last minutes alone.
    """

    name: str
    board: str
    prepare: str
    show: str
    change: str
    shown: str
    rate: int
    button: str = ""
    scrolled: str = ""
    fill: str = "pass"

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Cells of its notebook; the third fills it, the last one feeds it for `{seconds}` seconds."""
        body = "\n".join(f"    {line}" for line in self.change.splitlines())
        feed = f"def change(turn):\n{body}\nfeed({{seconds}}, {self.rate}, change)"
        return self.prepare, self.show, self.fill, feed


_LEPTON_BOARD = f"""\
{_MODELS}
from lepton_jupyter.events.commands import AskBoardPage
from lepton_jupyter.widgets.run_widget import RunWidget
from lepton_jupyter.widgets.panel_widget import PanelWidget
class FedWidget(RunWidget):
    def __init__(self, head):
        PanelWidget.__init__(self, head)
golden = json.load(open({str(GOLDEN / "RunPanelMessage.json")!r}))
ensemble, pattern = golden["rows"][0] | {{"members": golden["rows"][0]["members"][:1]}}, golden["rows"][1]
trials = {{}}
def rows(begin, end):
    return [pattern | {{"trial_id": trials.setdefault(id(each), 30 + len(trials)), "rank": 1 + begin + place,
        "label": each["model"], "description": each["settings"], "score": each["score"], "train_score": each["train"],
        "difference": each["score"] - models[0]["score"], "fit_seconds": each["fit"],
        "row_milliseconds": each["ms"], "size_bytes": each["size"], "tied": begin + place < 4}}
        for place, each in enumerate(models[begin:end])]
def document():
    return golden | {{"score": models[0]["score"], "rows": [ensemble, *rows(0, SENT)], "n_rows": len(models) + 1}}
def answer(command):
    begin = command.after_rank if isinstance(command, AskBoardPage) else len(models)
    if begin < len(models):
        widget.send({{"type": "BoardPageMessage", "version": 1, "sequence": 0, "after_rank": begin,
            "n_ranked": len(models), "rows": rows(begin, begin + 350)}})
widget = FedWidget(document())
widget.on_command(answer)
"""

_LEPTON_STREAM = f"""\
{_POINTS}
import json
from lepton_jupyter.widgets.stream_widget import StreamWidget
from lepton_jupyter.widgets.panel_widget import PanelWidget
class FedWidget(StreamWidget):
    def __init__(self, head):
        PanelWidget.__init__(self, head)
golden = json.load(open({str(GOLDEN / "StreamMessage.json")!r}))
def document(seconds):
    last = seconds[-1]
    return golden | {{"seconds": seconds, "elapsed_seconds": last["at"], "rows_per_second": last["rows_per_second"],
        "score": last["score"], "n_read": int(last["at"] * 1000), "n_stored": int(last["at"] * 1000)}}
widget = FedWidget(document(points[:600]))
"""

#: A widget that hears the same messages and writes their score: what JupyterLab itself does for an update.
_LEPTON_WORD = f"""\
SENT = 100
{_LEPTON_BOARD}
import anywidget, traitlets
class Word(anywidget.AnyWidget):
    _esm = '''export default {{ render({{ model, el }}) {{
      const word = el.appendChild(document.createElement("p"));
      word.className = "lepton-word";
      const write = () => {{ word.textContent = String(model.get("head").rows[50].score); }};
      model.on("change:head", write);
      write();
    }} }};'''
    head = traitlets.Dict().tag(sync=True)
word = Word(head=document())
"""

#: The first hundred models in each message, as a kernel sends them, before and after the others were scrolled to; and
#: the whole board in each message, which is more than a kernel sends.
LEPTON = (
    Contestant(
        "one line of text", "100 of 1,000 models", _LEPTON_WORD, "word",
        "step()\nword.head = document()", ".lepton-word", 10,
    ),
    Contestant(
        "lepton, as it is sent", "100 of 1,000 models", f"SENT = 100\n{_LEPTON_BOARD}", "widget",
        "step()\nwidget.head = document()", ".lepton-board tbody tr + tr", 10,
    ),
    Contestant(
        "lepton, all pages", "1,000 models", f"SENT = 100\n{_LEPTON_BOARD}", "widget",
        "step()\nwidget.head = document()", ".lepton-board tbody tr + tr", 10, scrolled=".lepton-board",
    ),
    Contestant(
        "lepton, in one message", "1,000 models", f"SENT = {N_ROWS}\n{_LEPTON_BOARD}", "widget",
        "step()\nwidget.head = document()", ".lepton-board tbody tr + tr", 10,
    ),
    Contestant(
        "lepton", "100,000 points", _LEPTON_STREAM, "widget",
        "points.append(point(len(points)))\nwidget.head = document(points[-120:])", ".lepton-series", 20, "all",
        fill="widget.head = document(points)",
    ),
)  # fmt: skip

_HTML_BOARD = f"""\
{_MODELS}
import ipywidgets
def page():
    heads = "".join(f"<th>{{name}}</th>" for name in models[0])
    lines = "".join("<tr>" + "".join(f"<td>{{value if isinstance(value, str) else round(value, 4)}}</td>"
        for value in each.values()) + "</tr>" for each in models)
    return f"<table><thead><tr>{{heads}}</tr></thead><tbody>{{lines}}</tbody></table>"
widget = ipywidgets.HTML(page(), layout={{"height": "400px", "overflow": "auto"}})
"""

_ITABLE = f"""\
{_MODELS}
import pandas as pd
from itables.widget import ITable
widget = ITable(pd.DataFrame(models), maxBytes=0)
"""

_FIGURE = f"""\
{_POINTS}
import numpy as np, plotly.graph_objects as go
names = ("rows_per_second", "p99_milliseconds", "p50_milliseconds", "score")
def line(name):
    return np.array([each[name] for each in points[-{N_POINTS}:]])
lines = {{name: line(name) for name in names}}
at = line("at")
widget = go.FigureWidget([go.{{kind}}(x=at, y=lines[name], name=name) for name in names])
"""

_FIGURE_CHANGE = f"""\
global at
new = point({N_POINTS} + turn)
points.append(new)
at = np.append(at[1:], new["at"])
with widget.batch_update():
    for place, name in enumerate(names):
        lines[name] = np.append(lines[name][1:], new[name])
        widget.data[place].x, widget.data[place].y = at, lines[name]"""

PEERS = (
    Contestant(
        "ipywidgets", "1,000 models", _HTML_BOARD, "widget", "step()\nwidget.value = page()",
        ".widget-html-content table tr", 10,
    ),
    Contestant(
        "itables", "1,000 models", _ITABLE, "widget", "step()\nwidget.update(df=pd.DataFrame(models))",
        "table.dataTable tbody tr", 10,
    ),
    Contestant(
        "plotly SVG", "100,000 points", _FIGURE.replace("{kind}", "Scatter"), "widget", _FIGURE_CHANGE,
        ".js-plotly-plot .scatterlayer .js-line", 20,
    ),
    Contestant(
        "plotly WebGL", "100,000 points", _FIGURE.replace("{kind}", "Scattergl"), "widget", _FIGURE_CHANGE,
        ".js-plotly-plot .gl-container canvas", 20,
    ),
)  # fmt: skip
