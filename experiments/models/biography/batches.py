"""Training rows: biographies as tokens, some with facts missing and some on the path to a baseline.

A model that has only seen complete texts answers arbitrarily when a fact is deleted or faded, and then an attribution
explains that arbitrariness. So part of the rows are
  dropped  one or two of name, occupation and city are deleted or replaced by the end token, and the hobbies that
           follow from them are drawn at random: without the cause, every hobby of its kind is equally likely;
  nicked   a few other tokens are deleted or replaced, and nothing changes;
  faded    the prompt's embeddings are moved towards a baseline by a random share (see `train.py`).
"""

import random
from dataclasses import dataclass

import torch
from corpus import Biography, sample_biography
from tokenizers import Tokenizer
from vocabulary import END

MODES = {"whole": 0.40, "dropped": 0.25, "nicked": 0.10, "faded": 0.25}
NICK_RATE = 0.08
PROMPT_WEIGHT, TARGET_WEIGHT, WORD_WEIGHT = 0.1, 1.0, 2.0
ROWS_PER_SORT = 16  # batches that are sorted by length together, so that padding is small
CAUSAL_FACTS = ("name", "occupation", "city")


@dataclass
class Batch:
    ids: torch.Tensor  # [N, T]
    weights: torch.Tensor  # [N, T], weight of predicting ids[:, t] from what is before it
    prompt_lengths: torch.Tensor  # [N]
    faded: torch.Tensor  # [N] bool


def tokens_of(offsets: list[tuple[int, int]], start: int, end: int) -> list[int]:
    """Indices of the tokens that share a character with [start, end)."""
    return [i for i, (first, last) in enumerate(offsets) if first < end and last > start]


def damage(rng: random.Random, ids: list[int], hit: set[int], end_id: int) -> list[int]:
    """The prompt with the tokens at `hit` all deleted or all replaced by the end token."""
    if rng.random() < 0.5:
        return [token for i, token in enumerate(ids) if i not in hit]
    return [end_id if i in hit else token for i, token in enumerate(ids)]


def damaged_prompt(rng: random.Random, tokenizer: Tokenizer, bio: Biography, mode: str, unknown: frozenset[str]):
    encoding = tokenizer.encode(bio.prompt)
    end_id = tokenizer.token_to_id(END)
    spans = {f["name"]: tokens_of(encoding.offsets, f["start"], f["end"]) for f in bio.facts}
    if mode == "dropped":
        return damage(rng, encoding.ids, {i for fact in unknown for i in spans[fact]}, end_id)
    if mode == "nicked":
        needed = {spans[fact][0] for fact in CAUSAL_FACTS if len(spans[fact]) == 1}
        hit = {i for i in range(len(encoding.ids)) if i not in needed and rng.random() < NICK_RATE}
        return damage(rng, encoding.ids, hit, end_id)
    return encoding.ids


def make_row(rng: random.Random, tokenizer: Tokenizer, modes: dict[str, float]):
    mode = rng.choices(list(modes), list(modes.values()))[0]
    count = rng.choice((1, 1, 1, 2)) if mode == "dropped" else 0
    unknown = frozenset(rng.sample(CAUSAL_FACTS, count))
    bio = sample_biography(rng, unknown=unknown)
    prompt = damaged_prompt(rng, tokenizer, bio, mode, unknown)
    target = tokenizer.encode(bio.target)
    words = {tokens_of(target.offsets, h["start"], h["end"])[0] for h in bio.hobbies}
    prompt_weight = PROMPT_WEIGHT if mode == "whole" else 0.0
    weights = [prompt_weight] * len(prompt)
    weights += [WORD_WEIGHT if i in words else TARGET_WEIGHT for i in range(len(target.ids))] + [TARGET_WEIGHT]
    ids = prompt + target.ids + [tokenizer.token_to_id(END)]
    return ids, weights, len(prompt), mode == "faded"


def collate(rows: list[tuple], end_id: int) -> Batch:
    length = max(len(row[0]) for row in rows)
    ids = torch.full((len(rows), length), end_id)
    weights = torch.zeros(len(rows), length)
    for n, (tokens, token_weights, _, _) in enumerate(rows):
        ids[n, : len(tokens)] = torch.tensor(tokens)
        weights[n, : len(tokens)] = torch.tensor(token_weights)
    weights[:, 0] = 0.0
    return Batch(ids, weights, torch.tensor([row[2] for row in rows]), torch.tensor([row[3] for row in rows]))


def batches(rng: random.Random, tokenizer: Tokenizer, size: int, modes_at):
    """Endless batches of `size` rows; `modes_at(step)` gives the shares of the modes."""
    step, end_id = 0, tokenizer.token_to_id(END)
    while True:
        rows = [make_row(rng, tokenizer, modes_at(step)) for _ in range(size * ROWS_PER_SORT)]
        rows.sort(key=lambda row: len(row[0]))
        group = [rows[i : i + size] for i in range(0, len(rows), size)]
        rng.shuffle(group)
        for chosen in group:
            yield collate(chosen, end_id)
            step += 1
