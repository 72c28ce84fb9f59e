"""Summaries of scenarios that come with the program, held to the published JSON Schema of summary.json: every
value fits, and nothing is in a summary that the schema does not name.

check_summary.py SPOTSIM SCHEMA FOLDER SCENARIO...
"""

import json
import pathlib
import subprocess
import sys

import jsonschema


def strict(schema):
    """The schema with every object closed to what it does not name."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: strict(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        closed.setdefault("unevaluatedProperties", False)
    return closed


def mistakes(validator, name, text):
    return [
        f"{name}: {error.json_path}: {error.message[:200]}"
        for error in validator.iter_errors(json.loads(text))
    ]


spotsim, schema, folder, *scenarios = sys.argv[1:]
published = json.loads(pathlib.Path(schema).read_text())
printed = json.loads(subprocess.check_output([spotsim, "schema", "summary"]))
assert printed == published, f"`spotsim schema summary` prints another one than {schema}"

kind = jsonschema.validators.validator_for(published)
kind.check_schema(published)
validator = kind(strict(published))
wrong = []
for scenario in scenarios:
    run = [spotsim, "run", scenario, "-n", "2", "-q", "-o", "json"]
    kept = pathlib.Path(folder) / pathlib.Path(scenario).stem
    printed = subprocess.check_output([*run, "--out", kept])
    wrong += mistakes(validator, scenario, printed)
    wrong += mistakes(validator, f"{kept}/summary.json", (kept / "summary.json").read_text())

# A schema that lets everything pass would find nothing either.
spoiled = json.loads(printed)
spoiled["seed"], spoiled["another"] = "42", 1
assert len(mistakes(validator, "spoiled", json.dumps(spoiled))) == 2, "a spoiled summary passes"
if wrong:
    sys.exit("\n".join(wrong))
print(f"{len(scenarios)} summaries, printed and kept, are as {schema} says")
