"""The version, alone, so that the build and the package read it from one place."""

__version__ = "0.1.0"
