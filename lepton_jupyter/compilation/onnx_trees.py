"""All trees of a champion as one call of ONNX Runtime, on one thread."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.exceptions.compilation_errors import NotCompilableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.compilation.tree_tables import TreeTable

#: Packages that are asked for.
EXTRA = "onnx"
#: Nodes beyond which the model takes longer to make than a stream should wait for, and memory that it should not have.
MOST_NODES = 1_000_000
# The form of ai.onnx.ml 3 is read by every ONNX Runtime since 1.11.
_VERSIONS = {"": 15, "ai.onnx.ml": 3}
_FORMAT_VERSION = 8
_OUTPUTS = ["sums"]


def is_installed() -> bool:
    """Whether models can be made and run."""
    return all(find_spec(each) is not None for each in ("onnx", "onnxruntime"))


class OnnxTrees:
    """Sums of trees, several at once.

    Parameters
    ----------
    sums : sequence of tuple of TreeTable and int
        Trees, each with the first output that its leaves are added to.
    n_columns, n_outputs : int

    Raises
    ------
    NotCompilableError
        If the packages are not installed, or there are very many nodes.
    """

    def __init__(self, sums: Sequence[tuple[TreeTable, int]], n_columns: int, n_outputs: int) -> None:
        if not is_installed():
            raise NotCompilableError.from_package("ONNX Runtime", EXTRA)
        n_nodes = sum(len(tree.feature) + len(tree.values) for tree, _ in sums)
        if n_nodes > MOST_NODES:
            raise NotCompilableError.from_size("nodes of trees", n_nodes, MOST_NODES)
        self._model = _model(_attributes(sums, n_outputs), n_columns, n_outputs)
        self._session = _session(self._model)

    def sums(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """Sums of each row, of shape (n_rows, n_outputs)."""
        sums: NDArray[np.float32] = self._session.run(_OUTPUTS, {"rows": X})[0]
        return sums

    def __getstate__(self) -> bytes:
        return self._model

    def __setstate__(self, state: bytes) -> None:
        self._model, self._session = state, _session(state)


def _attributes(sums: Sequence[tuple[TreeTable, int]], n_outputs: int) -> dict[str, Any]:
    n_inner = [len(tree.feature) for tree, _ in sums]
    n_leaves = [len(tree.values) for tree, _ in sums]

    def each_node(inner: Iterable[NDArray[Any]]) -> NDArray[Any]:
        """One value for each inner node, and 0 for the leaves after those of each tree."""
        return np.concatenate(
            [part for values, n in zip(inner, n_leaves, strict=True) for part in (values, np.zeros(n, values.dtype))]
        )

    modes = [mode for pair in zip(n_inner, n_leaves, strict=True) for mode in _modes(*pair)]
    sizes = np.add(n_inner, n_leaves)
    leaf_nodes = [inner + np.arange(leaves) for inner, leaves in zip(n_inner, n_leaves, strict=True)]
    widths = [tree.values.shape[1] for tree, _ in sums]
    return {
        "n_targets": n_outputs,
        "nodes_treeids": np.repeat(np.arange(len(sums)), sizes),
        "nodes_nodeids": np.concatenate([np.arange(size) for size in sizes]),
        "nodes_modes": modes,
        "nodes_featureids": each_node(tree.feature for tree, _ in sums),
        "nodes_values": each_node(tree.cut for tree, _ in sums),
        "nodes_truenodeids": each_node(tree.left for tree, _ in sums),
        "nodes_falsenodeids": each_node(tree.right for tree, _ in sums),
        "nodes_missing_value_tracks_true": each_node(tree.missing_left.astype(np.int64) for tree, _ in sums),
        "target_treeids": np.repeat(np.arange(len(sums)), np.multiply(n_leaves, widths)),
        "target_nodeids": np.concatenate([np.repeat(a, w) for a, w in zip(leaf_nodes, widths, strict=True)]),
        "target_ids": np.concatenate(
            [np.tile(first + np.arange(width), n) for (_, first), width, n in zip(sums, widths, n_leaves, strict=True)]
        ),
        "target_weights": np.concatenate([tree.values.astype(np.float32).ravel() for tree, _ in sums]),
    }


def _modes(n_inner: int, n_leaves: int) -> list[bytes]:
    return [b"BRANCH_LEQ"] * n_inner + [b"LEAF"] * n_leaves


def _model(attributes: dict[str, Any], n_columns: int, n_outputs: int) -> bytes:
    import onnx
    from onnx import helper

    node = onnx.NodeProto(op_type="TreeEnsembleRegressor", domain="ai.onnx.ml", input=["rows"], output=["sums"])
    for name, values in attributes.items():
        # Not by onnx's own helper, which looks at each of a hundred thousand values in turn.
        made = node.attribute.add(name=name)
        if isinstance(values, int):
            made.type, made.i = onnx.AttributeProto.INT, values
        elif isinstance(values, list):
            made.type = onnx.AttributeProto.STRINGS
            made.strings.extend(values)
        elif values.dtype == np.float32:
            made.type = onnx.AttributeProto.FLOATS
            made.floats.extend(values.tolist())
        else:
            made.type = onnx.AttributeProto.INTS
            made.ints.extend(values.tolist())
    float32 = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [node],
        "trees",
        [helper.make_tensor_value_info("rows", float32, [None, n_columns])],
        [helper.make_tensor_value_info("sums", float32, [None, n_outputs])],
    )
    versions = [helper.make_opsetid(*each) for each in _VERSIONS.items()]
    made_model = helper.make_model(graph, opset_imports=versions)
    made_model.ir_version = _FORMAT_VERSION
    return bytes(made_model.SerializeToString())


def _session(model: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Waking other threads takes longer than the trees of a thousand rows.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
