"""Changes one step or one note, and asks the trained model whether what it writes afterwards changes.

An edit says something else of the same form: another person of the same place in a chain, or another thing and
number. Two questions are asked of each edit: with everything after it as it was written (`held`: what reads this part
directly?), and with everything after it written anew (`through`: does it change the answer in any way?). Text written
anew is held against the text that the corpus' rule says, token by token, which is what greedy generation would write.
"""

import random
from dataclasses import dataclass, replace

import torch
from batches import tokens_of
from corpus import DONE, Fact, Place, Problem, Text, other_facts, write_text
from tokenizers import Tokenizer
from transformers import Qwen2ForCausalLM
from vocabulary import END

LONGEST = 80  # tokens of a target written anew


@dataclass(frozen=True)
class Edit:
    fact: Fact
    anew: Text  # the text in which all that follows is written anew, as the corpus' rule says


@dataclass
class Outcome:
    """What the model does after an edit."""

    as_ruled: bool  # written anew, the model's text is the rule's, token by token
    answer: str  # ... its answer
    answer_changes: bool  # ... which is another than before
    held_words: list[int]  # words of the target, as it was, that the model no longer thinks the most likely


def edit_of_step(rng: random.Random, problem: Problem, text: Text, place: Place) -> Edit:
    """Another fact for a step, which changes the answer if the step is necessary."""
    said = tuple(word for word, _, _ in text.steps[place]["words"])
    return first_that_tells(rng, problem, text, other_facts(problem, place, said),
                            lambda fact: write_text(problem, {place: fact}))


def edit_of_sentence(rng: random.Random, problem: Problem, text: Text, subject: str) -> Edit:
    """Another fact for a note, which changes the answer if the note is necessary."""
    round_ = next(r for r, people in enumerate(problem.levels) if subject in people)
    others = other_facts(problem, (round_, 0), problem.facts[subject])
    return first_that_tells(rng, problem, text, others,
                            lambda fact: write_text(replace(problem, facts=problem.facts | {subject: fact})))


def first_that_tells(rng: random.Random, problem: Problem, text: Text, facts: list[Fact], write) -> Edit:
    """The first of the facts, in random order, that changes the answer wherever any of them does.

    Notes and steps of chains that are not written are preferred, so that an edit does not copy another step.
    """
    rng.shuffle(facts)
    written = {step["subject"] for step in text.steps.values()}
    facts.sort(key=lambda fact: fact[0] in written)
    edits = [Edit(fact, write(fact)) for fact in facts[:20]]
    return next((edit for edit in edits if answer_text(edit.anew) != answer_text(text)), edits[0])


def determined_words(text: Text) -> list[tuple[str, int, int]]:
    """Words of the target that an edit can change: of each step its subject and value, and the answer."""
    words = []
    for step in text.steps.values():
        words.append((step["subject"], step["start"], step["start"] + len(step["subject"])))
        words += step["words"]
    return words + text.answer


def encode(tokenizer: Tokenizer, prompt: str, target: str) -> tuple[list[int], list[tuple[int, int]], int]:
    """Ids of the whole text and the end token, offsets of the target's tokens, and the prompt's length."""
    left, right = tokenizer.encode(prompt), tokenizer.encode(target)
    return left.ids + right.ids + [tokenizer.token_to_id(END)], right.offsets, len(left.ids)


@torch.no_grad()
def predictions(model: Qwen2ForCausalLM, rows: list[list[int]]) -> list[list[int]]:
    """The most likely id at each place of each row but the first, given what is before it."""
    length = max(len(row) for row in rows)
    ids = torch.tensor([row + [0] * (length - len(row)) for row in rows])
    best = model(ids, use_cache=False).logits.argmax(-1)
    return [best[n, : len(row) - 1].tolist() for n, row in enumerate(rows)]


def spliced(text: Text, place: Place, fact: Fact) -> str:
    """The target with one step's words exchanged, and all else as it was."""
    words = text.steps[place]["words"]
    return text.target[: words[0][1]] + " ".join(fact) + text.target[words[-1][2] :]


def answer_text(text: Text) -> str:
    return text.target[text.answer[0][1] :].removesuffix(".")


@torch.no_grad()
def written_answer(model: Qwen2ForCausalLM, tokenizer: Tokenizer, ids: list[int]) -> str:
    """What stands after the done marker when the model goes on greedily after the ids."""
    ids, done = list(ids), tokenizer.token_to_id(DONE)
    for _ in range(LONGEST):
        ids.append(model(torch.tensor([ids]), use_cache=False).logits[0, -1].argmax().item())
        if ids[-1] == tokenizer.token_to_id(END):
            break
    after = ids[ids.index(done) + 1 :] if done in ids else []
    return tokenizer.decode(after).strip().removesuffix(".")


def outcomes(
    model: Qwen2ForCausalLM, tokenizer: Tokenizer, text: Text, edits: dict[Place | str, Edit]
) -> dict[Place | str, Outcome] | None:
    """The outcome of each edit of a step (by its place) or note (by its subject); None if the model errs unedited."""
    ids, offsets, length = encode(tokenizer, text.prompt, text.target)
    rows = [ids]
    for key, edit in edits.items():
        target = spliced(text, key, edit.fact) if isinstance(key, tuple) else text.target
        rows.append(encode(tokenizer, edit.anew.prompt, edit.anew.target)[0])
        rows.append(encode(tokenizer, edit.anew.prompt, target)[0])
    assert len({len(row) for row in rows}) == 1 or not edits  # an edit keeps the number of tokens
    best = predictions(model, rows)
    if best[0][length - 1 :] != ids[length:]:
        return None
    words = [(start, length + tokens_of(offsets, start, end)[0]) for _, start, end in determined_words(text)]
    found: dict[Place | str, Outcome] = {}
    for n, (key, edit) in enumerate(edits.items()):
        given = text.steps[key]["words"][-1][2] if isinstance(key, tuple) else 0  # characters of the target
        first = length + sum(end <= given for _, end in offsets)
        anew, predicted, held = rows[2 * n + 1], best[2 * n + 1], best[2 * n + 2]
        as_ruled = predicted[first - 1 :] == anew[first:]
        answer = answer_text(edit.anew) if as_ruled else written_answer(model, tokenizer, anew[:first])
        changed = [index for index, (start, at) in enumerate(words) if start >= given and held[at - 1] != ids[at]]
        found[key] = Outcome(as_ruled, answer, answer != answer_text(text), changed)
    return found
