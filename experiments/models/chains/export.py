"""Writes the model in bfloat16 as a Hugging Face directory, and reads such a directory back as an f32 PyTorch model."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import Qwen2Config, Qwen2ForCausalLM


def export(model: Qwen2ForCausalLM, directory: Path) -> None:
    """Rounds every tensor to bfloat16. The tied head is not stored a second time."""
    tensors = {name: value.to(torch.bfloat16).contiguous() for name, value in model.state_dict().items()
               if name != "lm_head.weight"}
    save_file(tensors, directory / "model.safetensors", metadata={"format": "pt"})
    config = model.config.to_dict() | {
        "architectures": ["Qwen2ForCausalLM"],
        "dtype": "bfloat16",
        "torch_dtype": "bfloat16",
        "rope_theta": model.config.rope_parameters["rope_theta"],
    }
    write_json(directory / "config.json", config)
    end_id = model.config.eos_token_id
    write_json(directory / "generation_config.json", {"do_sample": False, "eos_token_id": end_id,
                                                      "pad_token_id": end_id})


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")


def load(directory: Path) -> Qwen2ForCausalLM:
    """The model of the directory in f32, with the values that its bfloat16 tensors stand for."""
    config = json.loads((directory / "config.json").read_text())
    model = Qwen2ForCausalLM(Qwen2Config(**config)).float().eval()
    tensors = {name: value.float() for name, value in load_file(directory / "model.safetensors").items()}
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    assert missing == ["lm_head.weight"] and not unexpected, (missing, unexpected)
    model.tie_weights()
    return model.requires_grad_(False)
