"""Every workload of a real manifest is placed, and so is every pod of the run."""

import csv
import json
import re
import sys
from pathlib import Path

CREATE_PODS = {"Pod", "Deployment", "StatefulSet", "DaemonSet", "Job"}

run, manifest = map(Path, sys.argv[1:])
summary = json.loads((run / "summary.json").read_text())
rows = list(csv.DictReader((run / "pods.csv").open()))
placed = {row["workload"] for row in rows if row["scheduled_s"]}

workloads = set()
for document in re.split(r"^---.*$", manifest.read_text(), flags=re.MULTILINE):
    kind = re.search(r"^kind: (\S+)", document, re.MULTILINE)
    if not kind or kind.group(1) not in CREATE_PODS:
        continue
    metadata = re.search(r"^metadata:\n((?:  .*\n?)+)", document, re.MULTILINE).group(1)
    name = re.search(r"^  name: (\S+)", metadata, re.MULTILINE).group(1)
    namespace = re.search(r"^  namespace: (\S+)", metadata, re.MULTILINE)
    workloads.add(f"{namespace.group(1) if namespace else 'default'}/{name}")

assert workloads, f"{manifest} has no workload"
assert workloads <= placed, f"never placed: {sorted(workloads - placed)}"
assert not summary["neverPlaced"], summary["neverPlaced"]
print(f"{manifest.stem}: all {len(workloads)} workloads placed, in every replication")
