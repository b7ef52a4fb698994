"""transformers' Qwen2 in true f64. Its RMSNorm, rotary embedding and attention softmax compute in f32 whatever the
model's type; here the three are restated without that cast, so that the whole function is f64."""

import copy
import types

import torch
from torch.overrides import TorchFunctionMode
from transformers import AttentionInterface, Qwen2ForCausalLM
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.qwen2.modeling_qwen2 import Qwen2RMSNorm, Qwen2RotaryEmbedding, repeat_kv


def _norm(self, x):
    """x [..., D]"""
    return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))


def _rotary(self, x, position_ids):
    """position_ids [B, S] → cos and sin [B, S, Dh], the frequencies recomputed in f64 from rope_theta."""
    base, width = self.config.rope_parameters["rope_theta"], 2 * self.inv_freq.numel()
    frequency = 1.0 / (base ** (torch.arange(0, width, 2, dtype=torch.float64) / width))
    angle = position_ids[..., None].double() * frequency
    angle = torch.cat((angle, angle), dim=-1)
    return angle.cos(), angle.sin()


def _causal_attention(module, query, key, value, attention_mask, scaling, **_):
    """query [B, H, S, Dh], key and value [B, K, S, Dh] → [B, S, H, Dh]. Causal, no padding, no cache."""
    key, value = (repeat_kv(x, module.num_key_value_groups) for x in (key, value))
    score = torch.matmul(query, key.transpose(2, 3)) * scaling
    visible = torch.ones(score.shape[-2:], dtype=torch.bool).tril()
    weight = torch.softmax(score.masked_fill(~visible, float("-inf")), dim=-1)
    return torch.matmul(weight, value).transpose(1, 2).contiguous(), weight


AttentionInterface.register("whence_f64", _causal_attention)


def as_float64(model: Qwen2ForCausalLM) -> Qwen2ForCausalLM:
    """A copy of the model that computes in f64 throughout; `rope_type` must be `default`."""
    if model.config.rope_parameters["rope_type"] != "default":
        raise ValueError(f"Cannot compute RoPE as its type must be default: got {model.config.rope_parameters}")
    model = copy.deepcopy(model).double()
    model.config._attn_implementation = "whence_f64"
    for module in model.modules():
        if isinstance(module, Qwen2RMSNorm):
            module.forward = types.MethodType(_norm, module)
        elif isinstance(module, Qwen2RotaryEmbedding):
            module.forward = types.MethodType(_rotary, module)
    return model.requires_grad_(False).eval()


class InFloat64(TorchFunctionMode):
    """Turns every cast to f32 into one to f64, whatever model it is in, and integers into f64 where they become floats."""

    def __enter__(self):
        torch.set_default_dtype(torch.float64)
        return super().__enter__()

    def __exit__(self, *raised):
        torch.set_default_dtype(torch.float32)
        return super().__exit__(*raised)

    def __torch_function__(self, func, types, args=(), kwargs=None):
        def widen(value):
            return torch.float64 if value is torch.float32 else value

        if func is torch.Tensor.float:
            func = torch.Tensor.double
        return func(*map(widen, args), **{key: widen(value) for key, value in (kwargs or {}).items()})


def any_as_float64(model):
    """A copy of the model, of any architecture, that computes in f64 throughout where it runs under `InFloat64`."""
    model = copy.deepcopy(model).double()
    model.set_attn_implementation("eager")
    rotary, parameters = model.model.rotary_emb, model.config.rope_parameters
    layered = "rope_type" not in parameters
    for layer_type in parameters if layered else [None]:
        kind = (parameters[layer_type] if layered else parameters)["rope_type"]
        make = rotary.compute_default_rope_parameters if kind == "default" else ROPE_INIT_FUNCTIONS[kind]
        prefix, keys = (f"{layer_type}_", {"layer_type": layer_type}) if layered else ("", {})
        with InFloat64():
            frequencies, _ = make(model.config, **keys)
        for name in (f"{prefix}inv_freq", f"{prefix}original_inv_freq"):
            setattr(rotary, name, frequencies.clone())
    return model.requires_grad_(False).eval()
