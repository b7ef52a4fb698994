"""Freezes what Python's tokenizers make of hostile texts with every pre-tokenizer, normalizer, decoder, post-processor and flag of
added tokens, in test/golden/tokens/components.json.gz: a vocabulary whose merges cross every boundary, and of each case the parts
of its tokenizer.json that differ.

python test/golden/components.py   (5 s; needs tokenizers alone)"""

import gzip
import itertools
import json
import pathlib

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

OUT = pathlib.Path(__file__).parent / "tokens" / "components.json.gz"
SPACE = "▁"
TEXTS = [
    "", " ", "a", "Hello, world!", "don't DON'T it's It'S", "1234567 ½Ⅷ²٣४ 12a34", "a1b2c3", "x,y;z!!??...", "— “quoted” ’s ¿qué?", "$+<=>^`|~ a$b",
    " leading", "trailing ", "two  spaces   three", "\ttab\nline\r\n\r\nend\n", "a\u00a0b\u3000c\u2003d\u202fe", "a\x85b\u2028c\u2029d", "\ufeffbom\ufeff",
    "a\u200bb\u00adc\u2060d", "\x00\x07\x1b[0m\x7f", "é e\u0301 E\u0301 ﬁ Ａ ① ㎏ Å", "İ ı ß ſ ẞ Σς", "n\u0303\u0323 n\u0323\u0303 a\u0308\u0304",
    "日本語テキスト、漢字", "한국어 각 \u1100\u1161\u11a8", "ไทย กำ น้ำ", "العربية ـ لا", "עִבְרִית", "हिन्दी क्षि", "👩‍👩‍👧‍👦 🇩🇪 👍🏽 1️⃣ ❤️", "𝐀𝒷 𐍈 𠀀",
    "\ufffd", "ﷺ ㍿", "a-b_c-d--e", "CamelCase snake_case", "<s>a</s>", "<x>", "a<x>b", "a <x> b", "  <x>  ", "<x><x> <x>", "<x>s _<x> 1<x>2",
    "é<x>é e\u0301<x>\u0301", "<X> <x", "\u00a0<x>\u3000\x85\n<x>\u200b", "is this his isis is", "Élan élan ÉLAN E\u0301lan Élans", "▁a▁▁b ▁", "Ġa Ċ é", "<0x41><0xE9>",
    "word " * 20, "a" * 100, "the cat'll’ve 'twas", "x\u0301 \u0301 \u0301x", "tab\t \t mixed \n \n",
]
BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
REPLACE = {"type": "Replace", "pattern": {"String": " "}, "content": SPACE}
BACK = {"type": "Replace", "pattern": {"String": SPACE}, "content": " "}
FALLBACK, FUSE = {"type": "ByteFallback"}, {"type": "Fuse"}
BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def normalizers(*parts):
    return {"type": "Sequence", "normalizers": list(parts)}


def steps(*parts):
    return {"type": "Sequence", "pretokenizers": list(parts)}


def decoders(*parts):
    return {"type": "Sequence", "decoders": list(parts)}


def processors(*parts):
    return {"type": "Sequence", "processors": list(parts)}


def added(token_id: int, content: str, special: bool = False, **flags) -> dict:
    usual = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    return {"id": token_id, "content": content, **usual, **flags, "special": special}


def bytes_base() -> dict:
    """No pre-tokenizer but bytes, so that merges cross whatever a case splits at."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    trainer = trainers.BpeTrainer(vocab_size=900, min_frequency=1, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<s>", "</s>"],
                                  show_progress=False, max_token_length=12)
    tokenizer.train_from_iterator([*TEXTS, *(text.lower() for text in TEXTS)], trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [added(0, "<s>", True), added(1, "</s>", True)],
            "normalizer": None, "pre_tokenizer": BYTES, "post_processor": None, "decoder": BYTES, "model": model}


def pieces_base() -> dict:
    """SentencePiece's kind: pieces with U+2581 for spaces, and bytes."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    trainer = trainers.BpeTrainer(vocab_size=300, min_frequency=1, limit_alphabet=60, show_progress=False, max_token_length=8)
    tokenizer.train_from_iterator(TEXTS, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    names = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *sorted(model["vocab"], key=model["vocab"].get)]
    names = list(dict.fromkeys(names))
    model |= {"vocab": {name: i for i, name in enumerate(names)}, "unk_token": "<unk>", "fuse_unk": True, "byte_fallback": True}
    return {"version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [added(0, "<unk>", True), added(1, "<s>", True), added(2, "</s>", True)],
            "normalizer": normalizers({"type": "Prepend", "prepend": SPACE}, REPLACE), "pre_tokenizer": None, "post_processor": None,
            "decoder": decoders(BACK, FALLBACK, FUSE), "model": model}


def splitters():
    """Pre-tokenizers that stand before the one of bytes."""
    yield "BertPreTokenizer", {"type": "BertPreTokenizer"}
    yield "Whitespace", {"type": "Whitespace"}
    yield "WhitespaceSplit", {"type": "WhitespaceSplit"}
    yield "UnicodeScripts", {"type": "UnicodeScripts"}
    yield "FixedLength", {"type": "FixedLength", "length": 3}
    yield "CharDelimiterSplit", {"type": "CharDelimiterSplit", "delimiter": "-"}
    for individual in (False, True):
        yield f"Digits individual={individual}", {"type": "Digits", "individual_digits": individual}
    for behavior in BEHAVIORS:
        yield f"Punctuation {behavior}", {"type": "Punctuation", "behavior": behavior}
        for name, pattern in (("String", {"String": " "}), ("spaces", {"Regex": r"\s+"}), ("digits", {"Regex": r"\p{N}{1,3}"}), ("gpt2", {"Regex": GPT2}),
                              ("look", {"Regex": r"(?<=[a-z])(?=[A-Z])|(?i:'s)"})):
            for invert in (False, True):
                yield f"Split {name} {behavior} invert={invert}", {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


def cases():
    """Kind of the vocabulary, name, and the parts that differ."""
    for name, step in splitters():
        yield "bytes", f"pre-tokenizer {name}", {"pre_tokenizer": steps(step, BYTES)}
    for prefix, regex in itertools.product((False, True), repeat=2):
        yield "bytes", f"pre-tokenizer ByteLevel prefix={prefix} regex={regex}", {"pre_tokenizer": BYTES | {"add_prefix_space": prefix, "use_regex": regex}}
    for scheme, split in itertools.product(("always", "never", "first"), (False, True)):
        step = {"type": "Metaspace", "replacement": SPACE, "prepend_scheme": scheme, "split": split}
        yield "pieces", f"pre-tokenizer Metaspace {scheme} split={split}", {"pre_tokenizer": step, "normalizer": None}
    bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}
    plain = [{"type": name} for name in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel")]
    others = [{"type": "Strip", "strip_left": True, "strip_right": True}, {"type": "Prepend", "prepend": "x"}, bert, REPLACE,
              {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}, normalizers({"type": "NFKC"}, {"type": "Lowercase"}),
              normalizers({"type": "NFD"}, {"type": "StripAccents"})]
    for part in plain + others:
        name = "+".join(p["type"] for p in part.get("normalizers", [part])) + (" Regex" if "Regex" in part.get("pattern", {}) else "")
        yield "bytes", f"normalizer {name}", {"normalizer": part, "pre_tokenizer": None if name == "ByteLevel" else BYTES}
        yield "pieces", f"normalizer {name} of pieces", {"normalizer": part}
    meta = {"type": "Metaspace", "replacement": SPACE, "prepend_scheme": "always", "split": False}
    strip = {"type": "Strip", "content": " ", "start": 1, "stop": 0}
    for part in (BYTES, decoders(BYTES, FUSE), decoders(BACK, FALLBACK, FUSE, strip), decoders(FALLBACK, meta), meta, FALLBACK, FUSE, None,
                 {"type": "WordPiece", "prefix": "##", "cleanup": True}, {"type": "BPEDecoder", "suffix": "</w>"},
                 {"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": True}, strip):
        name = "none" if part is None else "+".join(p["type"] for p in part.get("decoders", [part]))
        kind = "bytes" if "ByteLevel" in name else "pieces"
        yield kind, f"decoder {name}", {"decoder": part}
    trims = [BYTES | {"trim_offsets": trim} for trim in (False, True)]
    token = {name: {"id": name, "ids": [i], "tokens": [name]} for i, name in enumerate(("<s>", "</s>"))}
    text = {"Sequence": {"id": "A", "type_id": 0}}
    start, end = ({"SpecialToken": {"id": name, "type_id": 0}} for name in token)
    both = {"type": "TemplateProcessing", "single": [start, text, end], "pair": [start, text, end], "special_tokens": token}
    both["pair"] = [start, text, {"Sequence": {"id": "B", "type_id": 1}}, end]
    bert = {"type": "BertProcessing", "sep": ["</s>", 1], "cls": ["<s>", 0]}
    roberta = {"type": "RobertaProcessing", "sep": ["</s>", 1], "cls": ["<s>", 0], "trim_offsets": True, "add_prefix_space": True}
    for part in (*trims, both, both | {"single": [text, end]}, both | {"single": [start, start, text]}, bert, roberta, processors(trims[1], both)):
        name = "+".join(p["type"] for p in part.get("processors", [part])) + f" {len(part.get('single', []))}" * ("single" in part)
        yield "bytes", f"post-processor {name} trim={part.get('trim_offsets')}", {"post_processor": part}
    for flags in itertools.product((False, True), repeat=4):
        flags = dict(zip(("single_word", "lstrip", "rstrip", "normalized"), flags))
        shown = " ".join(name for name, on in flags.items() if on) or "none"
        for kind in ("bytes", "pieces"):
            yield kind, f"added-token flags {shown} of {kind}", {"added": [["<x>", flags], ["is", flags], ["Élan", flags]]}
        for normalizer in ("Lowercase", "NFD"):
            yield "bytes", f"added-token flags {shown} after {normalizer}", {"added": [["<X>", flags], ["is", flags], ["Élan", flags]], "normalizer": {"type": normalizer}}


def state_of(base: dict, parts: dict) -> dict:
    """Added tokens get the next ids, unless the vocabulary has them."""
    state = base | {key: value for key, value in parts.items() if key != "added"}
    vocab = base["model"]["vocab"]
    more, free = [], len(vocab)
    for content, flags in parts.get("added", []):
        known = vocab.get(content)
        more.append(added(free if known is None else known, content, **flags))
        free += known is None
    return state | {"added_tokens": sorted([*base["added_tokens"], *more], key=lambda token: token["id"])}


def main():
    bases = {"bytes": bytes_base(), "pieces": pieces_base()}
    frozen = []
    for kind, name, parts in cases():
        base = bases[kind]
        state = state_of(base, parts)
        tokenizer = Tokenizer.from_str(json.dumps(state))
        encoded = [tokenizer.encode(text, add_special_tokens=False) for text in TEXTS]
        frozen.append({
            "kind": kind, "name": name, "parts": {key: value for key, value in state.items() if value != base[key]},
            "ids": [encoding.ids for encoding in encoded], "specialIds": [tokenizer.encode(text).ids for text in TEXTS],
            "decoded": [tokenizer.decode(encoding.ids, skip_special_tokens=False) for encoding in encoded],
        })
    with gzip.GzipFile(OUT, "wb", mtime=0) as file:
        file.write(json.dumps({"texts": TEXTS, "bases": bases, "cases": frozen}, separators=(",", ":")).encode())


if __name__ == "__main__":
    main()
