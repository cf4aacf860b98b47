"""Run a tutorial in a real kernel and print the outputs that it marks, or store it with all of them.

    python tutorials/run_tutorial.py tutorials/01-quickstart.ipynb            # what `make demo` does
    python tutorials/run_tutorial.py --store tutorials/01-quickstart.ipynb    # what `make tutorials` does

A cell that is tagged ``demo`` has its text printed. Runs go to a temporary folder, so that nothing is left behind.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Far more than a cell of a tutorial may take: it only ends what hangs.
CELL_SECONDS = 300

_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def run(path: Path, *, quiet: bool = False) -> NotebookNode:
    """Run the notebook at `path` and return it with its outputs; the file is not changed.

    Raises
    ------
    CellExecutionError
        If a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]

    def announce(cell: NotebookNode, cell_index: int) -> None:
        del cell_index
        if cell.cell_type == "code" and not quiet:
            place = next(number for number, each in enumerate(code_cells, 1) if each is cell)
            print(f"[{place}/{len(code_cells)}] {headline(cell.source)}", flush=True)

    # Widget state is for a page that opens at once; a stored tutorial shows the static board, which every page can.
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        store_widget_state=False,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],  # ipykernel ≥ 7.4 warns of its own loopback sockets
        on_cell_execute=announce,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    return notebook


def headline(source: str) -> str:
    """Line of a cell that says most: its first magic, else the first that is no import."""
    lines = [line for line in source.splitlines() if line.strip()] or [""]
    magics = (line for line in lines if re.search(r"(^|= )%", line))
    others = (line for line in lines if not line.startswith(("import ", "from ")))
    return next(magics, next(others, lines[0]))


def marked_text(notebook: NotebookNode) -> str:
    """Text of the outputs of all cells tagged ``demo``."""
    texts = [
        _text(output)
        for cell in notebook.cells
        if "demo" in cell.metadata.get("tags", ())
        for output in cell.get("outputs", ())
    ]
    return "\n\n".join(text.strip("\n") for text in texts if text.strip())


def _text(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return str(output["text"]) if output["name"] == "stdout" else ""
    return str(output.get("data", {}).get("text/plain", ""))


def store(notebook: NotebookNode, path: Path) -> None:
    """Write a tutorial with its outputs, without what differs from machine to machine."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    nbformat.write(notebook, path)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 1 if a cell failed."""
    parser = argparse.ArgumentParser(description="Run a tutorial in a real kernel.")
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--store", action="store_true", help="keep the outputs in the notebook")
    chosen = parser.parse_args(arguments)
    print(f"Running {chosen.notebook} in a kernel, about a minute", flush=True)
    # The kernel may hold a log open for a moment after its end: on Windows an open file cannot be removed.
    with tempfile.TemporaryDirectory(prefix="lepton-tutorial-", ignore_cleanup_errors=True) as home:
        os.environ["LEPTON_HOME"] = home
        try:
            notebook = run(chosen.notebook)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            print(_ESCAPE.sub("", f"\n{chosen.notebook} failed:\n{error}"), file=sys.stderr)
            return 1
    print(f"\n{marked_text(notebook)}")
    if chosen.store:
        store(notebook, chosen.notebook)
    return 0


if __name__ == "__main__":
    sys.exit(main())
