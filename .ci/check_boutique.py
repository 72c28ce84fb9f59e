"""Every workload of the shop is placed or explained; the verdict has an interval; what is not
modelled is listed."""

import json
import re
import sys

summary = json.load(open(sys.argv[1]))
manifest = open(sys.argv[2]).read()
wanted = set(re.findall(r"^kind: Deployment\nmetadata:\n  name: (\S+)", manifest, re.MULTILINE))
assert len(wanted) >= 11, wanted

text = json.dumps(summary)
missing = [name for name in sorted(wanted) if name not in text]
assert not missing, f"neither placed nor explained: {missing}"
percent = summary["saving"]["onDemandPlan"]["percent"]
assert percent["low"] < percent["mean"] < percent["high"], percent
assert summary["unmodelled"], "what is not modelled is listed"
assert re.fullmatch(r"[0-9a-f]{16}", summary["digest"]), summary["digest"]
print(f"{len(wanted)} workloads placed or explained, {len(summary['unmodelled'])} kinds of field not modelled")
