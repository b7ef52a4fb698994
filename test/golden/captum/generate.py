"""What Captum 0.9 gives through its LLM wrappers, class by class, and what torch draws for it.

Usage: python test/golden/captum/generate.py [draws|awkward|biography|smollm2]... [--smollm2 FILE.gguf|FILE.whl]
Needs requirements.txt beside this file and, for models, test/golden/requirements.txt. What the files hold: README.md of
test/golden. f32 on the CPU; `use_cached_outputs=False`, as the cached path is wrong with transformers 5."""

import argparse
import importlib.metadata
import pathlib
import sys

import torch
from captum.attr import (FeatureAblation, KernelShap, LayerGradientXActivation, LayerIntegratedGradients,
                         LLMAttribution, LLMGradientAttribution, Occlusion, ShapleyValues, ShapleyValueSampling,
                         TextTokenInput)

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]
from awkward import CASES as AWKWARD  # noqa: E402
from captum_values import IdTokenizer  # noqa: E402
from dequantized import load_float32  # noqa: E402
from numbers_json import numbers, write_json  # noqa: E402
from seed import PROMPT, TARGET  # noqa: E402

PACKAGES = ("captum", "numpy", "scikit-learn", "torch", "transformers")


class Explainer:
    """Captum's wrappers around one model, prompt and target."""

    def __init__(self, model, tokenizer, text: str, target: list[int]):
        self.model, self.tokenizer, self.text, self.target = model, tokenizer, text, torch.tensor(target)

    def input(self, baselines, skip) -> TextTokenInput:
        return TextTokenInput(self.text, self.tokenizer, baselines=baselines, skip_tokens=skip)

    def gradients(self, kind, skip=None, baselines=0, layer=None, **arguments) -> dict:
        module = self.model.get_input_embeddings() if layer is None else self.model.model.layers[layer]
        method = kind(self.model, module)
        result = LLMGradientAttribution(method, self.tokenizer).attribute(
            self.input(baselines, skip), target=self.target, **arguments)
        return self.values(result)

    @torch.no_grad()
    def perturbations(self, kind, skip=None, baselines=0, seed=None, attr_target="log_prob", **arguments) -> dict:
        wrapper = LLMAttribution(kind(self.model), self.tokenizer, attr_target=attr_target)
        given = self.input(baselines, skip)
        if seed is not None:
            torch.manual_seed(seed)
        return self.values(wrapper.attribute(given, target=self.target, use_cached_outputs=False, **arguments))

    @staticmethod
    def values(result) -> dict:
        token = None if result.token_attr is None else numbers(result.token_attr.float())
        return {"token": token, "sequence": numbers(result.seq_attr.float())}


def every_class(explain: Explainer, skip: list[int], skip_most: list[int], baselines: int) -> dict:
    """`skip` are tokens to leave out, `skip_most` leaves a few over for ShapleyValues, which takes N! orders."""
    return {
        "LayerIntegratedGradients": explain.gradients(LayerIntegratedGradients),
        "LayerIntegratedGradients skip_tokens baselines": explain.gradients(
            LayerIntegratedGradients, skip, baselines, n_steps=20, method="riemann_trapezoid"),
        "LayerGradientXActivation": explain.gradients(LayerGradientXActivation),
        "LayerGradientXActivation skip_tokens": explain.gradients(LayerGradientXActivation, skip),
        "LayerIntegratedGradients layers[1]": explain.gradients(LayerIntegratedGradients, layer=1, n_steps=20),
        "LayerGradientXActivation layers[1]": explain.gradients(LayerGradientXActivation, layer=1),
        "FeatureAblation": explain.perturbations(FeatureAblation),
        "FeatureAblation forward_in_tokens=False": explain.perturbations(FeatureAblation, forward_in_tokens=False),
        "FeatureAblation skip_tokens baselines": explain.perturbations(FeatureAblation, skip, baselines),
        "FeatureAblation prob": explain.perturbations(FeatureAblation, attr_target="prob"),
        "Occlusion": explain.perturbations(Occlusion, sliding_window_shapes=(3,), strides=2),
        "ShapleyValues skip_tokens": explain.perturbations(ShapleyValues, skip_most),
        "ShapleyValueSampling": explain.perturbations(ShapleyValueSampling, seed=0),
        "KernelShap": explain.perturbations(KernelShap, seed=0),
        "KernelShap n_samples": explain.perturbations(KernelShap, seed=5, n_samples=200),
        "KernelShap n_samples below the units": explain.perturbations(KernelShap, seed=2, n_samples=8),
    }


def draws() -> None:
    """Each list is what one generator gives in a row."""
    def drawn(seed, draw, times):
        torch.manual_seed(seed)
        return [draw() for _ in range(times)]
    weights = torch.tensor([0.0, 0.3, 0.2, 0.1, 0.25, 0.15])
    write("draws", {
        "permutations": {str(n): drawn(3, lambda: torch.randperm(n).tolist(), 4) for n in (1, 2, 11, 700)},
        "normals": {str(n): drawn(7, lambda: numbers(torch.randn(1, n)[0]), 3) for n in (5, 15, 16, 19, 40)},
        "choices": {"weights": numbers(weights),
                    "drawn": drawn(9, lambda: int(torch.multinomial(weights[None], 1, True)), 200)},
        "mixed": drawn(4294967295, lambda: [int(torch.multinomial(weights[None], 1, True)), torch.randperm(5).tolist(),
                                            numbers(torch.randn(1, 3)[0])], 6)})


def awkward() -> None:
    prompt, target = AWKWARD["odd"]
    text = " ".join(map(str, prompt))
    cases = {}
    for weights in ("f32", "nf4"):
        explain = Explainer(load_float32(HERE.parent / "awkward" / weights), IdTokenizer(), text, target)
        cases[weights] = every_class(explain, [5, 0], [202, 5, 0, 64, 178, 29], 57)
    write("awkward", {"prompt": prompt, "target": target, "skip": [5, 0], "skipMost": [202, 5, 0, 64, 178, 29],
                      "baseline": 57, "cases": cases})


def biography() -> None:
    from transformers import AutoTokenizer
    directory = HERE.parents[2] / "experiments" / "models" / "biography"
    tokenizer, model = AutoTokenizer.from_pretrained(directory), load_float32(directory)
    prompt, target = tokenizer.encode(PROMPT), tokenizer.encode(TARGET, add_special_tokens=False)
    skip = sorted({i for i in prompt if tokenizer.decode(i).strip() in (".", ",")})
    skip_most = sorted(set(prompt) - {prompt[0], *prompt[4:6], prompt[7]})
    explain = Explainer(model, tokenizer, PROMPT, target)
    write("biography", {"promptText": PROMPT, "targetText": TARGET, "prompt": prompt, "target": target, "skip": skip,
                        "skipMost": skip_most, "baseline": 3,
                        "cases": {"biography": every_class(explain, skip, skip_most, 3)}})


def smollm2(given: pathlib.Path | None) -> None:
    """Integrated gradients and ablation are in ../smollm2."""
    import smollm2 as values
    model, tokenizer = values.load(values.locate(given))
    prompt, target = tokenizer.encode(PROMPT), tokenizer.encode(TARGET, add_special_tokens=False)
    skip_most = sorted(set(prompt) - {prompt[0], prompt[4], prompt[5], prompt[7]})
    explain = Explainer(model, tokenizer, PROMPT, target)
    at_once = {"forward_in_tokens": False}
    write("smollm2", {"promptText": PROMPT, "targetText": TARGET, "prompt": prompt, "target": target,
                      "skipMost": skip_most, "cases": {"nf4": {
                          "LayerGradientXActivation": explain.gradients(LayerGradientXActivation),
                          "ShapleyValues skip_tokens": explain.perturbations(ShapleyValues, skip_most, **at_once),
                          "ShapleyValueSampling": explain.perturbations(ShapleyValueSampling, seed=0, n_samples=2, **at_once),
                          "KernelShap": explain.perturbations(KernelShap, seed=0, **at_once)}}})


def write(name: str, values: dict) -> None:
    versions = {package: importlib.metadata.version(package) for package in PACKAGES}
    write_json(HERE / f"{name}.json", {"schema": f"whence.golden.captum.{name}/1", "versions": versions} | values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", default=[], metavar="draws|awkward|biography|smollm2")
    parser.add_argument("--smollm2", type=pathlib.Path, default=None, help="the GGUF or the wheel around it")
    options = parser.parse_args()
    makers = {"draws": draws, "awkward": awkward, "biography": biography, "smollm2": lambda: smollm2(options.smollm2)}
    for name in options.targets or makers:
        print(f"== {name}", file=sys.stderr, flush=True)
        makers[name]()


if __name__ == "__main__":
    main()
