"""How much memory the whole demo takes, at its most."""

from __future__ import annotations

import threading

import psutil

_EVERY_SECONDS = 1.0


class MemoryWatch:
    """Samples the memory of process trees. Shared pages count once (PSS), where Linux tells."""

    def __init__(self, *roots: int) -> None:
        self._roots = roots
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak_bytes = 0

    def start(self) -> None:
        """Begin to sample."""
        self._thread.start()

    def stop(self) -> int:
        """End, and return the peak in bytes."""
        self._stopped.set()
        self._thread.join()
        return self.peak_bytes

    def _watch(self) -> None:
        while not self._stopped.wait(_EVERY_SECONDS):
            self.peak_bytes = max(self.peak_bytes, sum(map(_tree_bytes, self._roots)))


def _tree_bytes(root: int) -> int:
    try:
        process = psutil.Process(root)
        return sum(map(_bytes, [process, *process.children(recursive=True)]))
    except psutil.NoSuchProcess:
        return 0


def _bytes(process: psutil.Process) -> int:
    # Processes end while they are looked at.
    try:
        memory = process.memory_full_info()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
    return int(getattr(memory, "pss", memory.rss))
