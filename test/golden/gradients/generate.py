"""What PyTorch and Captum say of gradients at the prompt and inside the model: python test/golden/gradients/generate.py

Captum's Saliency, InputXGradient, LayerGradientXActivation and LayerIntegratedGradients on the f64 function of the awkward and
the embedded model, and what Captum does not have (a moving prefix, paths of single tokens) by autograd. Needs
test/golden/requirements.txt. Rows are the prompt's L tokens and the target's first T − 1: S = L + T − 1."""

import importlib.metadata
import pathlib
import sys

import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]
from awkward import CASES as AWKWARD  # noqa: E402
from biography import CASES as BIOGRAPHY  # noqa: E402
from captum.attr import InputXGradient, LayerGradientXActivation, LayerIntegratedGradients, Saliency  # noqa: E402
from dequantized import load_float32  # noqa: E402
from float64 import as_float64  # noqa: E402
from numbers_json import numbers, write_json  # noqa: E402
from seed import agree  # noqa: E402
from shared_path import baseline_row, gauss_legendre, target_log_probs  # noqa: E402
from transformers import AutoTokenizer  # noqa: E402

PACKAGES = ("captum", "torch", "transformers")
STEPS = 10
EMBEDDED = HERE.parents[2] / "experiments" / "models" / "biography"


class Explained:
    """The scores of one target as a function of embeddings, of ids, and of what a block reads."""

    def __init__(self, model, prompt: list[int], target: list[int]):
        self.model, self.rows, self.targets = model, len(prompt), torch.tensor(target)
        self.ids = torch.tensor([prompt + target[:-1]])
        # Captum's layer methods need a graph from the ids on.
        self.weight = model.get_input_embeddings().requires_grad_(True).weight.detach()
        self.real = self.weight[self.ids[0]]  # [S, D]

    def of_embeddings(self, x: torch.Tensor) -> torch.Tensor:
        """[n, S, D] → [n, T]"""
        return target_log_probs(self.model, x, self.rows, self.targets)

    def of_ids(self, ids: torch.Tensor) -> torch.Tensor:
        """[n, S] → [n, T]"""
        scores = self.model(input_ids=ids, use_cache=False).logits[:, self.rows - 1 :].log_softmax(-1)
        return scores.gather(-1, self.targets.expand(len(ids), -1)[..., None])[..., 0]

    def stream(self, ids: torch.Tensor, layer: int) -> torch.Tensor:
        """What block `layer` reads, [n, S, D]"""
        with torch.no_grad():
            return self.model.model(input_ids=ids, use_cache=False, output_hidden_states=True).hidden_states[layer]

    def from_layer(self, h: torch.Tensor, layer: int) -> torch.Tensor:
        """[n, S, D] in the place of what block `layer` reads → [n, T]"""
        hook = self.model.model.layers[layer].register_forward_pre_hook(lambda _, args: (h, *args[1:]))
        try:
            return self.of_ids(self.ids.expand(len(h), -1))
        finally:
            hook.remove()

    def gradients(self, x: torch.Tensor, layer: int) -> torch.Tensor:
        """∂φ_t/∂x of one point [S, D], [T, S, D]"""
        x = x[None].clone().requires_grad_(True)
        scores = self.of_embeddings(x) if layer == 0 else self.from_layer(x, layer)
        return torch.stack([torch.autograd.grad(s, x, retain_graph=True)[0][0] for s in scores[0]])


def norms(one: Explained, layer: int) -> dict:
    """`token` [T][L] and `sequence` [L] of each norm"""
    x = one.real if layer == 0 else one.stream(one.ids, layer)[0]
    each = one.gradients(x, layer)[:, : one.rows]
    if layer == 0:
        captum = torch.stack([Saliency(one.of_embeddings).attribute(x[None], target=t, abs=False)[0]
                              for t in range(len(one.targets))])
        agree("Saliency Captum : autograd", captum[:, : one.rows], each, 1e-12)
    both = {"token": each, "sequence": each.sum(0)}
    of = {"sum": lambda g: g.sum(-1), "l1": lambda g: g.abs().sum(-1), "l2": lambda g: g.norm(dim=-1)}
    return {name: {key: numbers(f(value)) for key, value in both.items()} for name, f in of.items()}


def input_x_gradient(one: Explained, layer: int) -> list:
    """[T][L]"""
    count = range(len(one.targets))
    if layer == 0:
        rows = [InputXGradient(one.of_embeddings).attribute(one.real[None], target=t)[0] for t in count]
    else:
        method = LayerGradientXActivation(one.of_ids, one.model.model.layers[layer])
        rows = [method.attribute(one.ids, target=t, attribute_to_layer_input=True)[0] for t in count]
    return numbers(torch.stack(rows).sum(-1)[:, : one.rows].detach())


def along(one: Explained, start: torch.Tensor, end: torch.Tensor, layer: int) -> torch.Tensor:
    """Σ_k w_k (end − start)·∂φ_t/∂x of 10 Gauss–Legendre points, [T, S]"""
    total = torch.zeros(len(one.targets), len(end), dtype=torch.float64)
    for alpha, weight in zip(*gauss_legendre(STEPS)):
        total += weight * ((end - start) * one.gradients(start + alpha * (end - start), layer)).sum(-1)
    return total


def layer_integrated_gradients(one: Explained, layer: int) -> list:
    """[T][S], Captum's, from prompt tokens 0 with the prefix's tokens as they are"""
    method = LayerIntegratedGradients(one.of_ids, one.model.model.layers[layer])
    baseline = one.ids.clone()
    baseline[:, : one.rows] = 0
    captum = torch.stack([
        method.attribute(one.ids, baselines=baseline, target=t, n_steps=STEPS, method="gausslegendre",
                         attribute_to_layer_input=True)[0].sum(-1).detach() for t in range(len(one.targets))])
    ours = along(one, one.stream(baseline, layer)[0], one.stream(one.ids, layer)[0], layer)
    agree(f"LayerIntegratedGradients {layer} Captum : autograd", captum, ours, 1e-6)
    return numbers(ours)


def interpolated_prefix(one: Explained, baseline: str, layer: int) -> list:
    """[T][S], every row from the baseline's"""
    start = baseline_row(one.weight, baseline).expand(len(one.real), -1)
    if layer == 0:
        return numbers(along(one, start, one.real, 0))
    with torch.no_grad():
        first = one.model.model(inputs_embeds=start[None], use_cache=False, output_hidden_states=True).hidden_states[layer][0]
    return numbers(along(one, first, one.stream(one.ids, layer)[0], layer))


def sequential(one: Explained, baseline: str) -> list:
    """[T][L]: each token's path moves it alone (Enguehard 2023)"""
    columns = []
    for i in range(one.rows):
        start = one.real.clone()
        start[i] = baseline_row(one.weight, baseline)
        columns.append(along(one, start, one.real, 0)[:, i])
    return numbers(torch.stack(columns, 1))


def case(name: str, model, prompt: list[int], target: list[int], layers: list[int]) -> dict:
    print(name, flush=True)
    one = Explained(model, prompt, target)
    every = [0, *layers]
    return {
        "name": name, "prompt": prompt, "target": target,
        "saliency": {str(k): norms(one, k) for k in every},
        "inputXGradient": {str(k): input_x_gradient(one, k) for k in every},
        "layerIntegratedGradients": {str(k): layer_integrated_gradients(one, k) for k in layers},
        "interpolatedPrefix": [{"baseline": b, "layer": k, "token": interpolated_prefix(one, b, k)}
                               for b, k in (("mean", 0), ("token:0", layers[-1]))],
        "sequential": {"token:0": sequential(one, "token:0")},
    }


def main() -> None:
    torch.manual_seed(0)
    awkward = as_float64(load_float32(HERE.parent / "awkward" / "f32"))
    embedded = as_float64(load_float32(EMBEDDED))
    tokenizer = AutoTokenizer.from_pretrained(EMBEDDED)
    text, continuation = BIOGRAPHY["seed"]
    few = tokenizer.encode(continuation, add_special_tokens=False)[:4]
    last = embedded.config.num_hidden_layers - 1
    cases = {
        "awkward/f32": [case(name, awkward, *AWKWARD[name], [1, 2]) for name in ("odd", "single")],
        "biography": [case("seed", embedded, tokenizer.encode(text), few, [1, last])],
    }
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    write_json(HERE / "expected.json", {"schema": "whence.golden.gradients/1", "versions": versions, "steps": STEPS,
                                        "cases": cases})


if __name__ == "__main__":
    main()
