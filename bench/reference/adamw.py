"""Steps of torch.optim.AdamW with clipped gradients, into packages/trainer/test/fixtures/adamw.json.

    .bench/venv/bin/python bench/reference/adamw.py
"""

import json
from pathlib import Path

import torch

STEPS = 12
SIZE = 7
OPTIONS = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0.1}
MAX_NORM = 2.0

generator = torch.Generator().manual_seed(5)
values = torch.nn.Parameter(torch.randn(SIZE, generator=generator).double())
optimizer = torch.optim.AdamW(
    [values],
    betas=(OPTIONS["beta1"], OPTIONS["beta2"]),
    eps=OPTIONS["epsilon"],
    weight_decay=OPTIONS["weightDecay"],
)
initial = values.detach().tolist()
steps = []
for step in range(STEPS):
    # Small ones are not clipped; the first element's gradient is always zero, the second's tiny.
    gradient = torch.randn(SIZE, generator=generator) * (0.1 if step % 3 == 0 else 3)
    gradient[0] = 0
    gradient[1] *= 1e-6
    learning_rate = 0.05 / (1 + step)
    values.grad = gradient.double()
    norm = torch.nn.utils.clip_grad_norm_([values], MAX_NORM).item()
    optimizer.param_groups[0]["lr"] = learning_rate
    optimizer.step()
    steps.append(
        {
            "gradients": gradient.tolist(),
            "learningRate": learning_rate,
            "gradientNorm": norm,
            "values": values.detach().tolist(),
        }
    )

path = Path(__file__).parents[2] / "packages/trainer/test/fixtures/adamw.json"
fixture = {"torch": torch.__version__, "options": OPTIONS, "maxGradientNorm": MAX_NORM, "initial": initial, "steps": steps}
path.write_text(json.dumps(fixture, indent=1) + "\n")
