"""What is made outside of a worker for its sake, and goes with it."""

__all__ = ["Containment"]


class Containment:
    """Nothing by default: what a level makes for one worker beyond the process itself."""

    def cpu_seconds(self) -> float | None:
        """CPU time of everything that ran inside so far, also after the end; None where nothing counts it."""
        return None

    def close(self) -> None:
        """End what is still running inside, and remove what was made."""
