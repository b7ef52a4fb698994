"""Which weights changed the score: python test/golden/weights/generate.py

The awkward model in f64, its linear layers on the way from their values to bitsandbytes' NF4 of them. Autograd gives the
derivative of Σ_t log p_t by every weight; its product with the change, at 20 Gauss–Legendre points, is each matrix's share,
and of query, key and value matrices each head's. Needs test/golden/requirements.txt."""

import importlib.metadata
import pathlib
import sys

import bitsandbytes.functional as bnb
import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]
from awkward import CASES  # noqa: E402
from dequantized import load_float32  # noqa: E402
from float64 import as_float64  # noqa: E402
from numbers_json import numbers, write_json  # noqa: E402
from seed import agree  # noqa: E402
from shared_path import gauss_legendre  # noqa: E402

STEPS = 20
HEADS = {"q_proj": "num_attention_heads", "k_proj": "num_key_value_heads", "v_proj": "num_key_value_heads"}


def nf4(weight):
    codes, state = bnb.quantize_4bit(weight.float().contiguous(), blocksize=64, quant_type="nf4")
    return bnb.dequantize_4bit(codes, state).reshape(weight.shape).to(weight.dtype)


def main():
    model = as_float64(load_float32(HERE.parent / "awkward" / "f32"))
    prompt, target = CASES["odd"]
    ids, targets = torch.tensor([prompt + target[:-1]]), torch.tensor(target)
    first = {name: p.detach() for name, p in model.named_parameters()}
    linear = [name for name in first if "_proj.weight" in name]
    change = {name: nf4(first[name]) - first[name] for name in linear}

    def scores(alpha, moved=None):
        weights = dict(first) | (moved or {name: first[name] + alpha * change[name] for name in linear})
        logits = torch.func.functional_call(model, weights, (), {"input_ids": ids, "use_cache": False}).logits[0]
        return logits[len(prompt) - 1 :].log_softmax(-1).gather(-1, targets[:, None])[:, 0]

    shares = {name: torch.zeros(len(change[name]), dtype=torch.float64) for name in linear}
    for alpha, weight in zip(*gauss_legendre(STEPS)):
        moved = {name: (first[name] + alpha * change[name]).requires_grad_(True) for name in linear}
        gradients = torch.autograd.grad(scores(alpha, moved).sum(), list(moved.values()))
        for name, gradient in zip(moved, gradients):
            shares[name] += weight * (gradient * change[name]).sum(-1)
    with torch.no_grad():
        ends = [scores(0.0), scores(1.0)]
    agree("Σ shares : change of the score", sum(s.sum() for s in shares.values()), (ends[1] - ends[0]).sum(), 1e-8)

    def parts(name):
        heads = next((getattr(model.config, count) for part, count in HEADS.items() if part in name), 1)
        return numbers(shares[name].reshape(heads, -1).sum(-1))

    write_json(HERE / "awkward.json", {
        "versions": {name: importlib.metadata.version(name) for name in ("bitsandbytes", "torch", "transformers")},
        "prompt": prompt, "target": target, "gaussLegendre": STEPS, "first": numbers(ends[0]), "other": numbers(ends[1]),
        "shares": {name.removeprefix("model.").removesuffix(".weight"): parts(name) for name in linear}})


if __name__ == "__main__":
    main()
