"""Loads a Hugging Face directory as the f32 function that Whence explains: bitsandbytes' NF4 weights are read by
bitsandbytes and expanded to code·absmax in f32, everything else is widened exactly."""

import pathlib

import bitsandbytes as bnb
import torch
from bitsandbytes import functional
from transformers import AutoModelForCausalLM, PreTrainedModel


def dequantize(packed: torch.Tensor, state: functional.QuantState) -> torch.Tensor:
    """code[nibble]·absmax in f32: element 2i is the high nibble of byte i, blocks run along the flattened weight."""
    absmax = state.absmax
    if state.nested:
        absmax = functional.dequantize_blockwise(state.absmax, state.state2) + state.offset
    flat = packed.reshape(-1).to(torch.int64)
    codes = torch.stack((flat >> 4, flat & 15), -1).reshape(-1)[: state.shape.numel()]
    scale = absmax.float().repeat_interleave(state.blocksize)[: codes.numel()]
    mine = (state.code.float()[codes] * scale).reshape(state.shape)
    plain = functional.QuantState(absmax=absmax.float(), shape=state.shape, code=state.code, blocksize=state.blocksize,
                                  quant_type=state.quant_type, dtype=torch.float32)
    theirs = functional.dequantize_4bit(packed, plain)
    if not torch.equal(mine, theirs.reshape(state.shape)):
        raise ValueError("Cannot dequantize as bitsandbytes' own kernel must agree with code·absmax in f32")
    return mine


def load_float32(directory: pathlib.Path) -> PreTrainedModel:
    """The model in f32 with eager attention, no gradients on weights."""
    loaded = AutoModelForCausalLM.from_pretrained(directory, device_map="cpu")
    weights = {}
    for name, module in loaded.named_modules():
        own = dict(module.named_parameters(recurse=False, remove_duplicate=False))
        for key, value in own.items():
            quantized = isinstance(module, bnb.nn.Linear4bit) and key == "weight"
            value = dequantize(value.data, value.quant_state) if quantized else value.data.float()
            weights[f"{name}.{key}"] = value
    config = type(loaded.config)(**{k: v for k, v in loaded.config.to_dict().items() if k not in ("quantization_config", "dtype")})
    config._attn_implementation = "eager"
    model = type(loaded)(config).float()
    model.load_state_dict(weights, strict=True)
    return model.requires_grad_(False).eval()
