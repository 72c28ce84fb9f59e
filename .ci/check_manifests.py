"""Every workload of real manifests is placed or explained; the verdict has an interval; what is not
modelled is listed, and so is what creates no pods here."""

import csv
import json
import re
import sys
from pathlib import Path

CREATE_PODS = {"Pod", "Deployment", "StatefulSet", "DaemonSet", "Job"}
BY_AN_OPERATOR = {"Prometheus", "Alertmanager"}

run, *manifests = map(Path, sys.argv[1:])
summary = json.loads((run / "summary.json").read_text())
rows = list(csv.DictReader((run / "pods.csv").open()))
placed = {row["workload"] for row in rows if row["scheduled_s"]}
explained = {row["workload"]: row["why"] for row in summary["unplaced"]}

workloads, operated = set(), set()
for manifest in manifests:
    for document in re.split(r"^---.*$", manifest.read_text(), flags=re.MULTILINE):
        kind = re.search(r"^kind: (\S+)", document, re.MULTILINE)
        if not kind:
            continue
        metadata = re.search(r"^metadata:\n((?:  .*\n?)+)", document, re.MULTILINE).group(1)
        name = re.search(r"^  name: (\S+)", metadata, re.MULTILINE).group(1)
        namespace = re.search(r"^  namespace: (\S+)", metadata, re.MULTILINE)
        if kind.group(1) in CREATE_PODS:
            workloads.add(f"{namespace.group(1) if namespace else 'default'}/{name}")
        if kind.group(1) in BY_AN_OPERATOR:
            operated.add(kind.group(1))

missing = sorted(workloads - placed - {name for name, why in explained.items() if why})
assert len(workloads) >= 18 and not missing, f"neither placed nor explained: {missing}"
percent = summary["saving"]["onDemandPlan"]["percent"]
assert percent["low"] < percent["mean"] < percent["high"], percent
assert summary["unmodelled"], "what is not modelled is listed"
for kind in sorted(operated):
    lines = [line for line in summary["unmodelled"] if re.search(rf"\b{kind}\b", line)]
    assert any("creates no pods" in line for line in lines), f"{kind}: {lines}"
assert operated == BY_AN_OPERATOR, operated
assert re.fullmatch(r"[0-9a-f]{16}", summary["digest"]), summary["digest"]
print(
    f"{len(workloads & placed)} workloads placed, {len(workloads - placed)} explained, "
    f"{len(summary['unmodelled'])} kinds of field or object not modelled"
)
