"""Facts as they are read from a file, with the legend that stands in its first line."""

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Record:
    """One run: its legend, and everything that happened, in order."""

    legend: dict
    facts: list[dict]
    kinds: dict[str, str] = field(default_factory=dict)
    workload_of: dict[str, str] = field(default_factory=dict)

    @property
    def window(self) -> tuple[int, int]:
        """The window over which figures are taken, in milliseconds."""
        return self.legend["fromMs"], self.legend["toMs"]

    @property
    def hours(self) -> float:
        start, end = self.window
        return (end - start) / 3_600_000

    def kind_of(self, pod: str) -> str:
        return self.kinds[self.workload_of[pod]]


def read(path: Path) -> Record:
    """The record in a file of facts. The names of pods are unique among pods alive."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    legend, facts = lines[0], lines[1:]
    assert legend["kind"] == "Legend", f"{path} does not begin with its legend"
    record = Record(legend, facts)
    record.kinds = {it["workload"]: it["kind"] for it in legend["workloads"]}
    # A bare pod and a pod of a StatefulSet pass their name on within one workload only.
    for fact in facts:
        if fact["kind"] == "PodCreated":
            record.workload_of[fact["pod"]] = fact["workload"]
    return record
