"""Plain values of a model on one prompt and target: logits, log-probs, ablations, greedy generation."""

import torch
from numbers_json import numbers
from shared_path import baseline_row, target_log_probs, target_logits


def embedded(model, ids: list[int]) -> torch.Tensor:
    """[S] → [1, S, D]"""
    return model.get_input_embeddings().weight[torch.tensor(ids)][None]


@torch.no_grad()
def logits(model, prompt, target) -> torch.Tensor:
    """[T, V]"""
    return target_logits(model, embedded(model, prompt + target[:-1]), len(prompt))[0]


@torch.no_grad()
def log_probs(model, prompt, target) -> torch.Tensor:
    """[T]"""
    return target_log_probs(model, embedded(model, prompt + target[:-1]), len(prompt), torch.tensor(target))[0]


def input_gradient(model, prompt, target) -> torch.Tensor:
    """∂ Σ_t log p(y_t) / ∂ e at the real embeddings, [S, D]"""
    x = embedded(model, prompt + target[:-1]).requires_grad_(True)
    return torch.autograd.grad(target_log_probs(model, x, len(prompt), torch.tensor(target)).sum(), x)[0][0]


@torch.no_grad()
def replace_ablation(model, prompt, target, baseline: str) -> torch.Tensor:
    """F_t(x) − F_t(x with the embedding of token i replaced by the baseline), [T, L]"""
    row, columns = baseline_row(model.get_input_embeddings().weight, baseline), []
    full = log_probs(model, prompt, target)
    for i in range(len(prompt)):
        x = embedded(model, prompt + target[:-1]).clone()
        x[0, i] = row
        columns.append(full - target_log_probs(model, x, len(prompt), torch.tensor(target))[0])
    return torch.stack(columns, 1)


@torch.no_grad()
def delete_ablation(model, prompt, target) -> torch.Tensor:
    """F_t(x) − F_t(x without token i, later tokens moved up), [T, L]; needs L ≥ 2"""
    full = log_probs(model, prompt, target)
    return torch.stack([full - log_probs(model, prompt[:i] + prompt[i + 1 :], target) for i in range(len(prompt))], 1)


@torch.no_grad()
def greedy(model, prompt, count: int) -> dict:
    """transformers' own generate; `margin` is how far the winner was ahead in logits, so that a test knows a near tie.
    `ids` ends with an end-of-sequence token where one came."""
    ids = torch.tensor([prompt])
    out = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=count, do_sample=False,
                         output_logits=True, return_dict_in_generate=True,
                         pad_token_id=model.config.pad_token_id or 0)
    top = torch.cat(out.logits).topk(2, -1).values
    return {"ids": out.sequences[0, len(prompt) :].tolist(), "margin": numbers((top[:, 0] - top[:, 1]).float())}
