"""Verdicts of the Berkeley Function Calling Leaderboard's own AST checker, for packages/sdk's tests.

    pip download bfcl-eval==2026.3.23 --no-deps && unzip bfcl_eval-*.whl -d bfcl
    python bench/reference/bfcl-verdicts.py bfcl > packages/sdk/src/evaluate/__fixtures__/bfcl-verdicts.json

Takes rows of the leaderboard's Python categories, answers each as its ground truth says and in broken ways (seeded), and
writes what ast_checker says. Only model handlers are kept out of the import: the checker needs none of them. Arrays of
floats get no whole numbers, and no number is written 5.0: JSON does not tell 5.0 from 5, and the checker does.
"""

import copy
import json
import random
import sys
import types
from pathlib import Path

package = Path(sys.argv[1])
every = int(sys.argv[2]) if len(sys.argv) > 2 else 12
sys.path.insert(0, str(package))
config = types.ModuleType("bfcl_eval.constants.model_config")
config.MODEL_CONFIG_MAPPING = {"any": types.SimpleNamespace(underscore_to_dot=False)}
sys.modules["bfcl_eval.constants.model_config"] = config

from bfcl_eval.constants.enums import Language  # noqa: E402
from bfcl_eval.eval_checker.ast_eval.ast_checker import ast_checker  # noqa: E402

draw = random.Random(1)
data = package / "bfcl_eval" / "data"
categories = ["simple_python", "multiple", "parallel", "parallel_multiple", "live_simple", "live_multiple", "live_parallel"]


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def filled(value):
    """A value of possible answers as an answer gives it: members of objects are lists of values themselves."""
    if isinstance(value, dict):
        members = {name: first(values) for name, values in value.items() if isinstance(values, list)}
        return {name: inside for name, inside in members.items() if inside is not None}
    if isinstance(value, list):
        return [filled(element) for element in value]
    return value


def first(values):
    given = [value for value in values if value != ""]
    return filled(draw.choice(given)) if given else None


def answer_of(ground_truth):
    calls = []
    for possible in ground_truth:
        [(name, values)] = possible.items()
        given = {argument: first(allowed) for argument, allowed in values.items()}
        leave = [a for a, allowed in values.items() if "" in allowed and draw.random() < 0.5]
        calls.append({name: {a: v for a, v in given.items() if v is not None and a not in leave}})
    return calls


def broken(value):
    if isinstance(value, bool):
        return draw.choice([not value, str(value), 1])
    if isinstance(value, (int, float)):
        return draw.choice([value + 1, str(value), -value, value + 0.5, [value]])
    if isinstance(value, str):
        return draw.choice([value.upper(), value.replace(" ", ""), value + "!", value + ".", f" {value}", "", 7, [value], value[:-1]])
    if isinstance(value, list):
        if not value:
            return ["x"]
        kinds = [value[::-1], value[:-1], value + value[:1], [broken(value[0]), *value[1:]], str(value)]
        return draw.choice(kinds)
    if isinstance(value, dict):
        other = dict(value)
        if other and draw.random() < 0.7:
            name = draw.choice(list(other))
            if draw.random() < 0.5:
                other[name] = broken(other[name])
            else:
                del other[name]
        else:
            other["surprise"] = 1
        return other
    return "x"


def mutate(calls, descriptions):
    calls = copy.deepcopy(calls)
    kind = draw.choice(["none", "value", "value", "value", "drop", "add", "name", "order", "again", "fewer"])
    call = draw.choice(calls)
    [(name, values)] = call.items()
    if kind == "value" and values:
        argument = draw.choice(list(values))
        values[argument] = broken(values[argument])
    if kind == "drop" and values:
        del values[draw.choice(list(values))]
    if kind == "add":
        parameters = next(d for d in descriptions if d["name"] == name)["parameters"]["properties"]
        values[draw.choice([*parameters, "surprise"])] = draw.choice(["x", 1, True])
    if kind == "name":
        del call[name]
        call[draw.choice([d["name"] for d in descriptions] + ["surprise"])] = values
    if kind == "order":
        draw.shuffle(calls)
    if kind == "again":
        calls.append(copy.deepcopy(call))
    if kind == "fewer":
        calls.remove(call)
    return calls


def has_whole_number(value):
    if isinstance(value, list):
        return any(has_whole_number(element) for element in value)
    return isinstance(value, int) and not isinstance(value, bool)


def ambiguous(calls, descriptions):
    """Whether JSON cannot say what Python distinguishes: see above."""
    properties = {d["name"]: d["parameters"]["properties"] for d in descriptions}
    for call in calls:
        for name, values in call.items():
            for argument, value in values.items():
                schema = properties.get(name, {}).get(argument, {})
                items = schema.get("items", {}).get("type")
                if isinstance(value, list) and items in ("float", "number") and has_whole_number(value):
                    return True
                if any(isinstance(one, float) and one.is_integer() for one in numbers(value)):
                    return True
                # True == 1 in Python.
                if isinstance(value, (list, dict)) and any(isinstance(one, bool) for one in leaves(value)):
                    return True
    return False


def leaves(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for element in value for leaf in leaves(element)]
    return [value]


def numbers(value):
    return [leaf for leaf in leaves(value) if isinstance(leaf, (int, float)) and not isinstance(leaf, bool)]


cases = []
for category in categories:
    rows = lines(data / f"BFCL_v4_{category}.json")
    truths = {row["id"]: row["ground_truth"] for row in lines(data / "possible_answer" / f"BFCL_v4_{category}.json")}
    for row in rows[::every]:
        truth = truths[row["id"]]
        right = answer_of(truth)
        for calls in [right, *(mutate(right, row["function"]) for _ in range(3))]:
            if ambiguous(calls, row["function"]):
                continue
            try:
                verdict = ast_checker(row["function"], calls, truth, Language.PYTHON, category, "any")
            except (AttributeError, KeyError, TypeError):
                continue  # The checker itself fails.
            used = {name for possible in truth for name in possible}
            cases.append(
                {
                    "id": row["id"],
                    "tools": [
                        {"name": d["name"], "parameters": d["parameters"]} for d in row["function"] if d["name"] in used
                    ],
                    "possible": truth,
                    "calls": [{"name": n, "arguments": v} for call in calls for n, v in call.items()],
                    "valid": verdict["valid"],
                }
            )


def without_words(schema):
    if isinstance(schema, dict):
        return {k: without_words(v) for k, v in schema.items() if k != "description" or not isinstance(v, str)}
    return [without_words(v) for v in schema] if isinstance(schema, list) else schema


json.dump(
    [{**case, "tools": [without_words(tool) for tool in case["tools"]]} for case in cases],
    sys.stdout,
    separators=(",", ":"),
)
sys.stdout.write("\n")
