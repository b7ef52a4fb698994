"""NF4 as bitsandbytes stores it: quantize for the checkpoint, and the same rounding for training through it."""

import bitsandbytes.functional as bnb
import torch

BLOCK = 64


def quantize(weight: torch.Tensor) -> tuple[torch.Tensor, bnb.QuantState]:
    """[out, in] f32 -> packed u8 [out*in/2, 1] and its state (absmax f32 [out*in/64], code book f32 [16])."""
    return bnb.quantize_4bit(weight.detach().float().contiguous(), blocksize=BLOCK, quant_type="nf4")


def round_trip(weight: torch.Tensor) -> torch.Tensor:
    """[out, in] f32 -> the values that the 4-bit weights stand for, f32."""
    packed, state = quantize(weight)
    return bnb.dequantize_4bit(packed, state)


def block_linears(model: torch.nn.Module) -> dict[str, torch.nn.Linear]:
    """The linear layers that are quantized: all of the blocks, not the (tied) head."""
    return {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and name != "lm_head"
    }
