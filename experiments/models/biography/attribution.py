"""Integrated gradients and leave-one-out ablation in PyTorch: an implementation apart from Whence's own.

Both give A [T, L] in nats, how much each prompt token i raises log p of each chosen target token t, from one forward
over [prompt; target]; the target's own tokens keep their embeddings.
"""

import numpy as np
import torch
from transformers import Qwen2ForCausalLM


def log_probs(model: Qwen2ForCausalLM, embeddings: torch.Tensor, target: list[int], chosen: list[int]) -> torch.Tensor:
    """[B, L + T, D] -> [B, len(chosen)], log p of target[c] given all before it."""
    hidden = model.model(inputs_embeds=embeddings, use_cache=False).last_hidden_state
    length = embeddings.size(1) - len(target)
    rows = hidden[:, [length + c - 1 for c in chosen]]  # [B, C, D]
    ids = torch.tensor([target[c] for c in chosen])
    return model.lm_head(rows).log_softmax(-1).gather(-1, ids.expand(len(rows), -1)[..., None])[..., 0]


def baseline_row(model: Qwen2ForCausalLM, name: str) -> torch.Tensor:
    """[D]: `zero`, `mean` (of the embedding matrix) or `token:<id>`."""
    table = model.model.embed_tokens.weight
    if name == "zero":
        return torch.zeros_like(table[0])
    if name == "mean":
        return table.mean(0)
    return table[int(name.removeprefix("token:"))]


def integrated_gradients(
    model: Qwen2ForCausalLM, prompt: list[int], target: list[int], chosen: list[int], baseline: str, points: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """A [C, L] by Gauss-Legendre over all prompt tokens (the first like the others), and the change of F [C]."""
    nodes, weights = np.polynomial.legendre.leggauss(points)
    alpha = torch.tensor((nodes + 1) / 2, dtype=torch.float32)[:, None, None]
    weight = torch.tensor(weights / 2, dtype=torch.float32)[:, None, None]
    table = model.model.embed_tokens.weight
    real, after = table[prompt], table[target]  # [L, D], [T, D]
    start = baseline_row(model, baseline).expand_as(real)
    path = (start + alpha * (real - start)).requires_grad_(True)  # [B, L, D]
    scores = log_probs(model, torch.cat([path, after.expand(points, -1, -1)], 1), target, chosen)
    rows = []
    for column in range(len(chosen)):
        gradient = torch.autograd.grad(scores[:, column].sum(), path, retain_graph=column + 1 < len(chosen))[0]
        rows.append(((weight * gradient).sum(0) * (real - start)).sum(-1))
    with torch.no_grad():
        ends = torch.stack([torch.cat([real, after]), torch.cat([start, after])])
        ends = log_probs(model, ends, target, chosen)
    return torch.stack(rows), ends[0] - ends[1]


@torch.no_grad()
def leave_one_out(
    model: Qwen2ForCausalLM, prompt: list[int], target: list[int], chosen: list[int], scheme: str
) -> torch.Tensor:
    """A [C, L]: F(x) - F(x without token i); `delete` moves later tokens up, `token:<id>` puts that token there."""
    table = model.model.embed_tokens.weight
    if scheme == "delete":
        variants = [prompt[:i] + prompt[i + 1 :] for i in range(len(prompt))]
    else:
        token = int(scheme.removeprefix("token:"))
        variants = [prompt[:i] + [token] + prompt[i + 1 :] for i in range(len(prompt))]
    without = log_probs(model, table[torch.tensor([v + target for v in variants])], target, chosen)  # [L, C]
    whole = log_probs(model, table[torch.tensor([prompt + target])], target, chosen)  # [1, C]
    return (whole - without).T
