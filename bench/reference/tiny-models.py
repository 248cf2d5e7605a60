"""What PyTorch, transformers and PEFT make of a tiny random model of each architecture, in double precision.

Writes packages/trainer/test/fixtures/tiny-*: a transformers checkpoint (config.json, model.safetensors), a PEFT adapter
(adapter_config.json, adapter_model.safetensors), and reference.safetensors with the logits at the labels and the
gradients of the adapter; its metadata are token rows and labels, the loss, and what a GGUF file of the model would say.

    .bench/venv/bin/python bench/reference/tiny-models.py [name ...]
"""

import json
import sys
from pathlib import Path

import numpy
import torch
import transformers
from peft import LoraConfig, get_peft_model
from safetensors.numpy import save_file

FIXTURES = Path(__file__).parents[2] / "packages/trainer/test/fixtures"
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
VOCABULARY = 61
RANK = 3
ALPHA = 7.5
# Lengths and labels: a single label, labels in two spans, every token but the first, a label at the very end. Two rows
# are longer than Gemma's window.
LENGTHS = [9, 14, 5, 11]
LABELS = [[8], [4, 5, 6, 11, 12, 13], [1, 2, 3, 4], [7, 8, 9, 10]]

# No two sizes of a model are equal, so that no transposed matrix fits by chance.
MODELS = {
    "llama": {
        "class": "Llama",
        "config": {
            "num_hidden_layers": 2,
            "hidden_size": 24,
            "intermediate_size": 44,
            "num_attention_heads": 6,
            "num_key_value_heads": 2,
            "head_dim": 8,
            "rms_norm_eps": 1e-5,
            "tie_word_embeddings": False,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
        },
    },
    # As Llama 3.2 has it, with wavelengths on both sides of what is stretched, and between.
    "llama3": {
        "class": "Llama",
        "config": {
            "num_hidden_layers": 2,
            "hidden_size": 24,
            "intermediate_size": 44,
            "num_attention_heads": 3,
            "num_key_value_heads": 1,
            "head_dim": 12,
            "rms_norm_eps": 1e-5,
            "tie_word_embeddings": True,
            "rope_parameters": {
                "rope_type": "llama3",
                "rope_theta": 10000.0,
                "factor": 8.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
                "original_max_position_embeddings": 32,
            },
        },
    },
    # An adapter on some projections of some layers.
    "qwen2": {
        "class": "Qwen2",
        "lora": {"target_modules": ["q_proj", "v_proj", "up_proj", "down_proj"], "layers_to_transform": [1, 2]},
        "config": {
            "num_hidden_layers": 3,
            "hidden_size": 24,
            "intermediate_size": 44,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "rms_norm_eps": 1e-6,
            "tie_word_embeddings": True,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1000.0},
        },
    },
    "qwen3": {
        "class": "Qwen3",
        "config": {
            "num_hidden_layers": 2,
            "hidden_size": 24,
            "intermediate_size": 44,
            "num_attention_heads": 6,
            "num_key_value_heads": 3,
            "head_dim": 8,
            "rms_norm_eps": 1e-6,
            "tie_word_embeddings": False,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1000.0},
        },
    },
    "gemma3": {
        "class": "Gemma3",
        "config": {
            "num_hidden_layers": 6,
            "hidden_size": 20,
            "intermediate_size": 28,
            "num_attention_heads": 4,
            "num_key_value_heads": 1,
            "head_dim": 8,
            "rms_norm_eps": 1e-6,
            "tie_word_embeddings": True,
            "sliding_window": 4,
            "query_pre_attn_scalar": 12,
            "rope_parameters": {
                "full_attention": {"rope_type": "linear", "rope_theta": 1000.0, "factor": 2.0},
                "sliding_attention": {"rope_type": "default", "rope_theta": 100.0},
            },
        },
    },
}


def gguf_metadata(name: str, config: dict) -> dict:
    """The keys that llama.cpp's convert_hf_to_gguf.py writes, and attention.scale, which it leaves out for Gemma."""
    architecture = "llama" if name == "llama3" else name
    rope = config["rope_parameters"]
    whole = rope.get("full_attention", rope)
    values = {
        "block_count": config["num_hidden_layers"],
        "context_length": 64,
        "embedding_length": config["hidden_size"],
        "feed_forward_length": config["intermediate_size"],
        "attention.head_count": config["num_attention_heads"],
        "attention.head_count_kv": config["num_key_value_heads"],
        "attention.layer_norm_rms_epsilon": config["rms_norm_eps"],
        "rope.freq_base": whole["rope_theta"],
    }
    if "head_dim" in config:
        values["attention.key_length"] = values["attention.value_length"] = config["head_dim"]
    if name == "gemma3":
        values["attention.sliding_window"] = config["sliding_window"]
        values["attention.scale"] = config["query_pre_attn_scalar"] ** -0.5
        values["rope.freq_base_swa"] = rope["sliding_attention"]["rope_theta"]
        values["rope.scaling.type"] = "linear"
        values["rope.scaling.factor"] = whole["factor"]
    return {"general.architecture": architecture, **{f"{architecture}.{key}": value for key, value in values.items()}}


def randomise(name: str, model: torch.nn.Module, generator: torch.Generator) -> None:
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if key.endswith("bias"):
                parameter.copy_(0.5 * noise)
            elif parameter.dim() == 1:
                # Gemma adds 1 itself.
                parameter.copy_(0.2 * noise + (0 if name == "gemma3" else 1))
            elif "embed_tokens" in key or "lm_head" in key:
                parameter.copy_(0.4 * noise)
            elif "lora_B" in key:
                parameter.copy_(0.3 * noise)
            else:
                parameter.copy_(noise / parameter.shape[1] ** 0.5)


def rope_divisors(model: torch.nn.Module, config: dict) -> numpy.ndarray:
    """Llama 3's scaling as llama.cpp's rope_freqs.weight holds it."""
    dimensions = config["head_dim"]
    plain = config["rope_parameters"]["rope_theta"] ** (-torch.arange(0, dimensions, 2).double() / dimensions)
    return (plain / model.model.rotary_emb.inv_freq.double()).numpy()


def save(path: Path, tensors: dict, metadata: dict | None = None) -> None:
    arrays = {key: numpy.ascontiguousarray(value, dtype="float32") for key, value in tensors.items()}
    save_file(arrays, path, metadata or {"format": "pt"})


def dump(name: str) -> None:
    folder = FIXTURES / f"tiny-{name}"
    folder.mkdir(exist_ok=True)
    parts = MODELS[name]
    torch.manual_seed(11)
    config_class = "Gemma3TextConfig" if name == "gemma3" else f"{parts['class']}Config"
    config = getattr(transformers, config_class)(
        **parts["config"],
        vocab_size=VOCABULARY,
        max_position_embeddings=64,
        bos_token_id=2,
        eos_token_id=1,
        pad_token_id=0,
        attn_implementation="eager",
    )
    base = getattr(transformers, f"{parts['class']}ForCausalLM")(config)
    divisors = rope_divisors(base, parts["config"]) if name == "llama3" else None
    lora = {"target_modules": PROJECTIONS, **parts.get("lora", {})}
    model = get_peft_model(base, LoraConfig(r=RANK, lora_alpha=ALPHA, lora_dropout=0.0, task_type="CAUSAL_LM", **lora))
    generator = torch.Generator().manual_seed(13)
    randomise(name, model, generator)
    model = model.double()

    rows = [torch.randint(0, VOCABULARY, (length,), generator=generator).tolist() for length in LENGTHS]
    # Each row on its own: transformers gives NaN for padding that is further from all tokens than Gemma's window.
    logits = []
    loss = 0
    for row, labels in zip(rows, LABELS):
        predicted = model(input_ids=torch.tensor([row])).logits[0, [label - 1 for label in labels]]
        logits.append(predicted)
        loss = loss + torch.nn.functional.cross_entropy(predicted, torch.tensor(row)[labels], reduction="sum")
    loss = loss / sum(map(len, LABELS))
    loss.backward()

    adapter, gradients = {}, {}
    for key, parameter in model.named_parameters():
        if parameter.requires_grad:
            key = key.replace(".default.", ".")
            adapter[key] = parameter.detach().numpy()
            gradients[f"gradient:{key}"] = parameter.grad.numpy()
    config.save_pretrained(folder)
    model.peft_config["default"].save_pretrained(folder)
    peft_file = folder / "adapter_config.json"
    peft_config = json.loads(peft_file.read_text())
    # A set, in no order of its own.
    peft_config["target_modules"].sort()
    peft_file.write_text(json.dumps(peft_config, indent=2) + "\n")
    save(folder / "adapter_model.safetensors", adapter)
    weights = {key.replace("base_layer.", ""): value for key, value in base.state_dict().items() if "lora_" not in key}
    if parts["config"]["tie_word_embeddings"]:
        weights.pop("lm_head.weight", None)
    save(folder / "model.safetensors", {key: value.numpy() for key, value in weights.items()})
    reference = {"logits": torch.cat(logits).detach().numpy(), **gradients}
    if divisors is not None:
        reference["rope_freqs.weight"] = divisors
    metadata = {
        "gguf": json.dumps(gguf_metadata(name, parts["config"])),
        "examples": json.dumps([{"tokens": row, "labels": labels} for row, labels in zip(rows, LABELS)]),
        "loss": repr(loss.item()),
        "versions": json.dumps({"torch": torch.__version__, "transformers": transformers.__version__}),
    }
    save(folder / "reference.safetensors", reference, metadata)
    print(folder.name, sum(path.stat().st_size for path in folder.iterdir()), "bytes, loss", loss.item())


for chosen in sys.argv[1:] or MODELS:
    dump(chosen)
