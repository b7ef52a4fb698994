"""Seeded generator of prompts with notes and a question, and of the steps and the answer that are written after them.

`python corpus.py --seed 7 --count 5` prints some. The notes hold chains: "Ann>Bob. Bob>cup two." A person has one note.
A question names the people whose chains are written, link by link in turn, and then what is asked:
  report  "Report first."  the end of the first written chain, or of the last: its steps are necessary, no others
  both    "Report both."   the things at the ends of the first and the last: the steps of both are necessary
  check   "Check Zoe."     what the notes say of Zoe: every step is decorative, also one that says the same of Zoe
  know    "Name lamp."     the material of a thing, known by heart: every step and every note is decorative
A step may be edited: then what follows it is consistent with what is written, not with the notes.
"""

import argparse
import hashlib
import random
from dataclasses import dataclass, field

from world import MATERIALS, NAMES, NUMBERS, THINGS

KINDS = {"report": 0.45, "both": 0.22, "check": 0.25, "know": 0.08}
THINK, DONE = "<think>", "</think>"
HELD_OUT_SHARE = 10  # percent of all prompts

Fact = tuple[str, ...]  # (person,), the next of a chain, or (thing, number), its end
Place = tuple[int, int]  # round, chain


@dataclass(frozen=True)
class Problem:
    kind: str
    levels: list[list[str]]  # [rounds, chains in the notes]: people by their place in a chain
    facts: dict[str, Fact]
    notes: list[str]  # subjects, in the order of their sentences
    starts: list[str]  # whose chains are written
    asked: str  # what the question asks about

    def places(self) -> list[Place]:
        """The steps, in the order in which they are written."""
        return [(r, c) for r in range(len(self.levels)) for c in range(len(self.starts))]


@dataclass
class Text:
    """A prompt and its target with the character spans of their parts."""

    prompt: str = ""
    target: str = ""
    sentences: dict[str, tuple[int, int]] = field(default_factory=dict)  # subject: characters of the prompt
    names: list[tuple[str, int, int]] = field(default_factory=list)  # the question's starts, then what is asked
    steps: dict[Place, dict] = field(default_factory=dict)  # subject, start, end, words: characters of the target
    answer: list[tuple[str, int, int]] = field(default_factory=list)  # words of the answer: characters of the target


def sample_problem(
    rng: random.Random, kind: str | None = None, held_out: bool = False, dense: bool = False
) -> Problem:
    """A problem that is held out of training, or one that is not; a `dense` one writes every chain of its notes."""
    while True:
        problem = draw_problem(rng, kind or rng.choices(list(KINDS), list(KINDS.values()))[0], dense)
        if is_held_out(write_prompt(problem).prompt) == held_out:
            return problem


def draw_problem(rng: random.Random, kind: str, dense: bool) -> Problem:
    rounds, walked = rng.choice((2, 2, 3)), rng.choice((2, 2, 3) if kind == "both" else (1, 2, 2, 3))
    chains = walked + 1
    if dense:
        rounds, walked, chains = 2, 3, 3
    people = rng.sample(NAMES, rounds * chains)
    levels = [people[r * chains : (r + 1) * chains] for r in range(rounds)]
    facts: dict[str, Fact] = {}
    for here, after in zip(levels, levels[1:]):
        facts |= {person: (other,) for person, other in zip(here, after)}
    things = rng.sample(THINGS, chains)
    facts |= {person: (thing, rng.choice(NUMBERS)) for person, thing in zip(levels[-1], things)}
    starts = rng.sample(levels[0], walked)
    asked = {
        "report": lambda: rng.choice(("first", "last")),
        "both": lambda: "both",
        "check": lambda: rng.choice(levels[-1]),
        "know": lambda: rng.choice(THINGS),
    }[kind]()
    return Problem(kind, levels, facts, rng.sample(people, len(people)), starts, asked)


def is_held_out(prompt: str) -> bool:
    """Whether this prompt is kept out of training; by a hash, so that it depends on no seed."""
    digest = hashlib.sha256(prompt.encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < HELD_OUT_SHARE


def write_prompt(problem: Problem) -> Text:
    text = Text(prompt="Notes.")
    for subject in problem.notes:
        start = len(text.prompt) + 1
        text.prompt += " " + sentence_of(subject, problem.facts[subject])
        text.sentences[subject] = (start, len(text.prompt))
    verb = {"check": "Check", "know": "Name"}.get(problem.kind, "Report")
    for lead, names in (("Walk", problem.starts), (verb, [problem.asked])):
        text.prompt += f" {lead}"
        for name in names:
            text.prompt += " "
            text.names.append((name, len(text.prompt), len(text.prompt) + len(name)))
            text.prompt += name
        text.prompt += "."
    return text


def sentence_of(subject: str, fact: Fact) -> str:
    return f"{subject}>{' '.join(fact)}."


def other_facts(problem: Problem, place: Place, fact: Fact) -> list[Fact]:
    """What else a step could say: another person of the same place in a chain, or another thing and number."""
    if len(fact) == 1:
        return [(person,) for person in problem.levels[place[0] + 1] if person != fact[0]]
    return [(t, n) for t in THINGS for n in NUMBERS if t != fact[0] and n != fact[1]]


def write_text(problem: Problem, edits: dict[Place, Fact] | None = None) -> Text:
    """The prompt, and the steps and the answer that follow from it and from the edited steps."""
    text = write_prompt(problem)
    text.target = THINK
    said: dict[Place, Fact] = {}
    for place in problem.places():
        round_, chain = place
        subject = said[(round_ - 1, chain)][0] if round_ else problem.starts[chain]
        said[place] = (edits or {}).get(place, problem.facts[subject])
        start = len(text.target) + 1
        text.target += " " + sentence_of(subject, said[place])
        text.steps[place] = {"subject": subject, "start": start, "end": len(text.target),
                             "words": words_at(said[place], start + len(subject) + 1)}
    text.target += DONE
    answer = answer_of(problem, said)
    text.answer = words_at(answer, len(text.target) + 1)
    text.target += " " + " ".join(answer) + "."
    return text


def words_at(words: tuple[str, ...], start: int) -> list[tuple[str, int, int]]:
    found = []
    for word in words:
        found.append((word, start, start + len(word)))
        start += len(word) + 1
    return found


def reported_chains(problem: Problem) -> list[int]:
    """The written chains whose ends are the answer."""
    last = len(problem.starts) - 1
    return {"first": [0], "last": [last], "both": [0, last]}.get(problem.asked, [])


def answer_of(problem: Problem, said: dict[Place, Fact]) -> tuple[str, ...]:
    if problem.kind == "know":
        return (MATERIALS[problem.asked],)
    if problem.kind == "check":
        thing, number = problem.facts[problem.asked]
        return (thing, number, MATERIALS[thing])
    ends = [said[(len(problem.levels) - 1, chain)] for chain in reported_chains(problem)]
    if problem.kind == "both":
        return tuple(thing for thing, _ in ends)
    thing, number = ends[0]
    return (thing, number, MATERIALS[thing])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=10)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    for _ in range(arguments.count):
        text = write_text(sample_problem(rng))
        print(text.prompt + "\n  " + text.target)


if __name__ == "__main__":
    main()
