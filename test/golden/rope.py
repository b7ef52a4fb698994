"""Frequencies of every kind of RoPE that transformers initializes, by configurations in either spelling, in
test/golden/rope.json.

Run by architectures.py; alone: python test/golden/rope.py."""

import pathlib

from float64 import InFloat64
from numbers_json import numbers, versions, write_json
from transformers import AutoConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.gemma3.modeling_gemma3 import Gemma3RotaryEmbedding
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

SIZES = {"hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2, "num_hidden_layers": 6, "intermediate_size": 32,
         "vocab_size": 64}
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 8192}
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 256}

# Keys of config.json beside the sizes, and the length of the sequence where it matters.
CASES = {
    "default, transformers 4": ({"model_type": "llama", "rope_theta": 5e5}, None),
    "default, transformers 5": ({"model_type": "llama", "rope_parameters": {"rope_type": "default", "rope_theta": 5e5}}, None),
    "head_dim apart from D / H": ({"model_type": "qwen3", "head_dim": 20, "rope_theta": 1e6}, None),
    "linear": ({"model_type": "llama", "rope_theta": 1e4, "rope_scaling": {"type": "linear", "factor": 2.5}}, None),
    "dynamic within its length": ({"model_type": "llama", "max_position_embeddings": 64,
                                   "rope_scaling": {"type": "dynamic", "factor": 2.0}}, 50),
    "dynamic beyond its length": ({"model_type": "llama", "max_position_embeddings": 64,
                                   "rope_scaling": {"type": "dynamic", "factor": 2.0}}, 100),
    "yarn, transformers 4": ({"model_type": "qwen2", "rope_theta": 1e4, "max_position_embeddings": 256,
                              "rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 256}}, None),
    "yarn, transformers 5": ({"model_type": "qwen2", "max_position_embeddings": 1024,
                              "rope_parameters": {**YARN, "rope_theta": 1e4}}, None),
    "yarn with an attention factor": ({"model_type": "llama", "rope_parameters": {**YARN, "attention_factor": 0.75}}, None),
    "yarn with mscale": ({"model_type": "llama", "rope_parameters": {**YARN, "mscale": 1.0, "mscale_all_dim": 0.8}}, None),
    "yarn with a wide, untruncated ramp": ({"model_type": "llama", "rope_parameters": {
        **YARN, "beta_fast": 60.0, "beta_slow": 0.5, "truncate": False}}, None),
    "llama3, transformers 4": ({"model_type": "llama", "max_position_embeddings": 131072, "rope_theta": 5e5, "rope_scaling": LLAMA3}, None),
    "llama3, transformers 5": ({"model_type": "llama", "max_position_embeddings": 131072,
                                "rope_parameters": {**LLAMA3, "factor": 32.0, "rope_theta": 5e5}}, None),
    "local and global, transformers 4": ({"model_type": "gemma3_text", "head_dim": 16, "rope_theta": 1e6,
                                          "rope_local_base_freq": 1e4, "rope_scaling": {"rope_type": "linear", "factor": 8.0}},
                                         None),
    "local and global, transformers 5": ({"model_type": "gemma3_text", "head_dim": 16, "rope_parameters": {
        "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6},
        "sliding_attention": {"rope_type": "default", "rope_theta": 2e4}}}, None),
}


def table(config, length, layer_type=None) -> dict:
    parameters = config.rope_parameters if layer_type is None else config.rope_parameters[layer_type]
    kind, default = parameters["rope_type"], LlamaRotaryEmbedding if layer_type is None else Gemma3RotaryEmbedding
    make = default.compute_default_rope_parameters if kind == "default" else ROPE_INIT_FUNCTIONS[kind]
    keys = {} if layer_type is None else {"layer_type": layer_type}
    with InFloat64():
        frequencies, factor = make(config, seq_len=length, **keys)
    return {"frequencies": numbers(frequencies), "factor": float(factor)}


def main(file: pathlib.Path) -> None:
    cases = []
    for name, (keys, length) in CASES.items():
        stated = {**SIZES, **keys}
        # transformers adds to the dictionaries that it is given.
        config = AutoConfig.for_model(**{key: dict(value) if isinstance(value, dict) else value for key, value in stated.items()})
        types = ["full_attention", "sliding_attention"] if keys["model_type"] == "gemma3_text" else [None]
        cases.append({"name": name, "config": stated, "length": length, "tables": [table(config, length, t) for t in types]})
    write_json(file, {"schema": "whence.golden.rope/1", "versions": versions(), "cases": cases})


if __name__ == "__main__":
    main(pathlib.Path(__file__).parent / "rope.json")
