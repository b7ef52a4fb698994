"""The forward pass of a Qwen2 for training on a CPU: products in bfloat16, all else in f32, few and large operations.

It reads the parameters of transformers' model, and takes two thirds of its time.
"""

import torch
import torch.nn.functional as F
from transformers import Qwen2Config, Qwen2ForCausalLM

HALF = torch.bfloat16


def rotation(config: Qwen2Config, length: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosines and sines [T, head] of RoPE, with the halves of Llama."""
    size = config.hidden_size // config.num_attention_heads
    rates = config.rope_parameters["rope_theta"] ** (-torch.arange(0, size, 2) / size)
    angles = torch.arange(length)[:, None] * rates
    angles = torch.cat([angles, angles], -1)
    return angles.cos(), angles.sin()


def product(x: torch.Tensor, *layers: torch.nn.Linear) -> torch.Tensor:
    """[N, T, in] -> [N, T, the layers' out one after the other]."""
    weight = torch.cat([layer.weight for layer in layers]).to(HALF)
    bias = None if layers[0].bias is None else torch.cat([layer.bias for layer in layers]).to(HALF)
    return F.linear(x.to(HALF), weight, bias)


def attend(attention, config: Qwen2Config, x: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    queries, keys = config.num_attention_heads, config.num_key_value_heads
    joined = product(x, attention.q_proj, attention.k_proj, attention.v_proj).float()
    heads = joined.unflatten(-1, (queries + 2 * keys, -1)).transpose(1, 2)  # [N, heads, T, head]
    turned, values = heads[:, : queries + keys], heads[:, queries + keys :]
    low, high = turned.chunk(2, -1)
    turned = turned * turn[0] + torch.cat([-high, low], -1) * turn[1]
    shared = queries // keys
    mixed = F.scaled_dot_product_attention(
        turned[:, :queries], turned[:, queries:].repeat_interleave(shared, 1), values.repeat_interleave(shared, 1),
        is_causal=True)
    return product(mixed.transpose(1, 2).flatten(2), attention.o_proj)


def hidden_states(model: Qwen2ForCausalLM, ids: torch.Tensor) -> torch.Tensor:
    """[N, T] -> the normed output of the last block [N, T, D], f32."""
    config = model.config
    norm = lambda x, layer: F.rms_norm(x, (config.hidden_size,), layer.weight, config.rms_norm_eps)  # noqa: E731
    turn = rotation(config, ids.size(1))
    x = model.model.embed_tokens(ids)
    for block in model.model.layers:
        x = x + attend(block.self_attn, config, norm(x, block.input_layernorm), turn)
        gate, up = product(norm(x, block.post_attention_layernorm), block.mlp.gate_proj, block.mlp.up_proj).chunk(2, -1)
        x = x + product(F.silu(gate) * up, block.mlp.down_proj)
    return norm(x, model.model.norm)
