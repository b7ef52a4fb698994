"""Small Qwen2 directories in the quantized formats of Hugging Face, what every weight in them is in f32, and the model's
log-probs, in test/golden/quant/models/.

Called by quant.py; alone: python test/golden/quant_models.py. bitsandbytes packs its own; quant_int4.py packs for GPTQ and AWQ."""
import json
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import numpy as np
import torch
from dequantized import load_float32
from float64 import as_float64
from numbers_json import numbers
from quant import b64, sha, write_json
from quant_int4 import dequantize, order, pack
from safetensors.torch import save_file
from scores import log_probs
from transformers import AutoModelForCausalLM, BitsAndBytesConfig, Qwen2Config, Qwen2ForCausalLM

OUT = pathlib.Path(__file__).parent / "quant/models"
PROMPT, TARGET = [3, 41, 17, 8, 55, 8], [29, 2, 60, 13]
SKIPPED = ["lm_head", "model.layers.0.mlp.down_proj", "model.layers.0.self_attn.v_proj"]


def random_model():
    config = Qwen2Config(
        vocab_size=64, hidden_size=64, intermediate_size=128, num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=64, tie_word_embeddings=False, rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        bos_token_id=None, eos_token_id=1, pad_token_id=None)
    model = Qwen2ForCausalLM(config).float()
    random = torch.Generator().manual_seed(11)
    for name, p in sorted(model.named_parameters()):
        p.data = (1.0 if "norm" in name else 0.0) + 0.2 * torch.randn(p.shape, generator=random)
    return model.to(torch.float16)


def freeze(directory, model, formats):
    """What the directory's tensors are in f32; `formats` names those of the weights that are not dense."""
    tensors = {}
    for name, value in model.state_dict().items():
        tensors[name] = {"shape": list(value.shape), "format": formats.get(name, "F16"), "sha256": sha(value.float())}
        if value.dim() == 2:
            tensors[name]["row1"] = b64(value[1].float())
    scores = numbers(log_probs(as_float64(model), PROMPT, TARGET))
    return {"tensors": tensors, "prompt": PROMPT, "target": TARGET, "logProbs": scores}


def bitsandbytes(directory, kind, double, skipped):
    quantization = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type=kind, bnb_4bit_use_double_quant=double,
                                      bnb_4bit_compute_dtype=torch.float16, llm_int8_skip_modules=skipped)
    source = directory / "source"
    random_model().save_pretrained(source)
    model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float16, device_map="cpu", quantization_config=quantization)
    shutil.rmtree(source)
    model.save_pretrained(directory)
    formats = {f"{name}.weight": kind.upper() for name, module in model.named_modules() if type(module).__name__ == "Linear4bit"}
    assert not set(skipped or []) & {name.removesuffix(".weight") for name in formats}
    return freeze(directory, load_float32(directory), formats)


def int4(directory, kind, group_size, act, quantization):
    """The blocks' linear layers rounded to the nearest of 16 levels a group, everything else in f16."""
    model, random = random_model(), np.random.default_rng(13)
    tensors, formats, exact = {}, {}, {}
    for name, value in model.state_dict().items():
        if "layers" not in name or "norm" in name or value.dim() == 1:
            tensors[name] = value
            continue
        weight = value.float().numpy().T
        size = weight.shape[0] if group_size == -1 else group_size
        g_idx = order(weight.shape[0], size, act, random)
        groups = range(g_idx.max() + 1)
        low, high = (np.stack([pick(weight[g_idx == g], 0) for g in groups]) for pick in (np.min, np.max))
        scales = ((high - low) / 15).astype(np.float16)
        zeros = np.clip(np.round(-low / scales), 1, 15).astype(np.int64)
        if quantization.get("sym"):
            scales, zeros = (np.maximum(high, -low) / 7.5).astype(np.float16), np.full_like(zeros, 8)
        codes = np.clip(np.round(weight / scales[g_idx]) + zeros[g_idx], 0, 15).astype(np.int64)
        module = name.removesuffix(".weight")
        parts = pack(kind, codes, zeros, scales, g_idx)
        tensors |= {f"{module}.{part}": packed.contiguous() for part, packed in parts.items()}
        exact[name] = dequantize(parts, kind, size)
        formats[name] = quantization["quant_method"].upper()
    save_file(tensors, directory / "model.safetensors", metadata={"format": "pt"})
    config = model.config.to_dict() | {"architectures": ["Qwen2ForCausalLM"], "dtype": "float16"}
    stated = {"bits": 4, "group_size": group_size, **quantization}
    (directory / "config.json").write_text(json.dumps(config | {"quantization_config": stated}, indent=2) + "\n")
    model = model.float()
    model.load_state_dict(model.state_dict() | exact)
    return freeze(directory, model, formats)


MODELS = {
    "gptq": lambda directory: int4(directory, "gptq", 32, False, {"quant_method": "gptq", "desc_act": False, "sym": True}),
    "gptq_v2": lambda directory: int4(directory, "gptq_v2", 64, True, {
        "quant_method": "gptq", "checkpoint_format": "gptq_v2", "desc_act": True, "sym": False}),
    "awq": lambda directory: int4(directory, "awq", 32, False, {"quant_method": "awq", "version": "gemm", "zero_point": True}),
    "fp4": lambda directory: bitsandbytes(directory, "fp4", False, None),
    "fp4dq": lambda directory: bitsandbytes(directory, "fp4", True, None),
    "skip": lambda directory: bitsandbytes(directory, "nf4", False, SKIPPED),
}


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    expected = {}
    for name, make in MODELS.items():
        (OUT / name).mkdir(parents=True)
        expected[name] = make(OUT / name)
        for file in (OUT / name).iterdir():
            file.chmod(0o644)
            if file.name not in ("config.json", "model.safetensors"):
                file.unlink()
    write_json("models.json", expected)


if __name__ == "__main__":
    main()
