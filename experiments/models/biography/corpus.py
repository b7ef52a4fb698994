"""Seeded generator of short biographies with the character spans of their facts and hobbies.

`python corpus.py --seed 7 --count 5` prints some. A biography is one or two introducing sentences, up to three
sentences that nothing follows from, and a lead-in; its target is a list of hobbies. The lead-in alone says which
kinds of hobbies follow and in which order.
"""

import argparse
import hashlib
import random
import re
from dataclasses import dataclass, field

from facts import CAUSES, CITIES, DISTRACTORS, NAMES, OCCUPATIONS, POOLS, hobby_of

# Each entry: the introducing sentences. Further sentences may stand between and after them.
INTRODUCTIONS = [
    ["{name} works as {a} {occupation} in {city}."],
    ["{name} lives in {city} and works as {a} {occupation}."],
    ["{name} is {a} {occupation} from {city}."],
    ["In {city}, {name} works as {a} {occupation}."],
    ["{A} {occupation} by trade, {name} lives in {city}."],
    ["Meet {name}, {a} {occupation} in {city}."],
    ["People in {city} know {name} as {a} {occupation}."],
    ["This is {name}.", "{He} {works} as {a} {occupation} in {city}."],
    ["{name} lives in {city}.", "{He} {is} {a} {occupation}."],
    ["{name} works as {a} {occupation}.", "{His} home is in {city}."],
    ["Born in {month}, {name} is {a} {occupation} in {city}."],
    ["At the age of {age}, {name} moved to {city} to work as {a} {occupation}."],
]

# Sentences that nothing follows from, by the fact in them.
ASIDES = {
    "age": ["{He} {is} {age} years old.", "{He} turned {age} last week."],
    "month": ["{He} {was} born in {month}.", "{His} birthday is in {month}."],
    "pet": ["{He} {has} a {pet}.", "{His} {pet} is very old."],
    "color": ["{His} favorite color is {color}.", "{His} front door is {color}."],
    "street": ["{He} {lives} on {street} Street.", "{His} house is on {street} Street."],
    "drink": ["{He} {drinks} {drink} in the morning.", "{He} often {buys} {drink}."],
    "car": ["{He} {drives} an old {car}.", "{His} {car} is new."],
    "food": ["{He} {eats} {food} for lunch.", "{He} never {eats} {food}."],
    "family": ["{He} {has} {number} {family}.", "{His} {family} visit often."],
    "flower": ["{He} {grows} {flower}.", "{He} {buys} {flower} every Sunday."],
    "neighbor": ["{His} neighbor is called {neighbor}.", "{He} {knows} Doctor {neighbor}."],
}

# Lead-in: the kinds of the hobbies after it, in order.
LEAD_INS = {
    "In {his} free time, {he} {enjoys}": ("occupation", "city", "name"),
    "On weekends, {he} {likes}": ("city", "both", "occupation"),
    "In summer, {he} {prefers}": ("both", "name", "city"),
    "{His} hobbies are": ("name", "occupation", "both", "city"),
    "After work, {he} {loves}": ("both", "city", "occupation", "name"),
    "When there is time, {he} {does}": ("name", "city", "occupation", "both"),
}

PRONOUNS = {
    "he": {"he": "he", "his": "his"},
    "she": {"he": "she", "his": "her"},
    "they": {"he": "they", "his": "their"},
}
IRREGULAR = {"is": "are", "has": "have", "was": "were", "does": "do"}
NUMBERS = ["two", "three", "four", "five", "six"]
HELD_OUT_SHARE = 10  # percent of all (name, occupation, city)
EXAMPLE = ("Michael", "software engineer", "Austin")


@dataclass
class Biography:
    prompt: str
    target: str
    facts: list[dict] = field(default_factory=list)  # name, start, end: characters of the prompt
    hobbies: list[dict] = field(default_factory=list)  # text, start, end, word, kind, causes: characters of the target


def is_held_out(name: str, occupation: str, city: str) -> bool:
    """Whether this person is kept out of training; by a hash, so that it depends on no seed."""
    if (name, occupation, city) == EXAMPLE:
        return False
    digest = hashlib.sha256(f"{name}|{occupation}|{city}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < HELD_OUT_SHARE


def sample_person(rng: random.Random, held_out: bool) -> tuple[str, str, str]:
    while True:
        person = (rng.choice(list(NAMES)), rng.choice(list(OCCUPATIONS)), rng.choice(list(CITIES)))
        if is_held_out(*person) == held_out:
            return person


def words_for(rng: random.Random, person: tuple[str, str, str]) -> dict[str, str]:
    """The value of every template field but the verbs, which `fill` inflects."""
    name, occupation, city = person
    pronouns = PRONOUNS[NAMES[name][0]]
    article = "an" if occupation[0] in "aeiou" else "a"
    values = {
        "name": name, "occupation": occupation, "city": f"{city}, {CITIES[city][0]}",
        "a": article, "A": article.capitalize(), "number": rng.choice(NUMBERS), **pronouns,
        **{key.capitalize(): text.capitalize() for key, text in pronouns.items()},
    }
    return values | {key: rng.choice(pool) for key, pool in DISTRACTORS.items()}


def fill(template: str, values: dict[str, str], offset: int) -> tuple[str, list[dict]]:
    """The text of a template, and the spans of its facts counted from `offset`."""
    text, facts = "", []
    for literal, key in re.findall(r"([^{]*)(?:\{(\w+)\})?", template):
        text += literal
        if not key:
            continue
        start = offset + len(text)
        text += values[key] if key in values else inflect(key, values["he"])
        if key in DISTRACTORS or key in ("name", "occupation", "city"):
            facts.append({"name": key, "start": start, "end": offset + len(text)})
    return text, facts


def inflect(verb: str, pronoun: str) -> str:
    if pronoun != "they":
        return verb
    return IRREGULAR.get(verb, verb.removesuffix("s"))


def choose_sentences(rng: random.Random, asides: int) -> list[str]:
    introduction = list(rng.choice(INTRODUCTIONS))
    used = {key for key in DISTRACTORS if "{" + key + "}" in introduction[0]}
    free = [key for key in DISTRACTORS if key not in used]
    sentences = introduction
    for key in rng.sample(free, asides):
        sentences.insert(rng.randint(1, len(sentences)), rng.choice(ASIDES[key]))
    return sentences


def compose(
    rng: random.Random,
    person: tuple[str, str, str],
    sentences: list[str],
    lead_in: str,
    unknown: frozenset[str] = frozenset(),
) -> Biography:
    """A biography of the person. Hobbies caused by an `unknown` fact are drawn from all of their kind."""
    values = words_for(rng, person)
    bio = Biography(prompt="", target="")
    for sentence in [*sentences, lead_in]:
        gap = " " if bio.prompt else ""
        text, facts = fill(sentence, values, len(bio.prompt) + len(gap))
        bio.prompt += gap + text
        bio.facts += facts
    kinds = LEAD_INS[lead_in]
    for index, kind in enumerate(kinds):
        known = unknown.isdisjoint(CAUSES[kind])
        hobby = hobby_of(kind, *person) if known else rng.choice(POOLS[kind])
        bio.target += " " if index == 0 else ", and " if index == len(kinds) - 1 else ", "
        start = len(bio.target)
        bio.target += hobby
        bio.hobbies.append({
            "text": hobby, "start": start, "end": len(bio.target), "word": hobby.split()[0], "kind": kind,
            "causes": CAUSES[kind],
        })
    bio.target += "."
    return bio


def sample_biography(
    rng: random.Random, held_out: bool = False, asides: tuple[int, int] = (0, 3), unknown: frozenset[str] = frozenset()
) -> Biography:
    """A random biography with at least asides[0] and at most asides[1] sentences that nothing follows from."""
    person = sample_person(rng, held_out)
    sentences = choose_sentences(rng, rng.randint(*asides))
    return compose(rng, person, sentences, rng.choice(list(LEAD_INS)), unknown)


def example_biography() -> Biography:
    """The biography of Michael, the text that the whole project explains first."""
    return compose(random.Random(0), EXAMPLE, INTRODUCTIONS[0], next(iter(LEAD_INS)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=10)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    for bio in [example_biography(), *(sample_biography(rng) for _ in range(arguments.count))]:
        print(bio.prompt + bio.target)


if __name__ == "__main__":
    main()
