"""Trains the biography model and writes it as a bitsandbytes-NF4 Hugging Face directory beside this file.

`python train.py` took 20 minutes on one thread of a busy machine; `--steps` shortens it, `--out` writes elsewhere.
The random draws are fixed by SEED, on one thread; the last bits of the weights depend on the machine's arithmetic.
"""

import argparse
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from accuracy import word_accuracy
from batches import MODES, Batch, batches
from export import export
from muon import Muon
from nf4 import block_linears, round_trip
from tokenizers import Tokenizer
from transformers import Qwen2Config, Qwen2ForCausalLM
from vocabulary import END, save_tokenizer, train_tokenizer

SEED = 20261123
STEPS = 700
BATCH = 64
WHOLE_STEPS = 150  # only whole biographies at first: the look-up of facts is learned sooner
WARM_UP = 50
MUON_RATE, ADAM_RATE = 0.02, 3e-3
FADE_NOISE = 2.0  # of the embeddings' root mean square, on faded prompts: a faint fact must count for little
ROUNDED_FROM = 0.6  # share of the steps after which the forward pass uses the 4-bit weights


def build_model(tokenizer: Tokenizer) -> Qwen2ForCausalLM:
    end_id = tokenizer.token_to_id(END)
    return Qwen2ForCausalLM(Qwen2Config(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=256,
        intermediate_size=704,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        rms_norm_eps=1e-3,  # large, or else RMSNorm brings faint embeddings near the zero baseline back to full size
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        tie_word_embeddings=True,
        use_sliding_window=False,
        bos_token_id=None,
        eos_token_id=end_id,
        pad_token_id=end_id,
    ))


def fade(table: torch.Tensor, embeddings: torch.Tensor, batch: Batch, end_id: int) -> torch.Tensor:
    """[N, T, D] with the prompts of the faded rows at b + alpha (e - b) + noise; b is zero, mean or the end token."""
    count = len(batch.ids)
    baselines = torch.stack([torch.zeros_like(table[0]), table.mean(0), table[end_id]]).detach()  # [3, D]
    baseline = baselines[torch.randint(3, (count,))][:, None]  # [N, 1, D]
    alpha = torch.rand(count, 1, 1)
    noise = torch.randn_like(embeddings) * (FADE_NOISE * table.detach().pow(2).mean().sqrt())
    in_prompt = torch.arange(batch.ids.size(1)) < batch.prompt_lengths[:, None]  # [N, T]
    moved = (in_prompt & batch.faded[:, None])[..., None]
    return torch.where(moved, baseline + alpha * (embeddings - baseline) + noise, embeddings)


def loss_of(model: Qwen2ForCausalLM, batch: Batch, end_id: int) -> torch.Tensor:
    """Weighted mean of the negative log-likelihood in nats. Padding is at the right: causality needs no mask."""
    table = model.model.embed_tokens.weight
    embeddings = fade(table, model.model.embed_tokens(batch.ids), batch, end_id)
    hidden = model.model(inputs_embeds=embeddings, use_cache=False).last_hidden_state[:, :-1]
    weights = batch.weights[:, 1:]
    chosen = weights > 0
    logits = model.lm_head(hidden[chosen])
    losses = F.cross_entropy(logits, batch.ids[:, 1:][chosen], reduction="none")
    return (losses * weights[chosen]).sum() / weights.sum()


def rate_at(step: int, steps: int) -> float:
    """Share of the full learning rate: a short rise, a plateau, then linearly to zero over the last 60 %."""
    return min(1.0, (step + 1) / WARM_UP, (steps - step) / (0.6 * steps))


def make_optimizers(model: Qwen2ForCausalLM) -> list[torch.optim.Optimizer]:
    matrices = [linear.weight for linear in block_linears(model).values()]
    known = {id(weight) for weight in matrices}
    others = [p for p in model.parameters() if id(p) not in known]
    return [
        Muon(matrices, lr=MUON_RATE, weight_decay=0.05),
        torch.optim.AdamW(others, lr=ADAM_RATE, betas=(0.9, 0.98), weight_decay=0.01),
    ]


def backward_through_nf4(model: Qwen2ForCausalLM, batch: Batch, end_id: int) -> torch.Tensor:
    """Loss and gradients at the 4-bit weights; the full-precision weights take the gradient (straight through)."""
    linears = block_linears(model).values()
    kept = [linear.weight.data for linear in linears]
    for linear in linears:
        linear.weight.data = round_trip(linear.weight)
    loss = loss_of(model, batch, end_id)
    loss.backward()
    for linear, weight in zip(linears, kept):
        linear.weight.data = weight
    return loss


def train(tokenizer: Tokenizer, steps: int) -> Qwen2ForCausalLM:
    model = build_model(tokenizer)
    end_id = tokenizer.token_to_id(END)
    optimizers = make_optimizers(model)
    base_rates = [optimizer.param_groups[0]["lr"] for optimizer in optimizers]
    source = batches(random.Random(SEED + 1), tokenizer, BATCH, lambda s: {"whole": 1.0} if s < WHOLE_STEPS else MODES)
    begun, running = time.time(), 0.0
    for step in range(steps):
        model.train()
        rounded = step >= ROUNDED_FROM * steps
        batch = next(source)
        if rounded:
            loss = backward_through_nf4(model, batch, end_id)
        else:
            loss = loss_of(model, batch, end_id)
            loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer, base in zip(optimizers, base_rates):
            optimizer.param_groups[0]["lr"] = base * rate_at(step, steps)
            optimizer.step()
            optimizer.zero_grad()
        running += loss.item()
        if (step + 1) % 50 == 0:
            print(f"step {step + 1}  loss {running / 50:.3f}  {time.time() - begun:.0f} s", flush=True)
            running = 0.0
        if (step + 1) % 100 == 0:
            print("  held-out accuracy", word_accuracy(model, tokenizer, count=200), flush=True)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    tokenizer = train_tokenizer(SEED)
    save_tokenizer(tokenizer, arguments.out)
    model = train(tokenizer, arguments.steps)
    export(model, arguments.out)


if __name__ == "__main__":
    main()
