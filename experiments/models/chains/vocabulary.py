"""The tokenizer: byte-level BPE trained on the corpus, pre-tokenized as Qwen2 does, with the think markers of Qwen3."""

import json
import random
from pathlib import Path

from corpus import DONE, THINK, sample_problem, write_text
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

END = "<|endoftext|>"  # token 0: ends a text and pads a batch
VOCABULARY_SIZE = 512  # enough for every word of the corpus to be one token
# Qwen2's pattern: a word carries the space before it.
PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def train_tokenizer(seed: int, count: int = 5_000) -> Tokenizer:
    rng = random.Random(seed)
    texts = [write_text(sample_problem(rng)) for _ in range(count)]
    tokenizer = Tokenizer(models.BPE(byte_fallback=False, fuse_unk=False))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), behavior="isolated", invert=False),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=[AddedToken(END, special=True, normalized=False)],
        show_progress=False,
    )
    words = (text.prompt + text.target.removeprefix(THINK).replace(DONE, "") for text in texts)
    tokenizer.train_from_iterator(words, trainer)
    tokenizer.add_tokens([AddedToken(mark, special=False, normalized=False) for mark in (THINK, DONE)])
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(directory / "tokenizer.json"))
    marks = {THINK: False, DONE: False, END: True}
    decoder = {
        str(tokenizer.token_to_id(mark)): {"content": mark, "lstrip": False, "normalized": False, "rstrip": False,
                                           "single_word": False, "special": special}
        for mark, special in sorted(marks.items(), key=lambda mark: tokenizer.token_to_id(mark[0]))
    }
    config = {
        "add_bos_token": False,
        "add_prefix_space": False,
        "added_tokens_decoder": decoder,
        "bos_token": None,
        "clean_up_tokenization_spaces": False,
        "eos_token": END,
        "errors": "replace",
        "model_max_length": 512,
        "pad_token": END,
        "split_special_tokens": False,
        "tokenizer_class": "Qwen2Tokenizer",
        "unk_token": None,
    }
    (directory / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")
