"""Freezes what Python's tokenizers make of the strings of tokens.py by tokenizers of SentencePiece's kind, in test/golden/tokens/:
pieces.json.gz, and the tokenizers, trained here: as Llama 2's (a space before every text, by the normalizer), Mistral's (by
Metaspace) and Gemma's (no such space).

python test/golden/pieces.py   (10 s)"""

import gzip
import json

from quant import utf16
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from tokens import COUNT, OUT, SEED, short_hash, strings, well_formed
from transformers.convert_slow_tokenizer import generate_merges

SPACE = "▁"
SPECIAL = ["<unk>", "<s>", "</s>"]
RUNS = [SPACE * 2, SPACE * 3, "\n\n"]
REPLACE = {"type": "Replace", "pattern": {"String": " "}, "content": SPACE}
BACK = [{"type": "Replace", "pattern": {"String": SPACE}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]
STRIP = {"type": "Strip", "content": " ", "start": 1, "stop": 0}
KINDS = {
    "llama2": {"normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": SPACE}, REPLACE]}, "pre_tokenizer": None,
               "decoder": {"type": "Sequence", "decoders": [*BACK, STRIP]}},
    "mistral": {"normalizer": None,
                "pre_tokenizer": {"type": "Metaspace", "replacement": SPACE, "prepend_scheme": "first", "split": False},
                "decoder": {"type": "Sequence", "decoders": [*BACK, STRIP]}},
    "gemma": {"normalizer": REPLACE,
              "pre_tokenizer": {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False},
              "decoder": {"type": "Sequence", "decoders": BACK}},
}


def trained() -> dict:
    """Vocabulary and merges: special tokens, bytes, pieces."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    corpus = [well_formed(text) for text in strings(SEED + 1, 3000)]
    trainer = trainers.BpeTrainer(vocab_size=900, limit_alphabet=300, show_progress=False)
    tokenizer.train_from_iterator(corpus, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    pieces = sorted(model["vocab"], key=model["vocab"].get)
    order = [*SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256)), *pieces]
    return model_of({piece: i for i, piece in enumerate(order)})


def model_of(vocab: dict) -> dict:
    """Scores fall with the ids, as in SentencePiece's own vocabularies; merges as transformers makes them of these."""
    scores = {piece: -float(i) for piece, i in vocab.items() if i >= len(SPECIAL) + 256}
    return {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": None,
            "fuse_unk": True, "byte_fallback": True, "ignore_merges": False, "vocab": vocab,
            "merges": [list(pair) for pair in generate_merges(vocab, scores)]}


def with_runs(model: dict) -> dict:
    """Runs of spaces and of line breaks as pieces that merges lead to; Gemma has them as added tokens, too."""
    vocab = dict(model["vocab"])
    for run in RUNS:
        vocab.setdefault(run, len(vocab))
    return model_of(vocab)


def describe(name: str, kind: dict, model: dict) -> dict:
    model = with_runs(model) if name == "gemma" else model
    contents = [*SPECIAL, *(RUNS if name == "gemma" else [])]
    added = [{"id": model["vocab"][content], "content": content, "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": content in SPECIAL} for content in contents]
    start = {"SpecialToken": {"id": "<s>", "type_id": 0}}
    processor = {"type": "TemplateProcessing", "single": [start, {"Sequence": {"id": "A", "type_id": 0}}],
                 "pair": [start, {"Sequence": {"id": "A", "type_id": 0}}, start, {"Sequence": {"id": "B", "type_id": 1}}],
                 "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, **kind, "post_processor": processor, "model": model}


def freeze(tokenizer: Tokenizer, texts: list[str]) -> dict:
    frozen = {"eos": 2, "ids": [], "specialIds": [], "offsets": [], "chats": []}
    for text in texts:
        usual = well_formed(text)
        plain = tokenizer.encode(usual, add_special_tokens=False)
        frozen["ids"].append(plain.ids)
        frozen["specialIds"].append(short_hash(tokenizer.encode(usual).ids))
        frozen["offsets"].append(short_hash([[utf16(usual, a), utf16(usual, b)] for a, b in plain.offsets]))
    return frozen


def main():
    # Fewer than for the others, and some that have what these tokenizers use themselves.
    texts = [*strings(SEED, COUNT)[:400], "1 + 1", "<s>the</s> of", "▁the ▁▁of", "the  of   the\n\nof", "<0x41>", "字", " 字", "the"]
    model, frozen = trained(), {"strings": texts}
    for name, kind in KINDS.items():
        directory = OUT / name
        directory.mkdir(parents=True, exist_ok=True)
        state = describe(name, kind, model)
        (directory / "tokenizer.json").write_text(json.dumps(state, ensure_ascii=False, separators=(",", ":")) + "\n")
        config = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "clean_up_tokenization_spaces": False}
        (directory / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
        frozen[name] = freeze(Tokenizer.from_str(json.dumps(state)), texts)
    with gzip.GzipFile(OUT / "pieces.json.gz", "wb", mtime=0) as file:
        file.write(json.dumps(frozen, separators=(",", ":")).encode())


if __name__ == "__main__":
    main()
