"""Arrivals: what each generator let arrive, and for how long that is to run."""

from .facts import Record


def arrived(record: Record) -> dict[str, tuple[int, int, int]]:
    """By generator: arrivals in the window, their pods, and the milliseconds those are to run."""
    start, end = record.window
    generator_of = {
        it["workload"]: it["generator"] for it in record.legend["workloads"] if it["generator"]
    }
    sums = {generator: [0, 0, 0] for generator in generator_of.values()}
    for fact in record.facts:
        if fact["kind"] == "Arrived" and start <= fact["ms"] < end:
            row = sums[generator_of[fact["workload"]]]
            row[0] += 1
            row[1] += fact["pods"]
            row[2] += fact["pods"] * fact["lastsMs"]
    return {generator: tuple(row) for generator, row in sums.items()}
