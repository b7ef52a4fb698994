"""Freezes how transformers chooses tokens, in test/golden/generation/expected.json: the probabilities that its logits processors
leave of given logits, and what SmolLM2 in NF4 writes greedily, with and without a repetition penalty.

python test/golden/generation.py --smollm2 FILE.gguf|FILE.whl   (60 s)"""

import argparse
import itertools
import os
import pathlib

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from numbers_json import numbers, versions, write_json
from scores import greedy
from seed import PROMPT
from smollm2 import load, locate
from transformers.generation.logits_process import (LogitsProcessorList, RepetitionPenaltyLogitsProcessor,
                                                    TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper)

COUNT = 64
PENALTY = 1.3
VOCABULARY = 40


def processors(temperature=None, topK=None, topP=None, repetitionPenalty=None) -> LogitsProcessorList:
    """In the order of GenerationMixin._get_logits_processor."""
    chosen = LogitsProcessorList()
    if repetitionPenalty is not None:
        chosen.append(RepetitionPenaltyLogitsProcessor(repetitionPenalty))
    if temperature is not None:
        chosen.append(TemperatureLogitsWarper(temperature))
    if topK is not None:
        chosen.append(TopKLogitsWarper(topK))
    if topP is not None:
        chosen.append(TopPLogitsWarper(topP))
    return chosen


def cases():
    generator = torch.Generator().manual_seed(12)
    choices = {"temperature": [None, 0.3, 1.7], "topK": [None, 1, 7, 100], "topP": [None, 0.05, 0.9, 1.0],
               "repetitionPenalty": [None, 0.8, 1.5]}
    for values in itertools.product(*choices.values()):
        options = {name: value for name, value in zip(choices, values) if value is not None}
        logits = (torch.randn(VOCABULARY, generator=generator) * 3).float()
        seen = torch.randint(VOCABULARY, (6,), generator=generator)
        # f64: the processors themselves work in the type of the scores.
        scores = processors(**options)(seen[None], logits.double()[None].clone())[0]
        yield {"options": options, "seen": seen.tolist(), "logits": numbers(logits), "probabilities": numbers(scores.softmax(-1))}


def main(given: pathlib.Path | None) -> None:
    model, tokenizer = load(locate(given))
    prompt = tokenizer.encode(PROMPT)
    ids = torch.tensor([prompt])
    penalized = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=COUNT, do_sample=False,
                               repetition_penalty=PENALTY, pad_token_id=0)[0, len(prompt):].tolist()
    write_json(pathlib.Path(__file__).parent / "generation" / "expected.json", {
        "schema": "whence.golden.generation/1", "versions": versions(), "cases": list(cases()),
        "smollm2": {"prompt": prompt, "greedy": greedy(model, prompt, COUNT),
                    "penalized": {"repetitionPenalty": PENALTY, "ids": penalized, "text": tokenizer.decode(penalized)}}})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smollm2", type=pathlib.Path, default=None)
    main(parser.parse_args().smollm2)
