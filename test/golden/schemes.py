"""Tokens that are taken away while the others keep their positions: `delete-in-place` by position ids of the tokens that are
left, `mask-attention` by an attention mask over all of them, in PyTorch's f64. Each is held against transformers' own f32
attention with the same position ids and mask."""

import pathlib

import torch
from awkward import CASES as AWKWARD
from biography import CASES as BIOGRAPHY
from dequantized import load_float32
from float64 import as_float64
from numbers_json import numbers, versions, write_json
from seed import agree
from transformers import AttentionInterface, AutoTokenizer
from transformers.models.qwen2.modeling_qwen2 import repeat_kv

COALITIONS = 10  # random ones, beside the ends
HERE = pathlib.Path(__file__).resolve().parent
BIOGRAPHY_DIRECTORY = HERE.parents[1] / "experiments" / "models" / "biography"


def masked_attention(module, query, key, value, attention_mask, scaling, **_):
    """query [B, H, S, Dh], key and value [B, K, S, Dh], mask [1, 1, S, S] of 0 and −∞ → [B, S, H, Dh]"""
    key, value = (repeat_kv(x, module.num_key_value_groups) for x in (key, value))
    weight = torch.softmax(torch.matmul(query, key.transpose(2, 3)) * scaling + attention_mask, dim=-1)
    return torch.matmul(weight, value).transpose(1, 2).contiguous(), weight


AttentionInterface.register("whence_f64_masked", masked_attention)


@torch.no_grad()
def log_probs(model, ids, positions, hidden, first, target) -> torch.Tensor:
    """[T] after the row `first`; nobody but themselves sees the rows `hidden`."""
    visible = torch.ones(len(ids), len(ids), dtype=torch.bool).tril()
    visible[:, hidden] = False
    visible.fill_diagonal_(True)
    x = model.get_input_embeddings().weight[torch.tensor(ids)][None]
    mask = torch.zeros_like(visible, dtype=x.dtype).masked_fill(~visible, float("-inf"))[None, None]
    rows = model.model(inputs_embeds=x, attention_mask=mask, position_ids=torch.tensor(positions)[None], use_cache=False)
    logits = model.lm_head(rows.last_hidden_state[0, first:])
    return logits.log_softmax(-1).gather(-1, torch.tensor(target)[:, None])[:, 0]


def delete_in_place(model, prompt, target, kept) -> torch.Tensor:
    """[T]; the tokens that are left, and the target, at the positions that they have in the whole sequence."""
    left = [i for i in range(len(prompt)) if kept[i]]
    positions = left + list(range(len(prompt), len(prompt) + len(target) - 1))
    return log_probs(model, [prompt[i] for i in left] + target[:-1], positions, [], len(left) - 1, target)


def mask_attention(model, prompt, target, kept) -> torch.Tensor:
    """[T]; all tokens stay."""
    ids = prompt + target[:-1]
    hidden = [i for i in range(len(prompt)) if not kept[i]]
    return log_probs(model, ids, list(range(len(ids))), hidden, len(prompt) - 1, target)


SCHEMES = {"delete-in-place": delete_in_place, "mask-attention": mask_attention}


def scheme_values(scheme: str, model, model64, prompt, target) -> dict:
    score, length = SCHEMES[scheme], len(prompt)
    random = torch.Generator().manual_seed(20260923)
    drawn = torch.randint(0, 2, (COALITIONS, length), generator=random)
    whole = torch.ones(1, length, dtype=drawn.dtype)
    masks = torch.cat([whole, whole - torch.eye(length, dtype=drawn.dtype), drawn, 0 * whole])
    kept = [mask for mask in masks.tolist() if scheme == "mask-attention" or any(mask)]
    scores = torch.stack([score(model64, prompt, target, mask) for mask in kept])
    f32 = torch.stack([score(model, prompt, target, mask) for mask in kept])
    agree(f"{scheme} transformers' f32 : f64", f32, scores, 1e-4)
    return {"kept": kept, "scores": numbers(scores)}


def case(name: str, model, prompt, target) -> dict:
    model64 = as_float64(model)
    model64.config._attn_implementation = "whence_f64_masked"
    return {"name": name, "prompt": prompt, "target": target,
            "schemes": {scheme: scheme_values(scheme, model, model64, prompt, target) for scheme in SCHEMES}}


def main(file: pathlib.Path) -> None:
    models = {}
    for weights in ("f32", "nf4"):
        model = load_float32(HERE / "awkward" / weights)
        models[weights] = [case(name, model, *AWKWARD[name]) for name in AWKWARD]
    tokenizer, model = AutoTokenizer.from_pretrained(BIOGRAPHY_DIRECTORY), load_float32(BIOGRAPHY_DIRECTORY)
    text, continuation = BIOGRAPHY["seed"]
    target = tokenizer.encode(continuation, add_special_tokens=False)
    models["biography"] = [case("seed", model, tokenizer.encode(text), target)]
    write_json(file, {"schema": "whence.golden.schemes/1", "versions": versions(), "models": models})
