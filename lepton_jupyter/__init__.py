"""AutoML that lives in a Jupyter notebook: one line finds a good model, live, within the seconds you have."""

from lepton_jupyter._version import __version__

__all__ = ["__version__"]
