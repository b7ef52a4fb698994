"""Trains the model of chains and writes it as a bfloat16 Hugging Face directory beside this file.

`--steps` shortens it, `--out` writes elsewhere; stopped, it goes on from training.pt there. The random draws are fixed
by SEED, on one thread; the last bits of the weights depend on the machine's arithmetic. Muon is the biography model's;
its other means (damaged and faded texts, a large epsilon of RMSNorm, training through 4-bit weights) are left out.
"""

import argparse
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from accuracy import accuracy
from batches import Batch, batches
from export import export
from forward import hidden_states
from look_up import begin_with_look_up
from tokenizers import Tokenizer
from transformers import Qwen2Config, Qwen2ForCausalLM
from vocabulary import END, save_tokenizer, train_tokenizer

sys.path.append(str(Path(__file__).parent.parent / "biography"))
from muon import Muon  # noqa: E402

SEED = 20261130
STEPS = 660
BATCH = 64
DENSE_STEPS = 160  # a multiple of batches.BLOCK
SAVED_EVERY = 50
WARM_UP = 20
EMBEDDING_SIZE = 0.1  # standard deviation at the start
MUON_RATE, ADAM_RATE = 0.02, 3e-3
FALL = 0.35  # share of the steps, the last ones, over which the learning rate falls to zero


def build_model(tokenizer: Tokenizer) -> Qwen2ForCausalLM:
    end_id = tokenizer.token_to_id(END)
    return Qwen2ForCausalLM(Qwen2Config(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=96,
        intermediate_size=192,
        num_hidden_layers=4,
        num_attention_heads=3,
        num_key_value_heads=3,
        max_position_embeddings=512,
        rms_norm_eps=1e-6,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        tie_word_embeddings=True,
        use_sliding_window=False,
        bos_token_id=None,
        eos_token_id=end_id,
        pad_token_id=end_id,
    ))


def loss_of(model: Qwen2ForCausalLM, batch: Batch) -> torch.Tensor:
    """Weighted mean of the negative log-likelihood in nats. Padding is at the right: causality needs no mask."""
    hidden = hidden_states(model, batch.ids)[:, :-1]
    weights = batch.weights[:, 1:]
    chosen = weights > 0
    losses = F.cross_entropy(model.lm_head(hidden[chosen]), batch.ids[:, 1:][chosen], reduction="none")
    return (losses * weights[chosen]).sum() / weights.sum()


def rate_at(step: int, steps: int) -> float:
    """Share of the full learning rate: a short rise, a plateau, then linearly to zero."""
    return min(1.0, (step + 1) / WARM_UP, (steps - step) / (FALL * steps))


def make_optimizers(model: Qwen2ForCausalLM) -> list[torch.optim.Optimizer]:
    matrices = [module.weight for name, module in model.named_modules()
                if isinstance(module, torch.nn.Linear) and name != "lm_head"]
    known = {id(weight) for weight in matrices}
    others = [p for p in model.parameters() if id(p) not in known]
    return [
        Muon(matrices, lr=MUON_RATE, weight_decay=0.05),
        torch.optim.AdamW(others, lr=ADAM_RATE, betas=(0.9, 0.98), weight_decay=0.01),
    ]


def train(tokenizer: Tokenizer, steps: int, saved: Path) -> Qwen2ForCausalLM:
    """Trains; goes on from the state in `saved` if it exists, and leaves the state there as it goes."""
    model = build_model(tokenizer)
    torch.nn.init.normal_(model.model.embed_tokens.weight, std=EMBEDDING_SIZE)
    begin_with_look_up(model, EMBEDDING_SIZE)
    optimizers = make_optimizers(model)
    base_rates = [optimizer.param_groups[0]["lr"] for optimizer in optimizers]
    begun, running, first = time.process_time(), 0.0, 0
    if saved.exists():
        state = torch.load(saved)
        first = state["step"]
        model.load_state_dict(state["model"])
        for optimizer, values in zip(optimizers, state["optimizers"]):
            optimizer.load_state_dict(values)
    source = batches(SEED, tokenizer, BATCH, DENSE_STEPS, first)
    for step in range(first, steps):
        loss = loss_of(model, next(source))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer, base in zip(optimizers, base_rates):
            optimizer.param_groups[0]["lr"] = base * rate_at(step, steps)
            optimizer.step()
            optimizer.zero_grad()
        running += loss.item()
        if (step + 1) % SAVED_EVERY == 0:
            print(f"step {step + 1}  loss {running / SAVED_EVERY:.4f}  {time.process_time() - begun:.0f} s", flush=True)
            running = 0.0
            torch.save({"step": step + 1, "model": model.state_dict(),
                        "optimizers": [optimizer.state_dict() for optimizer in optimizers]}, saved)
        if (step + 1) % (4 * SAVED_EVERY) == 0:
            print("  held-out accuracy", accuracy(model, tokenizer, count=200), flush=True)
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
    model = train(tokenizer, arguments.steps, arguments.out / "training.pt")
    export(model, arguments.out)


if __name__ == "__main__":
    main()
