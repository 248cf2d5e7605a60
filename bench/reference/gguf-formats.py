"""A GGUF file by the `gguf` package, with what it says is inside, and numpy's half-precision conversions.

Writes packages/trainer/test/fixtures/reference.gguf, reference-gguf.json and half-float.json.

    .bench/venv/bin/python bench/reference/gguf-formats.py
"""

import base64
import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import numpy
from gguf import GGMLQuantizationType, GGUFWriter, quants

FIXTURES = Path(__file__).parents[2] / "packages/trainer/test/fixtures"
FORMATS = ["F32", "F16", "BF16", "Q4_0", "Q4_1", "Q8_0"]
random = numpy.random.default_rng(3)


def floats(array: numpy.ndarray) -> str:
    return base64.b64encode(numpy.ascontiguousarray(array, dtype="<f4").tobytes()).decode()


def write_gguf() -> None:
    writer = GGUFWriter(str(FIXTURES / "reference.gguf"), "llama")
    writer.add_string("test.text", "naïve 🦙\nline")
    writer.add_bool("test.yes", True)
    writer.add_int32("test.negative", -7)
    writer.add_uint32("test.large", 4_000_000_000)
    writer.add_float32("test.fraction", 0.1)
    writer.add_array("test.words", ["", "ab", "日本"])
    writer.add_array("test.numbers", [1, -2, 3])
    expected = {}
    # Three rows of two blocks: ordinary values, tiny ones (subnormal scales), and one outlier among zeros.
    values = random.standard_normal((3, 64)).astype("float32")
    values[1] *= 3e-6
    values[2] = 0
    values[2, 40] = -11.5
    for name in FORMATS:
        kind = GGMLQuantizationType[name]
        data = quants.quantize(values, kind)
        writer.add_tensor(f"{name}.weight", data, raw_dtype=kind)
        expected[f"{name}.weight"] = {"format": name, "shape": [3, 64], "values": floats(quants.dequantize(data, kind))}
    for name in FORMATS[3:]:
        # Every bit pattern a block may hold: random bytes, only the scales finite.
        kind = GGMLQuantizationType[name]
        size = {"Q4_0": 18, "Q4_1": 20, "Q8_0": 34}[name]
        data = random.integers(0, 256, (2, 4 * size), dtype="uint8")
        for at in range(0, 4 * size, size):
            data[:, at + 1] &= 0xBB
            if name == "Q4_1":
                data[:, at + 3] &= 0xBB
        writer.add_tensor(f"{name}.random", data, raw_dtype=kind)
        expected[f"{name}.random"] = {"format": name, "shape": [2, 128], "values": floats(quants.dequantize(data, kind))}
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    fixture = {"gguf": version("gguf"), "tensors": expected}
    (FIXTURES / "reference-gguf.json").write_text(json.dumps(fixture, indent=1) + "\n")


def write_half_floats() -> None:
    every = numpy.arange(65536, dtype="uint16").view("float16").astype("<f4")
    every[numpy.isnan(every)] = 0
    # Around every rounding decision: exact halves, ties and their neighbours, subnormals, overflow.
    exact = random.integers(0, 0x7C00, 60, dtype="uint16").view("float16").astype("float32")
    ulp = numpy.spacing(exact.astype("float16")).astype("float32")
    ties = exact + ulp / 2
    cases = numpy.concatenate(
        [
            exact,
            ties,
            numpy.nextafter(ties, numpy.float32(0)),
            numpy.nextafter(ties, numpy.float32(1e9)),
            numpy.float32(2.0) ** -24 * numpy.arange(0, 4, 0.25, dtype="float32"),
            numpy.array([65504, 65519, 65519.996, 65520, 65536, 1e9, 6.1e-5, 6.0975552e-5, 1e-30], dtype="float32"),
        ]
    )
    cases = numpy.concatenate([cases, -cases]).astype("float32")
    with numpy.errstate(over="ignore"):
        bits = cases.astype("float16").view("uint16")
    fixture = {
        "numpy": numpy.__version__,
        "everyFloatSha256": hashlib.sha256(every.tobytes()).hexdigest(),
        "floats": floats(cases),
        "bits": bits.tolist(),
    }
    (FIXTURES / "half-float.json").write_text(json.dumps(fixture) + "\n")


write_gguf()
write_half_floats()
