"""Names of learners' parameters as a person reads them at an axis."""

from __future__ import annotations

_NAMES = {
    "alpha": "penalty",
    "bagging_fraction": "share of rows",
    "bagging_temperature": "spread of row weights",
    "cat_smooth": "smoothing of categories",
    "colsample_bytree": "share of columns",
    "feature_fraction": "share of columns",
    "l2_leaf_reg": "L2 penalty",
    "lambda_l1": "L1 penalty",
    "lambda_l2": "L2 penalty",
    "learning_rate_init": "learning rate",
    "max_depth": "depth",
    "max_features": "share of columns",
    "max_leaf_nodes": "most leaves",
    "min_child_weight": "least weight of a leaf",
    "min_data_in_leaf": "least rows of a leaf",
    "min_samples_leaf": "least rows of a leaf",
    "n_layers": "layers",
    "n_neighbors": "neighbours",
    "num_leaves": "leaves",
    "path_smooth": "smoothing along a path",
    "random_strength": "randomness of splits",
    "reg_alpha": "L1 penalty",
    "reg_lambda": "L2 penalty",
    "subsample": "share of rows",
    "width": "units of a layer",
}


def parameter_name(name: str) -> str:
    """What a parameter is called at an axis; one that is not known keeps its name, with blanks.

    Examples
    --------
    >>> parameter_name("num_leaves"), parameter_name("my_rate")
    ('leaves', 'my rate')
    """
    return _NAMES.get(name, name.replace("_", " "))
