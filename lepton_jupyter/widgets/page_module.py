"""A page module as it travels: packed, and unpacking itself in the page.

A widget's module is sent with each widget that is opened. Packed it takes less than half the bytes, so that a message
which opens a panel stays below the limit of all messages. The page needs nothing that anywidget does not use itself, a
module imported from a blob, but `DecompressionStream`, which browsers have had since 2023.
"""

from __future__ import annotations

import gzip
from base64 import b64encode
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_UNPACK = """\
const packed = Uint8Array.from(atob("{packed}"), (each) => each.charCodeAt(0));
const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
const code = new Blob([await new Response(unpacked).arrayBuffer()], {{ type: "text/javascript" }});
const url = URL.createObjectURL(code);
let panel;
try {{
  panel = (await import(/* @vite-ignore */ url)).default;
}} finally {{
  URL.revokeObjectURL(url);
}}
export default panel;
"""


@cache
def packed_module(path: Path) -> str:
    """Text of a module whose default export is that of the bundle at `path`; read once per process.

    Parameters
    ----------
    path : Path
        A built bundle, an ES module without imports.

    Returns
    -------
    text : str
        An ES module, plain ASCII.
    """
    # The same text for the same bundle, whenever it is packed: a page keeps modules by their text.
    packed = gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
    return _UNPACK.format(packed=b64encode(packed).decode("ascii"))
