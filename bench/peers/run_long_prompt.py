"""Input × gradient of a long prompt by PyTorch in f32 on the CPU: one forward and one backward.

    run_long_prompt.py DIRECTORY IDS.json    IDS.json has `prompt` and `target`, lists of token ids

The blocks' weights are NF4's values, by bitsandbytes, as dense f32: PyTorch's own products, of our model. The head runs
over the scored rows alone, and no weight has a gradient. Prints one JSON object: seconds of the second run, the most
memory of the process, the score and the attribution.
"""

import json
import pathlib
import resource
import sys
import time

import bitsandbytes
import torch
from transformers import AutoModelForCausalLM, BitsAndBytesConfig


def load(directory: str):
    nf4 = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.float32)
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, device_map="cpu",
                                                 quantization_config=nf4)
    for name, module in list(model.named_modules()):
        if isinstance(module, bitsandbytes.nn.Linear4bit):
            dense = torch.nn.Linear(module.in_features, module.out_features, bias=False)
            values = bitsandbytes.functional.dequantize_4bit(module.weight.data, module.weight.quant_state)
            dense.weight = torch.nn.Parameter(values.float())
            parent, _, child = name.rpartition(".")
            setattr(model.get_submodule(parent), child, dense)
    return model.eval().requires_grad_(False)


def input_x_gradient(model, prompt: list[int], target: list[int]):
    rows = model.get_input_embeddings()(torch.tensor([prompt + target[:-1]]))
    rows.requires_grad_(True)
    logits = model(inputs_embeds=rows, use_cache=False, logits_to_keep=len(target)).logits[0]
    score = logits.log_softmax(-1)[torch.arange(len(target)), torch.tensor(target)].sum()
    score.backward()
    attribution = (rows.grad * rows.detach()).sum(-1)[0, : len(prompt)]
    return score.item(), attribution.tolist()


model = load(sys.argv[1])
ids = json.loads(pathlib.Path(sys.argv[2]).read_text())
for _ in range(2):
    began = time.perf_counter()
    score, attribution = input_x_gradient(model, ids["prompt"], ids["target"])
    seconds = time.perf_counter() - began
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
version = f"PyTorch {torch.__version__.split('+')[0]}, {torch.get_num_threads()} threads"
print(json.dumps({"seconds": seconds, "bytes": most, "score": score, "attribution": attribution, "version": version}))
