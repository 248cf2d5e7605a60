"""The walk of maskbench/run-tooltune.ts by llguidance, over the same tokens; started by maskbench/run-llguidance.ts.

    python llguidance_maskbench.py FOLDER

FOLDER holds vocabulary.json ({"size", "endTokens", "specialTokens"}), token-bytes.bin (all tokens' bytes, one after the
other), token-offsets.bin (int32, size + 1 of them) and rows.jsonl ({"name", "group", "schema", "tests", "warmUp"}; a test's
tokens are null where the vocabulary cannot write it). Writes result.json, and the times in microseconds as float64 in
first-mask.bin and mask.bin.
"""

import array
import ctypes
import gc
import json
import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter_ns, process_time_ns

from llguidance import LLMatcher, LLTokenizer

FOLDER = Path(sys.argv[1])
OPTIONS = {"whitespace_flexible": False}


class ExportedTokenizer:
    """What LLTokenizer asks of a tokenizer. Encodes greedily: only llguidance's own forced tokens, not asked for, need it."""

    def __init__(self, tokens, special, end_tokens):
        self.tokens = tokens
        self.special_token_ids = special
        self.eos_token_id = end_tokens[0]
        self.bos_token_id = None
        self.ids = {}
        for token in range(len(tokens) - 1, -1, -1):
            self.ids[tokens[token]] = token
        self.longest = max(len(token) for token in tokens)
        self.is_tokenizer_wrapper = True

    def __call__(self, text):
        text = text.encode() if isinstance(text, str) else text
        ids = []
        while text:
            for length in range(min(self.longest, len(text)), 0, -1):
                if text[:length] in self.ids:
                    ids.append(self.ids[text[:length]])
                    break
            text = text[length:]
        return ids


def read_tokenizer():
    description = json.loads((FOLDER / "vocabulary.json").read_text())
    data = (FOLDER / "token-bytes.bin").read_bytes()
    offsets = array.array("i", (FOLDER / "token-offsets.bin").read_bytes())
    special = set(description["specialTokens"])
    # llguidance takes a token that starts with 0xff for a special one.
    tokens = [
        b"\xff<%d>" % token if token in special else data[offsets[token] : offsets[token + 1]]
        for token in range(description["size"])
    ]
    end_tokens = description["endTokens"]
    wrapper = ExportedTokenizer(tokens, sorted(special), end_tokens)
    return LLTokenizer(wrapper, n_vocab=description["size"], eos_token=end_tokens), end_tokens


class Stopwatch:
    """Times in microseconds by the rule of measuring/times.ts."""

    def start(self):
        self.processor = process_time_ns()
        self.wall = perf_counter_ns()

    def start_again(self):
        self.wall = perf_counter_ns()

    def stop(self):
        wall = (perf_counter_ns() - self.wall) / 1000
        before = self.processor
        self.processor = process_time_ns()
        return wall if wall < 100 else min(wall, (self.processor - before) / 1000)


class Runner:
    def __init__(self):
        self.tokenizer, self.end_tokens = read_tokenizer()
        self.mask = bytearray(4 * ((self.tokenizer.vocab_size + 31) // 32))
        self.pointer = ctypes.addressof(ctypes.c_char.from_buffer(self.mask))
        self.stopwatch = Stopwatch()
        self.first_masks = array.array("d")
        self.masks = array.array("d")

    def allowed(self, token):
        return self.mask[token >> 3] >> (token & 7) & 1 == 1

    def schema(self, row):
        result = {"name": row["name"], "group": row["group"], "masks": 0, "tests": []}
        self.stopwatch.start()
        try:
            grammar = LLMatcher.grammar_from_json_schema(row["schema"], overrides=OPTIONS)
            matcher = LLMatcher(self.tokenizer, grammar, log_level=0)
            if not matcher.is_error():
                matcher.unsafe_compute_mask_ptr(self.pointer, len(self.mask))
            error = matcher.get_error()
        except Exception as exception:
            error = str(exception)
        time = self.stopwatch.stop()
        if error.startswith("Unsatisfiable schema") and not any(test["valid"] for test in row["tests"]):
            # A verdict on every instance: none is valid. Where one is, it counts as a refusal, not as false rejects.
            result["tests"] = [{"valid": test["valid"], "accepted": False} for test in row["tests"]]
            return result
        if error:
            result["compileError"] = {"code": "error", "message": error}
            unimplemented = re.match(r"Unimplemented keys: \[(.*?)\]", error)
            if unimplemented:
                result["compileError"]["keyword"] = unimplemented[1].replace('"', "")
            return result
        self.first_masks.append(time)
        result["firstMask"] = time
        start = len(self.masks)
        result["tests"] = [self.test(test, matcher.deep_copy()) for test in row["tests"]]
        result["masks"] = len(self.masks) - start
        result["slowestMask"] = max(self.masks[start:], default=0)
        return result

    def test(self, test, matcher):
        verdict = {"valid": test["valid"], "accepted": False}
        if test["tokens"] is None:
            return verdict | {"skipped": True}
        consume, fill = matcher.consume_token, matcher.unsafe_compute_mask_ptr
        pointer, size, stopwatch = self.pointer, len(self.mask), self.stopwatch
        try:
            fill(pointer, size)
            stopwatch.start()
            for index, token in enumerate(test["tokens"]):
                if not self.allowed(token):
                    return verdict | {"stoppedAt": index}
                stopwatch.start_again()
                consume(token)
                fill(pointer, size)
                self.masks.append(stopwatch.stop())
                if matcher.is_error():
                    return verdict | {"failure": first_line(matcher.get_error())}
            if not any(self.allowed(token) for token in self.end_tokens):
                return verdict | {"stoppedAt": len(test["tokens"])}
            return verdict | {"accepted": True}
        except Exception as exception:
            return verdict | {"failure": first_line(str(exception))}


def first_line(text):
    return text.split("\n")[0]


def call_overhead(matcher):
    """Median time in microseconds of what is timed for a mask, with two calls that do next to nothing."""
    times = []
    stopwatch = Stopwatch()
    stopwatch.start()
    for _ in range(10_000):
        stopwatch.start_again()
        matcher.is_error()
        matcher.is_error()
        times.append(stopwatch.stop())
    return sorted(times)[len(times) // 2]


def main():
    rows = [json.loads(line) for line in (FOLDER / "rows.jsonl").read_text().splitlines()]
    runner = Runner()
    gc.disable()
    for row in rows:
        if row["warmUp"]:
            runner.schema(row)
    runner.first_masks, runner.masks = array.array("d"), array.array("d")
    schemas = []
    for index, row in enumerate(rows):
        schemas.append(runner.schema(row))
        if (index + 1) % 500 == 0 or index + 1 == len(rows):
            print(f"llguidance: {index + 1} of {len(rows)} schemas", file=sys.stderr, flush=True)
    (FOLDER / "first-mask.bin").write_bytes(runner.first_masks.tobytes())
    (FOLDER / "mask.bin").write_bytes(runner.masks.tobytes())
    overhead = call_overhead(LLMatcher(runner.tokenizer, LLMatcher.grammar_from_json_schema("{}")))
    result = {
        "versions": {"llguidance": version("llguidance"), "python": platform.python_version()},
        "callOverhead": overhead,
        "schemas": schemas,
    }
    (FOLDER / "result.json").write_text(json.dumps(result))


main()
