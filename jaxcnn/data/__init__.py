"""Images that ship with the library, ready without a network connection."""

from jaxcnn.data._embedded import EmbeddedSet, list_embedded, load_embedded

__all__ = ["EmbeddedSet", "list_embedded", "load_embedded"]
