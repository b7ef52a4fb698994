"""JSON with full-precision numbers: f64 by their shortest exact decimal, f32 by 9 significant digits (exact too)."""

import importlib.metadata
import json
import pathlib

import torch

PACKAGES = ("torch", "transformers", "bitsandbytes", "captum", "safetensors", "numpy")


def numbers(tensor: torch.Tensor) -> list | float:
    """Nested lists of a tensor, any shape. Refuses numbers that are not finite."""
    if tensor.is_floating_point() and not torch.isfinite(tensor).all():
        raise ValueError(f"Cannot freeze a tensor of shape {tuple(tensor.shape)} as its numbers must be finite")
    values = tensor.detach().cpu().tolist()
    return _nine_digits(values) if tensor.dtype == torch.float32 else values


def _nine_digits(values):
    return [_nine_digits(v) for v in values] if isinstance(values, list) else float(f"{values:.9g}")


def versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in PACKAGES}


def write_json(path: pathlib.Path, value: dict) -> None:
    """Objects are indented, arrays of numbers take one line, matrices one line a row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_render(value, "") + "\n", encoding="utf-8")


def _render(value, indent: str) -> str:
    inner = indent + "  "
    if isinstance(value, dict):
        rows = [f"{inner}{json.dumps(k)}: {_render(v, inner)}" for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}" if rows else "{}"
    if isinstance(value, list) and any(isinstance(v, (dict, list)) for v in value):
        return "[\n" + ",\n".join(inner + _render(v, inner) for v in value) + f"\n{indent}]"
    return json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
