"""What the `gguf` package makes of blocks and of values: the reference of the trainer's dequantisation and quantisation.

Writes packages/trainer/test/fixtures/gguf-blocks.json. Of each format a few blocks are written out, and many more are
summed up as a SHA-256: both sides make the same random bytes, so that nothing of them need be kept.

    .bench/venv/bin/python bench/reference/gguf-blocks.py
"""

import base64
import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import numpy
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, quants

FIXTURES = Path(__file__).parents[2] / "packages/trainer/test/fixtures"
# Where in a block its half-precision floats stand.
HALVES = {
    "Q4_0": [0],
    "Q4_1": [0, 2],
    "Q5_0": [0],
    "Q5_1": [0, 2],
    "Q8_0": [0],
    "Q4_K": [0, 2],
    "Q5_K": [0, 2],
    "Q6_K": [208],
}
WRITTEN = ["F16", "BF16", "Q4_0", "Q4_1", "Q8_0"]
SHOWN_BLOCKS, MANY_BLOCKS, MANY_VALUES = 2, 4096, 1 << 18


def random_words(count: int, seed: int) -> numpy.ndarray:
    """32 random bits each; packages/trainer/test/reference-random.ts has the same."""
    word = (numpy.arange(count, dtype="uint32") + numpy.uint32(seed * 1_000_003)) * numpy.uint32(0x9E3779B1)
    word = (word ^ (word >> numpy.uint32(15))) * numpy.uint32(0x85EBCA77)
    return word ^ (word >> numpy.uint32(13))


def encoded(array: numpy.ndarray) -> str:
    return base64.b64encode(numpy.ascontiguousarray(array).tobytes()).decode()


def digest(array: numpy.ndarray) -> str:
    return hashlib.sha256(numpy.ascontiguousarray(array).tobytes()).hexdigest()


def random_blocks(name: str, count: int, seed: int) -> numpy.ndarray:
    """Every bit pattern that a block may hold, but for scales that are not finite."""
    size = GGML_QUANT_SIZES[GGMLQuantizationType[name]][1]
    data = (random_words(count * size, seed) >> numpy.uint32(24)).astype("uint8").reshape(count, size)
    for half in HALVES[name]:
        data[:, half + 1] &= 0xFB
    return data


def dequantised() -> dict:
    result = {}
    for seed, name in enumerate(HALVES):
        kind = GGMLQuantizationType[name]
        shown = random_blocks(name, SHOWN_BLOCKS, seed)
        many = random_blocks(name, MANY_BLOCKS, 100 + seed)
        result[name] = {
            "seed": 100 + seed,
            "blocks": encoded(shown),
            "values": encoded(quants.dequantize(shown, kind).astype("<f4")),
            "manyBlocks": MANY_BLOCKS,
            "manySha256": digest(quants.dequantize(many, kind).astype("<f4")),
        }
    return result


def hard_values() -> numpy.ndarray:
    """Rows of 32: zeros, one outlier, one value, exact ties of every rounding, both signs equally far, subnormal scales."""
    rows = numpy.zeros((8, 32), dtype="float32")
    rows[1, 17] = -11.5
    rows[2] = 0.3
    rows[3] = (numpy.arange(32) - 15.5) / 2
    rows[3, 0] = 127
    rows[4] = (numpy.arange(32) % 17 - 8) / 2 + 0.25
    rows[4, 31] = -8
    rows[5, 3], rows[5, 20] = 2.75, -2.75
    rows[6] = numpy.linspace(-3e-6, 2e-6, 32)
    rows[7] = numpy.linspace(-60, 1, 32)
    return rows


def many_values() -> numpy.ndarray:
    words = random_words(MANY_VALUES, 7).view("int32").astype("float64") / 2**31
    powers = 2.0 ** (random_words(MANY_VALUES // 32, 8) % 24).astype("float64") / 2**16
    return (words.reshape(-1, 32) * powers[:, None]).astype("float32")


def quantised() -> dict:
    hard, many = hard_values(), many_values()
    result = {"values": encoded(hard.astype("<f4")), "manyValues": MANY_VALUES, "formats": {}}
    for name in WRITTEN:
        kind = GGMLQuantizationType[name]
        result["formats"][name] = {
            "bytes": encoded(quants.quantize(hard, kind)),
            "manySha256": digest(quants.quantize(many, kind)),
        }
    return result


fixture = {"gguf": version("gguf"), "numpy": numpy.__version__, "dequantised": dequantised(), "quantised": quantised()}
(FIXTURES / "gguf-blocks.json").write_text(json.dumps(fixture, indent=1) + "\n")
