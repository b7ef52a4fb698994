"""What passes through each head and MLP of the awkward model: python test/golden/conductance/generate.py

Captum's LayerConductance on the f64 function, and the same by autograd: cotangent times tangent at Gauss–Legendre points.
Captum multiplies gradients with differences of activations between neighbouring points, so that it comes near to the latter
with many points only; the script fails if it does not. Needs test/golden/requirements.txt. Rows are S = L + T − 1."""

import importlib.metadata
import pathlib
import sys

import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]
from awkward import CASES  # noqa: E402
from captum.attr import LayerConductance  # noqa: E402
from dequantized import load_float32  # noqa: E402
from float64 import as_float64  # noqa: E402
from numbers_json import numbers, write_json  # noqa: E402
from seed import agree  # noqa: E402
from shared_path import baseline_row, gauss_legendre, target_log_probs  # noqa: E402

STEPS = 20
CAPTUM_STEPS = 4000


def parts(model):
    """Modules whose input (heads) or output (MLP) is a part of the network, two of each layer."""
    return [part for layer in model.model.layers for part in ((layer.self_attn.o_proj, True), (layer.mlp, False))]


def watched(model, x, targets, rows):
    """The score [] at one point x [S, D], and the values of all parts, each [S, ..]."""
    seen = []
    hooks = [module.register_forward_hook(lambda _, args, out, first=first: seen.append(args[0] if first else out))
             for module, first in parts(model)]
    try:
        return target_log_probs(model, x[None], rows, targets)[0].sum(), seen
    finally:
        for hook in hooks:
            hook.remove()


def conductance(model, start, end, targets, rows, steps):
    """[parts] of [S, width]"""
    nodes, weights = gauss_legendre(steps)
    total = None
    for alpha, weight in zip(nodes, weights):
        point = start + alpha * (end - start)
        tangents = torch.func.jvp(lambda x: tuple(watched(model, x, targets, rows)[1]), (point,), (end - start,))[1]
        x = point.clone().requires_grad_(True)
        score, values = watched(model, x, targets, rows)
        products = [weight * (g * t)[0] for g, t in zip(torch.autograd.grad(score, values), tangents)]
        total = products if total is None else [a + b for a, b in zip(total, products)]
    return total


def by_head(values, heads):
    """[S, H Dh] → [H, S]"""
    return values.reshape(len(values), heads, -1).sum(-1).T


def main():
    model = as_float64(load_float32(HERE.parent / "awkward" / "f32"))
    prompt, target = CASES["odd"]
    rows, targets = len(prompt), torch.tensor(target)
    weight = model.get_input_embeddings().weight.detach()
    end = weight[torch.tensor(prompt + target[:-1])]
    start = end.clone()
    start[1:rows] = baseline_row(weight, "mean")
    converged = conductance(model, start, end, targets, rows, 200)
    for (module, first), ours in zip(parts(model), converged):
        score = lambda x: target_log_probs(model, x, rows, targets).sum(-1)  # noqa: E731
        captum = LayerConductance(score, module).attribute(
            end[None], baselines=start[None], n_steps=CAPTUM_STEPS, method="riemann_middle", internal_batch_size=200,
            attribute_to_layer_input=first)
        captum = (captum[0] if isinstance(captum, tuple) else captum)[0].detach()
        agree("LayerConductance Captum : autograd", captum, ours.detach(), 8e-3)
    exact = conductance(model, start, end, targets, rows, STEPS)
    heads = model.config.num_attention_heads
    layers = [{"heads": numbers(by_head(a, heads)), "mlp": numbers(m.sum(-1))} for a, m in zip(exact[::2], exact[1::2])]
    write_json(HERE / "awkward.json", {
        "versions": {name: importlib.metadata.version(name) for name in ("captum", "torch", "transformers")},
        "prompt": prompt, "target": target, "frozen": 1, "baseline": "mean", "gaussLegendre": STEPS, "layers": layers})


if __name__ == "__main__":
    main()
