"""Adapters of PEFT of every kind that tooltune reads, on the model of fixtures/tiny-llama.

Writes packages/trainer/test/fixtures/peft-*: adapter_config.json and adapter_model.safetensors as PEFT saves them, and
reference.safetensors with the model's logits at all tokens of a row, in double precision; its metadata are the tokens.

    .bench/venv/bin/python bench/reference/peft-adapters.py [name ...]

With `--check FOLDER REFERENCE`, loads an adapter that tooltune wrote and tells how far its logits are from a reference's:
those of fixtures/peft-NAME, or of another run of tooltune. `--model FOLDER` names another base model.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import numpy
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
from transformers import AutoModelForCausalLM

FIXTURES = Path(__file__).parents[2] / "packages/trainer/test/fixtures"
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
ADAPTERS = {
    # Scaled by alpha / sqrt(rank), on one layer.
    "rslora": {"target_modules": ALL, "use_rslora": True, "layers_to_transform": [1]},
    "dora": {"target_modules": ["q_proj", "k_proj", "o_proj", "up_proj"], "use_dora": True},
    # Ranks and alphas of their own, other modules in each layer.
    "patterns": {
        "target_modules": ["layers.0.self_attn.q_proj", "k_proj", "layers.1.mlp.down_proj"],
        "rank_pattern": {"k_proj": 5, "layers.1.mlp.down_proj": 1},
        "alpha_pattern": {r"layers\.\d+\.self_attn\.k_proj": 4, "down_proj": 2},
    },
    "bfloat16": {"target_modules": ["q_proj", "v_proj"]},
}


def tokens_of(vocabulary: int) -> list[int]:
    return torch.randint(0, vocabulary, (24,), generator=torch.Generator().manual_seed(7)).tolist()


def logits_of(model: torch.nn.Module, tokens: list[int]) -> numpy.ndarray:
    with torch.no_grad():
        return model.eval().double()(input_ids=torch.tensor([tokens])).logits[0].numpy()


def base_model(folder: Path) -> torch.nn.Module:
    # By itself: transformers would load the adapter that lies beside the model too.
    with tempfile.TemporaryDirectory() as alone:
        for name in ["config.json", "model.safetensors"]:
            shutil.copy(folder / name, alone)
        return AutoModelForCausalLM.from_pretrained(alone, dtype=torch.float32, attn_implementation="eager")


def dump(name: str) -> None:
    folder = FIXTURES / f"peft-{name}"
    torch.manual_seed(3)
    model = get_peft_model(
        base_model(FIXTURES / "tiny-llama"),
        LoraConfig(r=3, lora_alpha=7.5, lora_dropout=0.0, task_type="CAUSAL_LM", **ADAPTERS[name]),
    )
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            if "lora_B" in key:
                parameter.copy_(0.3 * torch.randn(parameter.shape))
            if "magnitude" in key:
                parameter.mul_(1 + 0.3 * torch.rand(parameter.shape))
            if name == "bfloat16" and "lora_" in key:
                parameter.data = parameter.data.bfloat16()
    model.save_pretrained(folder)
    (folder / "README.md").unlink()
    config_file = folder / "adapter_config.json"
    config = json.loads(config_file.read_text())
    # A set, in no order of its own; and no path of this machine.
    config["target_modules"].sort()
    config["base_model_name_or_path"] = "tooltune/tiny-llama"
    config_file.write_text(json.dumps(config, indent=2) + "\n")
    tokens = tokens_of(model.config.vocab_size)
    reference = {"logits": logits_of(model, tokens).astype("float32")}
    save_file(reference, folder / "reference.safetensors", {"tokens": json.dumps(tokens)})
    print(folder.name, sum(path.stat().st_size for path in folder.iterdir()), "bytes")


def check(folder: Path, reference: Path, model: Path) -> None:
    with safe_open(reference, "numpy") as file:
        tokens = json.loads(file.metadata()["tokens"])
    expected = load_file(reference)["logits"]
    base = base_model(model)
    without = logits_of(base, tokens)
    actual = logits_of(PeftModel.from_pretrained(base, folder), tokens)
    print(
        f"{folder.name}: largest difference of a logit {abs(actual - expected).max():.2e}, mean {abs(actual - expected).mean():.2e};",
        f"without the adapter {abs(without - expected).max():.2e}, mean {abs(without - expected).mean():.2e}",
    )


parser = argparse.ArgumentParser()
parser.add_argument("names", nargs="*", default=list(ADAPTERS))
parser.add_argument("--check", nargs=2, type=Path, metavar=("FOLDER", "REFERENCE"))
parser.add_argument("--model", type=Path, default=FIXTURES / "tiny-llama")
arguments = parser.parse_args()
if arguments.check:
    check(*arguments.check, arguments.model)
else:
    for chosen in arguments.names:
        dump(chosen)
