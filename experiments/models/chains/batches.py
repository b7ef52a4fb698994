"""Training rows: whole texts, and texts of which some steps say something else than the notes.

An edited step is drawn at random, so nothing is asked of the model there; what comes after it follows from it where
the step is necessary, and does not where it is decorative. That makes steps causes, or not. No row lacks a part.
"""

import itertools
import random
from dataclasses import dataclass

import torch
from corpus import Fact, Place, Problem, Text, sample_problem, write_text
from tokenizers import Tokenizer
from vocabulary import END
from world import NUMBERS, THINGS

EDITED_SHARE = 0.6  # of the texts
STEP_WEIGHT, ANSWER_WEIGHT = 1.0, 2.0
BLOCK = 16  # batches that are sorted by length together, so that padding is small


@dataclass
class Batch:
    ids: torch.Tensor  # [N, T]
    weights: torch.Tensor  # [N, T], weight of predicting ids[:, t] from what is before it


def tokens_of(offsets: list[tuple[int, int]], start: int, end: int) -> list[int]:
    """Indices of the tokens that share a character with [start, end)."""
    return [i for i, (first, last) in enumerate(offsets) if first < end and last > start]


def draw_edits(rng: random.Random, problem: Problem) -> dict[Place, Fact]:
    """One to three steps, and what they say: any person of the next places in a chain, or any thing and number."""
    if rng.random() >= EDITED_SHARE:
        return {}
    places = problem.places()
    edits: dict[Place, Fact] = {}
    for place in rng.sample(places, min(len(places), rng.choice((1, 1, 2, 3)))):
        last = place[0] == len(problem.levels) - 1
        said = (rng.choice(THINGS), rng.choice(NUMBERS)) if last else (
            rng.choice(problem.levels[place[0] + 1]),)
        edits[place] = said
    return edits


def make_row(tokenizer: Tokenizer, text: Text, edits: dict[Place, Fact]) -> tuple[list[int], list[float]]:
    prompt, target = tokenizer.encode(text.prompt), tokenizer.encode(text.target)
    weights = [STEP_WEIGHT if last <= text.answer[0][1] - 1 else ANSWER_WEIGHT for _, last in target.offsets]
    for place in edits:
        for _, start, end in text.steps[place]["words"]:
            for i in tokens_of(target.offsets, start, end):
                weights[i] = 0.0
    end_id = tokenizer.token_to_id(END)
    return prompt.ids + target.ids + [end_id], [0.0] * len(prompt.ids) + weights + [ANSWER_WEIGHT]


def collate(rows: list[tuple[list[int], list[float]]], end_id: int) -> Batch:
    length = max(len(ids) for ids, _ in rows)
    ids = torch.full((len(rows), length), end_id)
    weights = torch.zeros(len(rows), length)
    for n, (tokens, token_weights) in enumerate(rows):
        ids[n, : len(tokens)] = torch.tensor(tokens)
        weights[n, : len(tokens)] = torch.tensor(token_weights)
    return Batch(ids, weights)


def draw_row(rng: random.Random, tokenizer: Tokenizer, dense: bool) -> tuple[list[int], list[float]]:
    problem = sample_problem(rng, dense=dense)
    edits = draw_edits(rng, problem)
    return make_row(tokenizer, write_text(problem, edits), edits)


def batches(seed: int, tokenizer: Tokenizer, size: int, dense_steps: int, first: int = 0):
    """Endless batches of `size` rows from step `first` on; those before `dense_steps` are of dense texts.

    Looking up is learned sooner from dense texts. A step's batch depends on the seed and the step alone.
    """
    end_id = tokenizer.token_to_id(END)
    for block in itertools.count(first // BLOCK):
        rng = random.Random(f"{seed} {block}")
        rows = [draw_row(rng, tokenizer, block * BLOCK < dense_steps) for _ in range(size * BLOCK)]
        rows.sort(key=lambda row: len(row[0]))
        group = [rows[i : i + size] for i in range(0, len(rows), size)]
        rng.shuffle(group)
        for step, chosen in enumerate(group, block * BLOCK):
            if step >= first:
                yield collate(chosen, end_id)
