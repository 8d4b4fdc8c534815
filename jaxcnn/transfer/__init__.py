"""Reusing a network for another task or another image size."""

from ._convolutionise import convolutionise, dense_to_conv

__all__ = ["convolutionise", "dense_to_conv"]
