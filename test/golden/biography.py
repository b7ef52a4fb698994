"""The embedded model, experiments/models/biography: what its 4-bit function gives on two prompts of its own kind."""

import hashlib
import pathlib

import torch
from captum_values import feature_ablation, integrated_gradients
from dequantized import load_float32
from float64 import as_float64
from numbers_json import numbers, versions, write_json
from scores import delete_ablation, greedy, input_gradient, log_probs, replace_ablation
from seed import PROMPT, TARGET, agree
from shared_path import BASELINES, SharedPath, gauss_legendre
from transformers import AutoTokenizer

CASES = {
    "seed": (PROMPT, TARGET),
    "nora": (
        "Nora lives in Boulder, Colorado. She works as a dentist. She has a parrot. After work, she loves",
        " exploring caves, traveling to different countries, solving crosswords, and volunteering at community events.",
    ),
}
ALPHAS = (0.0, 0.25, 0.5, 0.75, 1.0)
NEW_TOKENS = 40


def path_values(model64, prompt, target, baseline: str, frozen: int) -> dict:
    path = SharedPath(model64, prompt, target, baseline, frozen)
    with torch.no_grad():
        phi = path.log_probs(path.at(ALPHAS))
    attribution = path.token_attribution(*gauss_legendre(50))
    return {"baseline": baseline, "frozen": list(range(frozen)), "alphas": list(ALPHAS), "phi": numbers(phi),
            "slope": numbers(path.slope(ALPHAS)), "gaussLegendre50": numbers(attribution)}


def case(name: str, model, model64, tokenizer) -> dict:
    text, target_text = CASES[name]
    prompt, target = tokenizer.encode(text), tokenizer.encode(target_text, add_special_tokens=False)
    f32, f64 = log_probs(model, prompt, target), log_probs(model64, prompt, target)
    agree("log-probs f32 : f64", f32, f64, 1e-4)
    attribution = integrated_gradients(model, tokenizer, text, prompt, target, "gausslegendre", 50)
    paths = [path_values(model64, prompt, target, b, 0) for b in BASELINES]
    paths.append(path_values(model64, prompt, target, "token:0", 1))
    agree("IG-50 Captum : shared forward", torch.tensor(attribution["token"]),
          torch.tensor(paths[2]["gaussLegendre50"]), 1e-3)
    ablation = feature_ablation(model, tokenizer, text, prompt, target)
    shared = replace_ablation(model64, prompt, target, "token:0")
    agree("ablation Captum : shared forward", torch.tensor(ablation["token"]), shared, 1e-4)
    generation = greedy(model, prompt, NEW_TOKENS)
    return {
        "name": name, "promptText": text, "targetText": target_text, "prompt": prompt, "target": target,
        "tokenizedTogether": tokenizer.encode(text + target_text),
        "logProbs": {"f32": numbers(f32), "f64": numbers(f64)},
        "inputGradient": numbers(input_gradient(model64, prompt, target).float()),
        "paths": paths,
        "ablation": {"token:0": numbers(shared), "zero": numbers(replace_ablation(model64, prompt, target, "zero")),
                     "delete": numbers(delete_ablation(model64, prompt, target))},
        "captum": {"integratedGradients": {"gausslegendre-50": attribution}, "featureAblation": ablation},
        "generation": generation | {"text": tokenizer.decode(generation["ids"])},
    }


def main(model_directory: pathlib.Path, directory: pathlib.Path) -> None:
    weights = model_directory / "model.safetensors"
    if not weights.exists():
        raise FileNotFoundError(f"Cannot freeze the embedded model as {weights} must exist: train it first")
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    model, tokenizer = load_float32(model_directory), AutoTokenizer.from_pretrained(model_directory)
    model64 = as_float64(model)
    cases = [case(name, model, model64, tokenizer) for name in CASES]
    write_json(directory / "expected.json", {"schema": "whence.golden.biography/1", "sha256": digest,
                                             "versions": versions(), "cases": cases})
