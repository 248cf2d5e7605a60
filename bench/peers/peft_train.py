"""The training of train/train-worker.ts by PyTorch, transformers and PEFT; started by train.ts.

    python peft_train.py base GGUF FOLDER           writes the values of a GGUF file, as a checkpoint of transformers in float32
    python peft_train.py train BASE CASE            trains a case, a step a turn (train/turns.ts)
    python peft_train.py gradients BASE CASE FOLDER writes the gradients of a case's first batch, to float.safetensors as
                                                    they are computed in training, to double.safetensors in double

BASE is what `base` wrote. CASE is a folder that train/case-folder.ts wrote; of it batches.json, adapter and
gradient-adapter are read.
"""

import json
import platform
import resource
import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time

import torch
import transformers
from peft import PeftModel
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, GgufConfig

transformers.utils.logging.disable_progress_bar()


def write_base(gguf, folder):
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent, gguf_file=gguf.name, dtype=torch.float32, quantization_config=GgufConfig(dequantize=True)
    )
    model.save_pretrained(folder)


def load(base, adapter):
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    # Keys and values are of use in generation only.
    model.config.use_cache = False
    model = PeftModel.from_pretrained(model, adapter, is_trainable=True)
    model.train()
    return model


def pad(rows):
    """Rows as one batch, filled up on the right."""
    longest = max(len(row["tokens"]) for row in rows)
    tokens = torch.zeros(len(rows), longest, dtype=torch.long)
    attention_mask = torch.zeros(len(rows), longest, dtype=torch.long)
    labels = torch.full((len(rows), longest), -100)
    for index, row in enumerate(rows):
        length = len(row["tokens"])
        tokens[index, :length] = torch.tensor(row["tokens"])
        attention_mask[index, :length] = 1
        is_label = torch.tensor(row["labelMask"], dtype=torch.bool)
        labels[index, :length] = torch.where(is_label, tokens[index, :length], -100)
    return {"input_ids": tokens, "attention_mask": attention_mask, "labels": labels}


def backward(model, rows, rows_per_pass):
    """Adds the gradients of the mean loss over all labels of the rows, and returns it."""
    labels = sum(sum(row["labelMask"]) for row in rows)
    total = 0.0
    for start in range(0, len(rows), rows_per_pass):
        batch = pad(rows[start : start + rows_per_pass])
        loss = model(**batch, num_items_in_batch=torch.tensor(labels)).loss
        loss.backward()
        total += loss.item()
    return total


def await_turn():
    if not sys.stdin.readline():
        sys.exit("the benchmark is gone")


def report(message):
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    print(json.dumps(message | {"peakBytes": int(kilobytes * 1024)}), flush=True)


def train(model, case):
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=0.0, weight_decay=case["weightDecay"])
    packages = ["torch", "transformers", "peft"]
    versions = {name: version(name) for name in packages} | {"python": platform.python_version()}
    report({"type": "ready", "versions": versions})
    for batch in case["batches"]:
        await_turn()
        started, processor = perf_counter(), process_time()
        loss = backward(model, batch["rows"], case["rowsPerPass"])
        torch.nn.utils.clip_grad_norm_(parameters, case["maxGradientNorm"])
        for group in optimizer.param_groups:
            group["lr"] = batch["learningRate"]
        optimizer.step()
        optimizer.zero_grad()
        seconds, processor_seconds = perf_counter() - started, process_time() - processor
        report({"type": "step", "seconds": seconds, "processorSeconds": processor_seconds, "loss": loss})
    await_turn()
    report({"type": "end"})


def backward_double(model, rows):
    """As backward, of a model in double precision. The loss of transformers is always in float32, here a visible error."""
    labels = sum(sum(row["labelMask"]) for row in rows)
    for row in rows:
        batch = pad([row])
        targets = batch.pop("labels")[0, 1:]
        logits = model(**batch).logits[0, :-1]
        loss = torch.nn.functional.cross_entropy(logits, targets, ignore_index=-100, reduction="sum")
        (loss / labels).backward()


def save_gradients(model, file):
    gradients = {
        name.replace(".default.", "."): parameter.grad.float()
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    }
    save_file(gradients, file)


def write_gradients(model, case, folder):
    folder.mkdir(parents=True, exist_ok=True)
    rows = case["batches"][0]["rows"]
    backward(model, rows, case["rowsPerPass"])
    save_gradients(model, folder / "float.safetensors")
    model.zero_grad()
    model.double()
    backward_double(model, rows)
    save_gradients(model, folder / "double.safetensors")


def main():
    task, *paths = sys.argv[1], *map(Path, sys.argv[2:])
    if task == "base":
        return write_base(*paths)
    base, folder = paths[:2]
    case = json.loads((folder / "batches.json").read_text())
    torch.set_num_threads(case["threads"])
    if task == "gradients":
        write_gradients(load(base, folder / "gradient-adapter"), case, paths[2])
    else:
        train(load(base, folder / "adapter"), case)


main()
