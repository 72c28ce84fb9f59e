"""spotsim's admission and Kubernetes' own schemas (kubernetes-validate, offline) agree on the corpus:
what a schema refuses, spotsim refuses, and what is valid is valid to both. What a schema cannot tell
(ranges, the syntax of names, words that it takes for any text, fields that contradict each other) is
listed by code. Arguments: the program, the folder of the corpus."""

import collections
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import kubernetes_validate
import yaml

VERSION = "1.36"
spotsim, corpus = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2])


def by_schema(document, strict):
    """Whether the schema admits an object; none if there is no schema of its kind."""
    try:
        kubernetes_validate.validate(document, VERSION, strict=strict)
        return True
    except kubernetes_validate.ValidationError:
        return False
    except kubernetes_validate.SchemaNotFoundError:
        return None


SCENARIO = """apiVersion: spotsim/v1
name: corpus
horizon: 1m
region: us-east-1
pools: [{name: a, count: 1, capacityType: on-demand, instanceTypes: [m6i.large]}]
manifests: [object.yaml]
"""
# What admission says; what a run says of a scenario beside that is not asked here.
ADMISSION = re.compile(r"^(?:error|warning)\[(E0301|E031\d|W001[345])\]", re.MULTILINE)


def by_spotsim(folder, text):
    """The codes of admission that an object gives."""
    (folder / "object.yaml").write_text(text)
    (folder / "scenario.yaml").write_text(SCENARIO)
    command = [spotsim, "run", "scenario.yaml", "-n", "1", "--out", "run", "--force"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    codes = set(ADMISSION.findall(run.stderr))
    # A refusal is the program's answer, and not only a word of it.
    refused = any(code.startswith("E") for code in codes)
    assert run.returncode == (2 if refused else 0), run.stderr
    return codes


wrong, agreed, beyond = [], 0, collections.Counter()
with tempfile.TemporaryDirectory() as folder:
    for path in sorted(corpus.glob("*.yaml")):
        for text in path.read_text().split("---\n")[1:]:
            head = text.splitlines()[0].removeprefix("# ")
            document = yaml.safe_load(text)
            codes = by_spotsim(Path(folder), text)
            loose, strict = by_schema(document, False), by_schema(document, True)
            if path.stem == "valid":
                expected, schema = set(), (True, True)
            else:
                code, verdict = head.split(" ", 1)[0], head.rsplit(", ", 1)[1]
                expected = {code}
                schema = {
                    "schema refuses": (False, False),
                    "strict schema refuses": (True, False),
                    "schema cannot tell": (True, True),
                    "no schema": (None, None),
                }[verdict]
            if codes != expected:
                wrong.append(f"{path.name}: {head}: spotsim says {sorted(codes) or 'nothing'}")
            if (loose, strict) != schema:
                wrong.append(f"{path.name}: {head}: the schema says {loose}, strictly {strict}")
            if not expected or strict is False:
                agreed += 1
            else:
                beyond[code] += 1

for line in wrong:
    print(line)
assert not wrong, f"{len(wrong)} disagreements"
listed = ", ".join(f"{count} of {code}" for code, count in sorted(beyond.items()))
print(f"{agreed} objects on which the schema of {VERSION} decides as spotsim does")
print(f"{sum(beyond.values())} objects that only the API server's code refuses: {listed}")
