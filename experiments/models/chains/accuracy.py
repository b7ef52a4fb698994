"""Accuracy of greedy prediction on held-out prompts, given all that is written before: of steps, and of answers."""

import random

import torch
from batches import collate, draw_edits, make_row
from corpus import DONE, KINDS, sample_problem, write_text
from tokenizers import Tokenizer
from transformers import Qwen2ForCausalLM

HELD_OUT_SEED = 101
AT_ONCE = 50


@torch.no_grad()
def accuracy(model: Qwen2ForCausalLM, tokenizer: Tokenizer, count: int, edited: bool = True) -> dict[str, float]:
    """Share of steps' tokens, of texts with all steps, and by kind with all words of the answer, as the rule says.

    A part of the texts has edited steps as in training, unless `edited` is False.
    """
    model.eval()
    rng = random.Random(HELD_OUT_SEED)
    hits: dict[str, list[bool]] = {key: [] for key in ("words", "steps", *KINDS)}
    done = tokenizer.token_to_id(DONE)
    for _ in range(0, count, AT_ONCE):
        problems = [sample_problem(rng, held_out=True) for _ in range(AT_ONCE)]
        edits = [draw_edits(rng, problem) if edited else {} for problem in problems]
        rows = [make_row(tokenizer, write_text(*pair), pair[1]) for pair in zip(problems, edits)]
        batch = collate(rows, 0)
        best = model(batch.ids, use_cache=False).logits.argmax(-1)
        for problem, (ids, weights), predicted in zip(problems, rows, best):
            wrong = [t for t in range(1, len(ids)) if weights[t] > 0 and predicted[t - 1] != ids[t]]
            end = ids.index(done)
            hits["words"] += [t not in wrong for t in range(1, end) if weights[t] > 0]
            hits["steps"].append(all(t > end for t in wrong))
            hits[problem.kind].append(all(t <= end for t in wrong))
    return {key: round(sum(found) / max(1, len(found)), 4) for key, found in hits.items()}
