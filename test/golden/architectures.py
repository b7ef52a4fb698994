"""A small random checkpoint of every architecture with what transformers computes of it in f64, in
test/golden/architectures/; some also as GGUF, written as llama.cpp's converter names and orders them. And rope.json (rope.py).

Run: python test/golden/architectures.py"""

import json
import pathlib
import shutil

import gguf
import numpy as np
import rope
import torch
import torch.autograd.forward_ad as forward_ad
from dequantized import load_float32
from float64 import InFloat64, any_as_float64
from numbers_json import numbers, versions, write_json
from scores import greedy
from transformers import (AutoModelForCausalLM, BitsAndBytesConfig, Gemma2Config, Gemma3TextConfig, LlamaConfig, MistralConfig,
                          Qwen2Config, Qwen3Config)

OUT = pathlib.Path(__file__).parent / "architectures"
SEED = 20261123
# S = L + T - 1 = 14 rows, beyond every window below.
PROMPT, TARGET = [17, 2, 5, 41, 0, 33, 5, 14, 48, 29, 11], [38, 3, 7, 41]
NEW_TOKENS = 8
ALPHA = 0.5

COMMON = {"vocab_size": 53, "hidden_size": 36, "intermediate_size": 20, "num_hidden_layers": 3, "num_attention_heads": 4,
          "num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-4, "bos_token_id": None,
          "eos_token_id": None, "pad_token_id": None}
# Heads of 3 · 12 = D; any other size is apart from D / H.
THIRDS = {"num_attention_heads": 3, "num_key_value_heads": 1}
LLAMA3 = {"rope_type": "llama3", "rope_theta": 1000.0, "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 32}
YARN = {"rope_type": "yarn", "rope_theta": 1000.0, "factor": 2.0, "original_max_position_embeddings": 32, "beta_fast": 4.0}
GLOBAL = {"rope_type": "linear", "rope_theta": 5000.0, "factor": 2.0}
LOCAL = {"rope_type": "default", "rope_theta": 100.0}


def plain(theta: float) -> dict:
    return {"rope_type": "default", "rope_theta": theta}


# Configuration, storage, and the GGUF architecture where there is such a file.
MODELS = {
    "llama3": (LlamaConfig(**COMMON | THIRDS, tie_word_embeddings=True, rope_parameters=LLAMA3), torch.float16,
               gguf.MODEL_ARCH.LLAMA),
    "llama_dynamic": (LlamaConfig(**COMMON | THIRDS | {"max_position_embeddings": 9}, attention_bias=True,
                                  rope_parameters={"rope_type": "dynamic", "rope_theta": 1000.0, "factor": 3.0}), torch.float32, None),
    "qwen2_yarn": (Qwen2Config(**COMMON | THIRDS, use_sliding_window=True, sliding_window=5, max_window_layers=1,
                               rope_parameters=YARN), torch.bfloat16, None),
    "qwen3": (Qwen3Config(**COMMON, head_dim=10, rope_parameters=plain(1000.0)), torch.bfloat16, gguf.MODEL_ARCH.QWEN3),
    "mistral": (MistralConfig(**COMMON, head_dim=10, sliding_window=5, rope_parameters=plain(1000.0)), torch.float16,
                gguf.MODEL_ARCH.LLAMA),
    "gemma2": (Gemma2Config(**COMMON, head_dim=10, sliding_window=5, query_pre_attn_scalar=10, attn_logit_softcapping=2.0,
                            final_logit_softcapping=3.0, rope_parameters=plain(1000.0)), torch.bfloat16, gguf.MODEL_ARCH.GEMMA2),
    "gemma3": (Gemma3TextConfig(**COMMON, head_dim=12, sliding_window=6, query_pre_attn_scalar=12, sliding_window_pattern=3,
                                rope_parameters={"full_attention": GLOBAL, "sliding_attention": LOCAL}), torch.bfloat16,
               gguf.MODEL_ARCH.GEMMA3),
}
# Stored as transformers writes them after bitsandbytes quantized at load.
PACKED = {"qwen3_nf4": "qwen3"}
GGUF_NAMES = {gguf.MODEL_ARCH.LLAMA: "llama", gguf.MODEL_ARCH.QWEN3: "qwen3", gguf.MODEL_ARCH.GEMMA2: "gemma2",
              gguf.MODEL_ARCH.GEMMA3: "gemma3"}


def random_model(config):
    model = AutoModelForCausalLM.from_config(config).float()
    random = torch.Generator().manual_seed(SEED)
    for name, p in sorted(model.named_parameters()):
        gemma = config.model_type.startswith("gemma")
        mean, std = (0.0 if gemma else 1.0, 0.15) if "norm" in name else (0.0, 0.25)
        p.data = mean + std * torch.randn(p.shape, generator=random)
    return model


def pack(name: str, source: str) -> None:
    quantization = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16)
    AutoModelForCausalLM.from_pretrained(OUT / source, dtype=torch.bfloat16, device_map="cpu",
                                         quantization_config=quantization).save_pretrained(OUT / name)


def embed(model, ids) -> torch.Tensor:
    """[S] → [1, S, D], as the blocks get them."""
    return model.get_input_embeddings()(torch.tensor(ids))[None]


def logits(model, x: torch.Tensor, visible: torch.Tensor | None = None) -> torch.Tensor:
    """Prompt and target prefix [n, S, D], of which all rows or those that are visible [n, S] are attended to → [n, T, V].
    Nothing of other lengths may be left in a dynamic RoPE."""
    rotary = model.model.rotary_emb
    rotary.max_seq_len_cached = model.config.max_position_embeddings
    with InFloat64():
        return model(inputs_embeds=x, attention_mask=visible, use_cache=False).logits[:, -len(TARGET):]


def log_probs(model, x: torch.Tensor, visible: torch.Tensor | None = None) -> torch.Tensor:
    """→ [n, T]"""
    target = torch.tensor(TARGET).expand(len(x), -1)[..., None]
    return logits(model, x, visible).log_softmax(-1).gather(-1, target)[..., 0]


def path_values(model) -> dict:
    """At the middle of the path from zero: log-probs, their slopes, and each token's share of these, [T, L]."""
    end = embed(model, PROMPT + TARGET[:-1])
    step = end.clone()
    step[:, len(PROMPT):] = 0
    at = end - (1 - ALPHA) * step
    with forward_ad.dual_level():
        slope = forward_ad.unpack_dual(log_probs(model, forward_ad.make_dual(at, step))).tangent[0]
    x = at.clone().requires_grad_(True)
    score = log_probs(model, x)[0]
    rows = [(torch.autograd.grad(one, x, retain_graph=True)[0] * step).sum(-1)[0, : len(PROMPT)] for one in score]
    return {"alpha": ALPHA, "phi": numbers(score), "slope": numbers(slope), "token": numbers(torch.stack(rows))}


def ablations(model) -> dict:
    full = embed(model, PROMPT + TARGET[:-1])
    score = log_probs(model, full)[0]
    zero, delete, in_place = [], [], []
    for i in range(len(PROMPT)):
        x = full.clone()
        x[0, i] = 0
        zero.append(score - log_probs(model, x)[0])
        if i < len(PROMPT) - 1:
            # Whoever is attended to by nobody might as well be gone; the last token predicts.
            visible = torch.ones(full.shape[:2], dtype=torch.long)
            visible[0, i] = 0
            in_place.append(score - log_probs(model, full, visible)[0])
        delete.append(score - log_probs(model, torch.cat((full[:, :i], full[:, i + 1:]), 1))[0])
    return {"zero": numbers(torch.stack(zero, 1)), "delete": numbers(torch.stack(delete, 1)),
            "deleteInPlace": numbers(torch.stack(in_place, 1))}


def freeze(name: str) -> None:
    model = load_float32(OUT / name)
    exact = any_as_float64(model)
    x = embed(exact, PROMPT + TARGET[:-1])
    ours = logits(exact, x)[0]
    with torch.no_grad():
        theirs = model(input_ids=torch.tensor([PROMPT + TARGET[:-1]]), use_cache=False).logits[0, -len(TARGET):]
    gap = (ours - theirs).abs().max().item() / ours.abs().max().item()
    print(f"{name}: f32 : f64 {gap:.1e}", flush=True)
    if not gap < 1e-5:
        raise ValueError(f"Cannot freeze {name} as f32 and f64 must agree: got {gap}")
    leaf = x.detach().clone().requires_grad_(True)
    gradient = torch.autograd.grad(log_probs(exact, leaf).sum(), leaf)[0][0]
    write_json(OUT / name / "expected.json", {
        "schema": "whence.golden.architectures/1", "seed": SEED, "versions": versions(), "prompt": PROMPT, "target": TARGET,
        "logProbs": numbers(log_probs(exact, x)[0]), "inputGradient": numbers(gradient), "path": path_values(exact),
        "ablation": ablations(exact), "generation": greedy(model, PROMPT, NEW_TOKENS)})


def rotary_order(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """llama.cpp keeps the two halves that rotate together next to each other."""
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def write_gguf(name: str, architecture) -> None:
    model = AutoModelForCausalLM.from_pretrained(OUT / name, dtype=torch.float32)
    config, prefix = model.config, GGUF_NAMES[architecture]
    names = gguf.get_tensor_name_map(architecture, config.num_hidden_layers)
    writer = gguf.GGUFWriter(OUT / name / "model.gguf", prefix)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    add_rope(writer, config)
    if name in ("mistral", "gemma2", "gemma3"):
        writer.add_sliding_window(config.sliding_window)
    if name == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
    if name == "gemma3":
        writer.add_sliding_window_pattern(3)
        writer.add_float32("gemma3.rope.freq_base_swa", LOCAL["rope_theta"])
    packed = gguf.GGMLQuantizationType.F16 if MODELS[name][1] == torch.float16 else gguf.GGMLQuantizationType.BF16
    for key, value in model.state_dict().items():
        if key == "lm_head.weight" and config.tie_word_embeddings:
            continue
        if prefix == "llama" and "q_proj" in key:
            value = rotary_order(value, config.num_attention_heads)
        if prefix == "llama" and "k_proj" in key:
            value = rotary_order(value, config.num_key_value_heads)
        if prefix.startswith("gemma") and key.endswith("norm.weight"):
            value = value + 1
        values = value.numpy()
        kind = packed if values.ndim == 2 else gguf.GGMLQuantizationType.F32
        writer.add_tensor(names.get_name(key, try_suffixes=(".weight", ".bias")), gguf.quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_rope(writer, config) -> None:
    layered = "rope_type" not in config.rope_parameters
    parameters = config.rope_parameters["full_attention"] if layered else config.rope_parameters
    writer.add_rope_freq_base(parameters["rope_theta"])
    if parameters["rope_type"] == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(parameters["factor"])
    if parameters["rope_type"] == "llama3":
        scaled = np.array(rope.table(config, None)["frequencies"])
        whole = parameters["rope_theta"] ** -(np.arange(0, config.head_dim, 2) / config.head_dim)
        writer.add_tensor("rope_freqs.weight", (whole / scaled).astype(np.float32))


def main() -> None:
    shutil.rmtree(OUT, ignore_errors=True)
    for name, (config, dtype, architecture) in MODELS.items():
        random_model(config).to(dtype).save_pretrained(OUT / name)
        freeze(name)
        if architecture is not None:
            write_gguf(name, architecture)
    for name, source in PACKED.items():
        pack(name, source)
        freeze(name)
    for file in OUT.rglob("*"):
        if file.is_file():
            file.chmod(0o644)
        if file.name == "generation_config.json":
            file.unlink()
    as_transformers_4(OUT / "gemma2" / "config.json")
    rope.main(pathlib.Path(__file__).parent / "rope.json")


def as_transformers_4(file: pathlib.Path) -> None:
    """Rewrites a config under the keys of transformers 4, which most published checkpoints have."""
    config = json.loads(file.read_text())
    del config["layer_types"], config["tie_word_embeddings"]
    config |= {"rope_theta": config.pop("rope_parameters")["rope_theta"], "torch_dtype": config.pop("dtype")}
    file.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
