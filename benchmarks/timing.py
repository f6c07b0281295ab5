"""How long something takes, told so that a busy machine spoils it least."""

import gc
import statistics
import time


def seconds(work, rounds=5, before=None):
    """Return the median of ``rounds`` runs of ``work``, after one to warm up."""
    taken = []
    for number in range(rounds + 1):
        if before:
            before()
        gc.collect()
        begun = time.perf_counter()
        work()
        if number:
            taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def rates(works, rounds=3):
    """Return ``{name: the best rate}`` of some works taken in turns.

    :param dict works: ``{name: function that returns how many things it did}``
    """
    best = dict.fromkeys(works, 0.0)
    for number in range(rounds + 1):
        for name, work in works.items():
            gc.collect()
            begun = time.perf_counter()
            done = work()
            if number:
                best[name] = max(best[name], done / (time.perf_counter() - begun))
    return best
