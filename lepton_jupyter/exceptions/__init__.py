"""Errors that say what happened, show the value and name the remedy."""

from lepton_jupyter.exceptions.lepton_error import LeptonError, LeptonWarning

__all__ = ["LeptonError", "LeptonWarning"]
