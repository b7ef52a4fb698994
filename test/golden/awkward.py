"""A random Qwen2 with awkward sizes: 7 query heads to 1 kv head, head size 10, MLP width 45, vocabulary 203, untied
head; stored as f32 (two shards), bf16, f16, bitsandbytes NF4 and NF4 with double quantization."""

import json
import math
import pathlib
import shutil

import torch
from captum_values import RULES, IdTokenizer, feature_ablation, integrated_gradients
from dequantized import load_float32
from float64 import as_float64
from numbers_json import numbers, versions, write_json
from scores import delete_ablation, greedy, input_gradient, log_probs, logits, replace_ablation
from shared_path import BASELINES, SharedPath, gauss_legendre
from transformers import AutoModelForCausalLM, BitsAndBytesConfig, Qwen2Config, Qwen2ForCausalLM

SEED = 20260923
CASES = {
    # L = 11, T = 7: S = 17 rows; token 0 and a repeated token are in the prompt
    "odd": ([17, 202, 5, 91, 0, 133, 5, 64, 178, 29, 110], [88, 3, 157, 41, 196, 72, 9]),
    # one token explains one token
    "single": ([57], [131]),
}
ALPHAS = (0.0, 0.1, 0.25, 0.5, 0.9, 1.0)
NEW_TOKENS = 12
DETAILED = ("f32", "nf4")  # these also carry f32 logits and the input gradient; the others would repeat much of it


def random_model() -> Qwen2ForCausalLM:
    config = Qwen2Config(
        vocab_size=203, hidden_size=70, intermediate_size=45, num_hidden_layers=3, num_attention_heads=7,
        num_key_value_heads=1, max_position_embeddings=64, rms_norm_eps=1e-4, tie_word_embeddings=False,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0}, bos_token_id=None, eos_token_id=1, pad_token_id=None)
    model = Qwen2ForCausalLM(config).float()
    random = torch.Generator().manual_seed(SEED)
    for name, p in sorted(model.named_parameters()):
        mean, std = (1.0, 0.15) if "norm" in name else (0.0, 0.25 if "embed" in name or "lm_head" in name else 0.2)
        p.data = mean + std * torch.randn(p.shape, generator=random)
    return model


def save(directory: pathlib.Path) -> None:
    """All five directories. The 4-bit ones are what transformers writes after bitsandbytes quantized at load."""
    for name in ("f32", "bf16", "f16", "nf4", "nf4dq"):
        shutil.rmtree(directory / name, ignore_errors=True)
    model = random_model()
    model.save_pretrained(directory / "f32", max_shard_size="200KB")
    for name, dtype, double in (("nf4", torch.bfloat16, False), ("nf4dq", torch.float16, True)):
        quantization = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype,
                                          bnb_4bit_use_double_quant=double)
        AutoModelForCausalLM.from_pretrained(directory / "f32", dtype=dtype, device_map="cpu",
                                             quantization_config=quantization).save_pretrained(directory / name)
    model.to(torch.bfloat16).save_pretrained(directory / "bf16")
    as_transformers_4(directory / "bf16" / "config.json")
    random_model().to(torch.float16).save_pretrained(directory / "f16")


def as_transformers_4(file: pathlib.Path) -> None:
    """Rewrites a config under the keys of transformers 4, which most published checkpoints have."""
    config = json.loads(file.read_text())
    config |= {"rope_theta": config.pop("rope_parameters")["rope_theta"], "torch_dtype": config.pop("dtype")}
    del config["layer_types"]
    file.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def path_values(model64, prompt, target, baseline: str, frozen: int) -> dict:
    path = SharedPath(model64, prompt, target, baseline, frozen)
    with torch.no_grad():
        phi = path.log_probs(path.at(ALPHAS))
    attribution = path.token_attribution(*gauss_legendre(20))
    return {"baseline": baseline, "frozen": list(range(frozen)), "alphas": list(ALPHAS), "phi": numbers(phi),
            "slope": numbers(path.slope(ALPHAS)), "gaussLegendre20": numbers(attribution)}


def captum(model, prompt, target) -> dict:
    tokenizer, text = IdTokenizer(), " ".join(map(str, prompt))
    runs = [(rule, 20) for rule in RULES] + [("gausslegendre", 50)]
    return {"integratedGradients": {f"{rule}-{steps}": integrated_gradients(model, tokenizer, text, prompt, target, rule, steps)
                                    for rule, steps in runs},
            "featureAblation": feature_ablation(model, tokenizer, text, prompt, target)}


def case(name: str, model, model64, detailed: bool) -> dict:
    prompt, target = CASES[name]
    logits32 = logits(model, prompt, target)
    ours = {
        "name": name, "prompt": prompt, "target": target,
        "logits": {"f32": numbers(logits32) if detailed else None, "f64": numbers(logits(model64, prompt, target))},
        "logProbs": {"f32": numbers(log_probs(model, prompt, target)), "f64": numbers(log_probs(model64, prompt, target))},
        "inputGradient": numbers(input_gradient(model64, prompt, target)) if detailed else None,
        "paths": [path_values(model64, prompt, target, b, 0) for b in BASELINES]
        + ([path_values(model64, prompt, target, "token:0", 1)] if len(prompt) > 1 else []),
        "ablation": {"token:0": numbers(replace_ablation(model64, prompt, target, "token:0")),
                     "zero": numbers(replace_ablation(model64, prompt, target, "zero")),
                     "mean": numbers(replace_ablation(model64, prompt, target, "mean")),
                     "delete": numbers(delete_ablation(model64, prompt, target)) if len(prompt) > 1 else None},
        "captum": captum(model, prompt, target),
        "generation": greedy(model, prompt, NEW_TOKENS),
    }
    check(ours, logits32)
    return ours


def check(ours: dict, logits32: torch.Tensor) -> None:
    """The sources agree with each other where they define the same quantity, or nothing is frozen."""
    def close(a, b, tolerance, what):
        a, b = torch.tensor(a, dtype=torch.float64), torch.tensor(b, dtype=torch.float64)
        gap = ((a - b).abs().max() / b.abs().max()).item()
        print(f"  {ours['name']}: {what} {gap:.1e}", flush=True)
        if not gap <= tolerance or not math.isfinite(gap):
            raise ValueError(f"Cannot freeze {what} as the two sources must agree to {tolerance}: got {gap}")
    token0 = next(p for p in ours["paths"] if p["baseline"] == "token:0" and not p["frozen"])
    close(numbers(logits32), ours["logits"]["f64"], 1e-5, "logits f32 : f64")
    close(token0["phi"][-1], ours["logProbs"]["f64"], 1e-12, "path end : log-probs")
    close(ours["captum"]["integratedGradients"]["gausslegendre-20"]["token"], token0["gaussLegendre20"], 1e-3, "IG Captum : shared forward")
    close(ours["captum"]["featureAblation"]["token"], ours["ablation"]["token:0"], 1e-4, "ablation Captum : shared forward")


def main(directory: pathlib.Path) -> None:
    save(directory)
    for name in ("f32", "bf16", "f16", "nf4", "nf4dq"):
        print(name, flush=True)
        model = load_float32(directory / name)
        model64 = as_float64(model)
        write_json(directory / name / "expected.json", {
            "schema": "whence.golden.awkward/1", "weights": name, "seed": SEED, "versions": versions(),
            "cases": [case(c, model, model64, name in DETAILED) for c in CASES]})
