"""Accuracy of greedy prediction on the determined words of held-out people."""

import random

import torch
from batches import tokens_of
from corpus import sample_biography
from facts import KINDS
from tokenizers import Tokenizer
from transformers import Qwen2ForCausalLM

HELD_OUT_SEED = 101


@torch.no_grad()
def word_accuracy(model: Qwen2ForCausalLM, tokenizer: Tokenizer, count: int) -> dict[str, float]:
    """Share of the determined words whose first token is the most likely one, by kind, given all words before it."""
    model.eval()
    rng = random.Random(HELD_OUT_SEED)
    right, seen = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0)
    for _ in range(count):
        bio = sample_biography(rng, held_out=True)
        prompt, target = tokenizer.encode(bio.prompt), tokenizer.encode(bio.target)
        ids = torch.tensor([prompt.ids + target.ids])
        hidden = model.model(ids, use_cache=False).last_hidden_state
        for hobby in bio.hobbies:
            at = len(prompt.ids) + tokens_of(target.offsets, hobby["start"], hobby["end"])[0]
            right[hobby["kind"]] += int(model.lm_head(hidden[0, at - 1]).argmax() == ids[0, at])
            seen[hobby["kind"]] += 1
    shares = {kind: round(right[kind] / seen[kind], 4) for kind in KINDS}
    return shares | {"all": round(sum(right.values()) / sum(seen.values()), 4)}
