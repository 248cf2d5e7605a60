"""Loss, label logits and LoRA gradients of a tiny random llama, by PyTorch, transformers and PEFT, in double precision.

Writes packages/trainer/test/fixtures/tiny-llama-{tied,untied}.safetensors: weights and adapter in the layout of GGUF
files (query and key rows permuted for interleaved rotary embeddings), and, as metadata, sizes, token rows and the loss.

    .bench/venv/bin/python bench/reference/tiny-llama.py
"""

import json
from pathlib import Path

import numpy
import torch
from peft import LoraConfig, get_peft_model
from safetensors.numpy import save_file
from transformers import LlamaConfig, LlamaForCausalLM

FIXTURES = Path(__file__).parents[2] / "packages/trainer/test/fixtures"
PROJECTIONS = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
# heads * headSize differs from width, and no two sizes are equal, so that no transposed matrix fits by chance.
CONFIG = {
    "layers": 2,
    "width": 24,
    "feedForwardWidth": 44,
    "heads": 6,
    "keyHeads": 2,
    "headSize": 8,
    "vocabularySize": 61,
    "rmsNormEpsilon": 1e-5,
    "ropeBase": 10000.0,
    "contextLength": 64,
}
RANK = 3
ALPHA = 7.5
# Lengths and labels: a single label, labels in two spans, every token but the first, a label at the very end.
LENGTHS = [9, 14, 5, 11]
LABELS = [[8], [4, 5, 6, 11, 12, 13], [1, 2, 3, 4], [7, 8, 9, 10]]


def to_gguf_rows(tensor: numpy.ndarray, heads: int) -> numpy.ndarray:
    """Rows of each head from [first halves, second halves] to neighbouring pairs."""
    rows = tensor.shape[0]
    return tensor.reshape(heads, 2, rows // heads // 2, *tensor.shape[1:]).swapaxes(1, 2).reshape(tensor.shape)


def layout(projection: str, tensor: torch.Tensor) -> numpy.ndarray:
    array = tensor.detach().numpy()
    if projection == "attn_q":
        array = to_gguf_rows(array, CONFIG["heads"])
    elif projection == "attn_k":
        array = to_gguf_rows(array, CONFIG["keyHeads"])
    return array


def dump(tied: bool) -> None:
    torch.manual_seed(11 if tied else 12)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=CONFIG["vocabularySize"],
            hidden_size=CONFIG["width"],
            intermediate_size=CONFIG["feedForwardWidth"],
            num_hidden_layers=CONFIG["layers"],
            num_attention_heads=CONFIG["heads"],
            num_key_value_heads=CONFIG["keyHeads"],
            head_dim=CONFIG["headSize"],
            rms_norm_eps=CONFIG["rmsNormEpsilon"],
            rope_parameters={"rope_type": "default", "rope_theta": CONFIG["ropeBase"]},
            max_position_embeddings=CONFIG["contextLength"],
            tie_word_embeddings=tied,
            attn_implementation="eager",
        )
    )
    model = get_peft_model(
        model,
        LoraConfig(
            r=RANK,
            lora_alpha=ALPHA,
            lora_dropout=0.0,
            target_modules=[path.split(".")[1] for path in PROJECTIONS.values()],
            task_type="CAUSAL_LM",
        ),
    )
    generator = torch.Generator().manual_seed(13)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.dim() == 1:
                parameter.copy_(1 + 0.2 * noise)
            elif "embed_tokens" in name or "lm_head" in name:
                parameter.copy_(0.4 * noise)
            elif "lora_B" in name:
                parameter.copy_(0.3 * noise)
            else:
                parameter.copy_(noise / parameter.shape[1] ** 0.5)
    model = model.double()

    rows = [torch.randint(0, CONFIG["vocabularySize"], (length,), generator=generator).tolist() for length in LENGTHS]
    longest = max(LENGTHS)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    attention_mask = torch.zeros_like(ids)
    targets = torch.full_like(ids, -100)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = torch.tensor(row)
        attention_mask[index, : len(row)] = 1
        targets[index, LABELS[index]] = ids[index, LABELS[index]]
    result = model(input_ids=ids, attention_mask=attention_mask, labels=targets)
    result.loss.backward()

    llama = model.base_model.model
    tensors = {
        "token_embd.weight": llama.model.embed_tokens.weight.detach().numpy(),
        "output_norm.weight": llama.model.norm.weight.detach().numpy(),
    }
    if not tied:
        tensors["output.weight"] = llama.lm_head.weight.detach().numpy()
    for index, layer in enumerate(llama.model.layers):
        tensors[f"blk.{index}.attn_norm.weight"] = layer.input_layernorm.weight.detach().numpy()
        tensors[f"blk.{index}.ffn_norm.weight"] = layer.post_attention_layernorm.weight.detach().numpy()
        for projection, path in PROJECTIONS.items():
            module = layer.get_submodule(path)
            name = f"blk.{index}.{projection}"
            a, b = module.lora_A["default"].weight, module.lora_B["default"].weight
            tensors[f"{name}.weight"] = layout(projection, module.base_layer.weight)
            tensors[f"{name}.lora_a"] = a.detach().numpy()
            tensors[f"{name}.lora_b"] = layout(projection, b)
            tensors[f"gradient:{name}.lora_a"] = a.grad.numpy()
            tensors[f"gradient:{name}.lora_b"] = layout(projection, b.grad)
    logits = [result.logits[index, label - 1] for index, labels in enumerate(LABELS) for label in labels]
    tensors["logits"] = torch.stack(logits).detach().numpy()

    metadata = {
        "config": json.dumps({**CONFIG, "tiedHead": tied}),
        "lora": json.dumps({"rank": RANK, "alpha": ALPHA}),
        "examples": json.dumps([{"tokens": row, "labels": labels} for row, labels in zip(rows, LABELS)]),
        "loss": repr(result.loss.item()),
        "torch": torch.__version__,
    }
    path = FIXTURES / f"tiny-llama-{'tied' if tied else 'untied'}.safetensors"
    save_file({name: numpy.ascontiguousarray(array, dtype="float32") for name, array in tensors.items()}, path, metadata)
    print(path.name, path.stat().st_size, "bytes, loss", result.loss.item())


for tied in (True, False):
    dump(tied)
