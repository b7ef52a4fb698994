"""Captum's DeepLift on networks of linear layers, sigmoids and tanhs, f64: python test/golden/rules/deep_lift.py

Weights, an input, a baseline, and the attribution [inputs] of each output. Needs test/golden/requirements.txt."""

import json
import pathlib
from importlib.metadata import version

import torch
from captum.attr import DeepLift

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = ("captum", "torch")
WIDTHS = (5, 7, 6, 2)


def network(activations: list[str]) -> torch.nn.Sequential:
    layers = []
    for i, (inner, outer) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        layers.append(torch.nn.Linear(inner, outer, dtype=torch.float64))
        torch.nn.init.normal_(layers[-1].weight, std=1.2)
        if i < len(activations):
            layers.append({"tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid}[activations[i]]())
    return torch.nn.Sequential(*layers)


def main() -> None:
    torch.manual_seed(3)
    cases = []
    for activations in (["tanh", "sigmoid"], ["sigmoid", "tanh"]):
        model = network(activations)
        # Multiples of 2^-10 are exact in f32, too.
        x, baseline = ((torch.randn(1, WIDTHS[0], dtype=torch.float64) * 1024).round() / 1024 for _ in range(2))
        found = [DeepLift(model).attribute(x, baseline, target=t)[0].tolist() for t in range(WIDTHS[-1])]
        change = (model(x) - model(baseline))[0]
        assert (torch.tensor(found, dtype=torch.float64).sum(1) - change).abs().max() < 1e-9
        linear = [layer for layer in model if isinstance(layer, torch.nn.Linear)]
        cases.append({
            "activations": activations,
            "layers": [{"weight": one.weight.tolist(), "bias": one.bias.tolist()} for one in linear],
            "input": x[0].tolist(),
            "baseline": baseline[0].tolist(),
            "attribution": found,
        })
    written = {"schema": "whence.golden.deep_lift/1", "versions": {n: version(n) for n in PACKAGES}, "cases": cases}
    (HERE / "deep_lift.json").write_text(json.dumps(written) + "\n")


if __name__ == "__main__":
    main()
