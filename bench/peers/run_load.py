"""Loads a causal model with transformers and prints seconds, most memory in bytes and versions as JSON.

python bench/peers/run_load.py DIR|FILE.gguf f32|bf16|nf4"""

import json
import os
import pathlib
import resource
import sys
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import transformers
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

path, kind = pathlib.Path(sys.argv[1]), sys.argv[2]
options = {"dtype": torch.float32 if kind == "f32" else torch.bfloat16}
if kind == "nf4":
    options["quantization_config"] = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4")
if path.suffix == ".gguf":
    options["gguf_file"], path = path.name, path.parent
began = time.perf_counter()
model = AutoModelForCausalLM.from_pretrained(path, **options)
# A mapped file is read only where it is used: a byte of every page.
for parameter in model.parameters():
    parameter.detach().flatten().view(torch.uint8)[::4096].sum()
seconds = time.perf_counter() - began
version = f"transformers {transformers.__version__}, torch {torch.__version__}, every page of them read"
print(json.dumps({"seconds": seconds, "bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, "version": version}))
