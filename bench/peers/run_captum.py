"""Captum 0.9 on bitsandbytes NF4 on the CPU, as a user of them would run it on the example.

    run_captum.py prepare FILE.gguf DIRECTORY    the GGUF's weights in f32, since transformers quantizes no GGUF by bitsandbytes
    run_captum.py integrated-gradients    DIRECTORY PROMPT TARGET COMPUTE [STEPS]    Gauss–Legendre; 50, Captum's default
    run_captum.py feature-ablation        DIRECTORY PROMPT TARGET COMPUTE
    run_captum.py feature-ablation-packed DIRECTORY PROMPT TARGET COMPUTE    as eval() runs it: on another model, nearly
    run_captum.py load                    DIRECTORY PROMPT TARGET COMPUTE    what the memory is without an attribution

COMPUTE is float32 or bfloat16. Prints one JSON object: seconds of the attribution alone, the most memory of the process.
"""

import json
import pathlib
import resource
import sys
import time

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

# Path points in memory at a time: what 50 take, Captum's default, however many are asked for.
MOST_POINTS = 50


def prepare(gguf: pathlib.Path, directory: pathlib.Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    read = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    # transformers saves nothing that came from a GGUF, so its weights move into a model that did not.
    del read.config.quantization_config
    model = type(read)(read.config).float()
    model.load_state_dict(read.state_dict())
    model.save_pretrained(directory)
    tokenizer.save_pretrained(directory)


def load(directory: str, compute: torch.dtype):
    nf4 = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=compute)
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=compute, device_map="cpu", quantization_config=nf4)
    return model.eval(), AutoTokenizer.from_pretrained(directory)


def integrated_gradients(model, tokenizer, prompt: str, target: str, steps: str = "50"):
    from captum.attr import LayerIntegratedGradients, LLMGradientAttribution, TextTokenInput

    # In eval() bitsandbytes 0.50 packs the weights for a CPU kernel that has no gradient and raises; the model has no
    # dropout, so train() changes nothing else.
    model.train()
    explain = LLMGradientAttribution(LayerIntegratedGradients(model, model.model.embed_tokens), tokenizer)
    return explain.attribute(TextTokenInput(prompt, tokenizer), target=target, n_steps=int(steps),
                             internal_batch_size=MOST_POINTS if int(steps) > MOST_POINTS else None)


def feature_ablation(model, tokenizer, prompt: str, target: str):
    # In eval() bitsandbytes 0.50 takes the packed kernel, whose answers are up to 0.12 nats off.
    return feature_ablation_packed(model.train(), tokenizer, prompt, target)


def feature_ablation_packed(model, tokenizer, prompt: str, target: str):
    from captum.attr import FeatureAblation, LLMAttribution, TextTokenInput

    explain = LLMAttribution(FeatureAblation(model), tokenizer)
    # With the default use_cached_outputs=True and transformers 5 the whole sequence is fed on top of the cache again, so
    # that every target token after the first is scored on a wrong input.
    with torch.no_grad():
        return explain.attribute(TextTokenInput(prompt, tokenizer), target=target, use_cached_outputs=False)


METHODS = {
    "integrated-gradients": integrated_gradients,
    "feature-ablation": feature_ablation,
    "feature-ablation-packed": feature_ablation_packed,
}


def main(method: str, directory: str, prompt: str, target: str, compute: str, *options: str) -> None:
    model, tokenizer = load(directory, getattr(torch, compute))
    result = {}
    if method != "load":
        began = time.perf_counter()
        attribution = METHODS[method](model, tokenizer, prompt, target, *options)
        result["seconds"] = time.perf_counter() - began
        result["token"] = attribution.token_attr.float().tolist()
        result["sequence"] = attribution.seq_attr.float().flatten().tolist()
    result["bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps(result))


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
    else:
        main(*sys.argv[1:])
