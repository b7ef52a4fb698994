"""Writes the model as bitsandbytes stores it, and reads such a directory back as an f32 PyTorch model.

Block linears are quantized from their f32 weights (blocks of 64, no double quantization); embeddings, norms and
biases are bfloat16. The tied head is not stored a second time.
"""

import json
from pathlib import Path

import bitsandbytes.functional as bnb
import torch
from bitsandbytes.utils import pack_dict_to_tensor
from nf4 import BLOCK, block_linears, quantize
from safetensors.torch import load_file, save_file
from transformers import Qwen2Config, Qwen2ForCausalLM

STATE = ".quant_state.bitsandbytes__nf4"
QUANTIZATION = {
    "quant_method": "bitsandbytes",
    "load_in_4bit": True,
    "load_in_8bit": False,
    "bnb_4bit_quant_type": "nf4",
    "bnb_4bit_use_double_quant": False,
    "bnb_4bit_compute_dtype": "float32",
    "bnb_4bit_quant_storage": "uint8",
    "llm_int8_skip_modules": ["lm_head"],
}


def quantized_tensors(name: str, weight: torch.Tensor) -> dict[str, torch.Tensor]:
    packed, state = quantize(weight)
    stated = {"quant_type": "nf4", "blocksize": BLOCK, "dtype": "float32", "shape": tuple(weight.shape)}
    return {
        name: packed,
        f"{name}.absmax": state.absmax,
        f"{name}.quant_map": state.code,
        f"{name}{STATE}": pack_dict_to_tensor(stated),
    }


def export(model: Qwen2ForCausalLM, directory: Path) -> None:
    quantized = {f"{name}.weight" for name in block_linears(model)}
    tensors = {}
    for name, value in model.state_dict().items():
        if name in quantized:
            tensors |= quantized_tensors(name, value)
        elif name != "lm_head.weight":
            tensors[name] = value.to(torch.bfloat16)
    save_file(tensors, directory / "model.safetensors", metadata={"format": "pt"})
    config = model.config.to_dict() | {
        "architectures": ["Qwen2ForCausalLM"],
        "dtype": "bfloat16",
        "torch_dtype": "bfloat16",
        "rope_theta": model.config.rope_parameters["rope_theta"],
        "quantization_config": QUANTIZATION,
    }
    write_json(directory / "config.json", config)
    end_id = model.config.eos_token_id
    generation = {"do_sample": False, "eos_token_id": end_id, "pad_token_id": end_id}
    write_json(directory / "generation_config.json", generation)


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")


def load_dequantized(directory: Path) -> Qwen2ForCausalLM:
    """The model of the directory in f32 with the values that its 4-bit and 16-bit tensors stand for."""
    stored = load_file(directory / "model.safetensors")
    config = json.loads((directory / "config.json").read_text())
    del config["quantization_config"]
    model = Qwen2ForCausalLM(Qwen2Config(**config)).float().eval()
    tensors = {}
    for name, value in stored.items():
        if f"{name}{STATE}" in stored:
            parts = {key[len(name) + 1 :]: part for key, part in stored.items() if key.startswith(f"{name}.")}
            state = bnb.QuantState.from_dict(parts, device=torch.device("cpu"))
            tensors[name] = bnb.dequantize_4bit(value, state).float()
        elif name.removesuffix(STATE).removesuffix(".absmax").removesuffix(".quant_map") == name:
            tensors[name] = value.float()
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    assert missing == ["lm_head.weight"] and not unexpected, (missing, unexpected)
    model.tie_weights()
    return model.requires_grad_(False)
