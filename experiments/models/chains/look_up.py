"""Weights to begin with, by which two heads look up: what stood behind this token before? (An induction head.)

A transformer finds this by itself, after a plateau that would take longer than the rest of this training. The heads
are a start and no more: all their weights are trained.
"""

import torch
from transformers import Qwen2ForCausalLM

LOOK_BACK = 6.0  # of the biases by which a head sees the token before alone
NOTE, COPY = 2.0, 3.0  # of what the heads write, in embeddings
SHARP = 2.0  # of the queries of the second head


@torch.no_grad()
def begin_with_look_up(model: Qwen2ForCausalLM, embedding_size: float) -> None:
    """Sets the first head of block 0 to write the token before, and that of block 1 to find it by the token at hand.

    `embedding_size` is the standard deviation of the embeddings. RoPE turns a query at i by i * rate: with a turn of
    -rate in the query's bias the scores are largest at i - 1.
    """
    config = model.config
    size = config.hidden_size // config.num_attention_heads
    # Three subspaces at right angles: what is read of a token, where the token before is noted, what is copied.
    basis = torch.linalg.qr(torch.randn(config.hidden_size, config.hidden_size)).Q
    read, note, copy = basis[:size], basis[size : 2 * size], basis[2 * size : 3 * size]
    first, second = (block.self_attn for block in model.model.layers[:2])
    rates = config.rope_parameters["rope_theta"] ** (-torch.arange(0, size, 2) / size)
    fast = (rates > 0.1) * LOOK_BACK
    first.k_proj.bias[: size // 2] = fast
    first.q_proj.bias[:size] = torch.cat([fast * torch.cos(rates), -fast * torch.sin(rates)])
    first.v_proj.weight[:size] = read
    first.o_proj.weight[:, :size] = NOTE * embedding_size * note.T
    second.q_proj.weight[:size] = SHARP * read
    second.k_proj.weight[:size] = note
    second.v_proj.weight[:size] = copy
    second.o_proj.weight[:, :size] = COPY * embedding_size * copy.T
