"""GIM by gim-explain on the awkward model in TransformerLens, f64: python test/golden/rules/gim_explain.py, in an environment of
rules/requirements-gim.txt.

gim-explain 0.1.4 halves no gates; in Hugging Face's Llama and Qwen2 it leaves norms unfrozen, as their RMSNorm is a class
of its own, and softmax at its own temperature, as attention is fused. TransformerLens has neither, so its hooks see all.
Attributions [T][L] of the log-probability of each target token: gradient times embedding less that of token 0."""

import json
import pathlib
from importlib.metadata import version

import torch
from gim import GIM
from safetensors.torch import load_file
from transformer_lens import HookedTransformer, HookedTransformerConfig

HERE = pathlib.Path(__file__).resolve().parent
MODEL = HERE.parent / "awkward" / "f32"
PACKAGES = ("gim-explain", "transformer-lens", "torch")


def hooked(config: dict) -> HookedTransformer:
    """The model of a Qwen2 checkpoint, whose matrices are [out, in] where TransformerLens has [in, out]."""
    D, H, K = config["hidden_size"], config["num_attention_heads"], config["num_key_value_heads"]
    model = HookedTransformer(
        HookedTransformerConfig(
            n_layers=config["num_hidden_layers"], d_model=D, n_heads=H, d_head=D // H, n_key_value_heads=K, n_ctx=64,
            d_mlp=config["intermediate_size"], d_vocab=config["vocab_size"], act_fn="silu", gated_mlp=True, final_rms=True,
            normalization_type="RMS", eps=config["rms_norm_eps"], positional_embedding_type="rotary", rotary_dim=D // H,
            rotary_adjacent_pairs=False, rotary_base=config["rope_parameters"]["rope_theta"], dtype=torch.float64,
            device="cpu", default_prepend_bos=False,
        )
    )
    given = {}
    for part in sorted(MODEL.glob("*.safetensors")):
        given |= {name: value.double() for name, value in load_file(part).items()}
    heads = lambda name, n: given[name].view(n, -1, given[name].shape[-1]).transpose(1, 2)  # noqa: E731
    state = {
        "embed.W_E": given["model.embed_tokens.weight"],
        "unembed.W_U": given["lm_head.weight"].T,
        "ln_final.w": given["model.norm.weight"],
    }
    for i in range(config["num_hidden_layers"]):
        own, block = f"model.layers.{i}.", f"blocks.{i}."
        state |= {
            block + "ln1.w": given[own + "input_layernorm.weight"],
            block + "ln2.w": given[own + "post_attention_layernorm.weight"],
            block + "attn.W_O": given[own + "self_attn.o_proj.weight"].T.reshape(H, D // H, D),
            block + "mlp.W_gate": given[own + "mlp.gate_proj.weight"].T,
            block + "mlp.W_in": given[own + "mlp.up_proj.weight"].T,
            block + "mlp.W_out": given[own + "mlp.down_proj.weight"].T,
        }
        for ours, theirs, n in (("q_proj", "Q", H), ("k_proj", "K", K), ("v_proj", "V", K)):
            mark = "" if n == H else "_"
            state[f"{block}attn.{mark}W_{theirs}"] = heads(f"{own}self_attn.{ours}.weight", n)
            state[f"{block}attn.{mark}b_{theirs}"] = given[f"{own}self_attn.{ours}.bias"].view(n, -1)
    missing, unexpected = model.load_state_dict(state, strict=False)
    # What is left are masks and biases that the checkpoint has not, which are zero.
    assert not unexpected and not any("W_" in name or name.endswith(".w") for name in missing), (missing, unexpected)
    return model


def attribution(model: HookedTransformer, prompt: list[int], target: list[int]) -> list[list[float]]:
    """[T][L]"""
    tokens = torch.tensor([prompt + target[:-1]])
    rows = []
    for t, token in enumerate(target):
        kept = []

        def keep(embedded, hook):
            kept.append(embedded.detach().requires_grad_(True))
            return kept[0]

        with GIM(model):
            with model.hooks(fwd_hooks=[("hook_embed", keep)], reset_hooks_end=True):
                # The patch of softmax is for attention; the score has its own derivative.
                logits = model(tokens, prepend_bos=False)[0, len(prompt) - 1 + t]
                (logits[token] - logits.logsumexp(-1)).backward()
        away = kept[0] - model.embed.W_E[0]
        rows.append((away * kept[0].grad).sum(-1)[0, : len(prompt)].tolist())
    return rows


def main() -> None:
    config = json.loads((MODEL / "config.json").read_text())
    model = hooked(config)
    cases = json.loads((MODEL / "expected.json").read_text())["cases"]
    found = []
    for one in cases:
        prompt, target = one["prompt"], one["target"]
        scores = model(torch.tensor([prompt + target[:-1]]), prepend_bos=False)[0, len(prompt) - 1 :].log_softmax(-1)
        own = scores[torch.arange(len(target)), torch.tensor(target)]
        error = (own - torch.tensor(one["logProbs"]["f64"])).abs().max().item()
        assert error < 1e-6, error
        found.append({"prompt": prompt, "target": target, "attribution": attribution(model, prompt, target)})
    written = {"schema": "whence.golden.gim/1", "versions": {name: version(name) for name in PACKAGES}, "cases": found}
    (HERE / "gim.json").write_text(json.dumps(written) + "\n")


if __name__ == "__main__":
    main()
