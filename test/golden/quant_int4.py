"""GPTQ's and AWQ's 4-bit matrices, packed by NumPy as the buffers are documented, and their values, in test/golden/quant/int4.json.

Called by quant.py; alone: python test/golden/quant_int4.py. `gptq` and `awq` restate the two libraries' formulas; what they give is
checked to be what the libraries' own code gives: `QuantLinear.forward` of AutoGPTQ 0.7.1 on an identity matrix, and `dequantize_gemm` of
AutoAWQ 0.2.9. Both are archived, and of each one file is loaded, as the packages do not run beside this transformers."""
import functools
import importlib.util
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import numpy as np
import torch
from quant import b64, sha, write_json

AWQ_ORDER = [0, 2, 4, 6, 1, 3, 5, 7]
SHIFTS = torch.arange(0, 32, 4, dtype=torch.int32)
LIBRARIES = {
    "gptq": ("auto-gptq==0.7.1", zipfile.ZipFile, "auto_gptq/nn_modules/qlinear/qlinear_cuda.py"),
    "awq": ("autoawq==0.2.9", tarfile.open, "autoawq-0.2.9/awq/utils/packing_utils.py"),
}


@functools.cache
def library(name):
    """The module of a library that dequantizes."""
    package, open_archive, member = LIBRARIES[name]
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", directory, package], check=True)
        with open_archive(next(pathlib.Path(directory).iterdir())) as archive:
            archive.extract(member, directory)
        spec = importlib.util.spec_from_file_location(f"whence_{name}", pathlib.Path(directory, member))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def pack_words(nibbles):
    """[..., 8] in 0…15 → [...] int32, the first nibble lowest."""
    words = np.zeros(nibbles.shape[:-1], np.uint32)
    for i in range(8):
        words |= nibbles[..., i].astype(np.uint32) << np.uint32(4 * i)
    return torch.from_numpy(words.view(np.int32).copy())


def pack_gptq(codes, zeros, version):
    """codes [in, out], zeros [groups, out] → qweight [in / 8, out], qzeros [groups, out / 8]; version 1 stores zeros less one."""
    qweight = pack_words(codes.reshape(-1, 8, codes.shape[1]).transpose(0, 2, 1))
    stored = zeros - (1 if version == 1 else 0)
    assert stored.min() >= 0 and stored.max() <= 15
    return qweight, pack_words(stored.reshape(len(zeros), -1, 8))


def pack_awq(codes, zeros):
    """codes [in, out], zeros [groups, out] → qweight [in, out / 8], qzeros [groups, out / 8], both in AWQ's order."""
    pack = lambda values: pack_words(values.reshape(len(values), -1, 8)[..., AWQ_ORDER])
    return pack(codes), pack(zeros)


def gptq(qweight, qzeros, scales, g_idx, version):
    """W [in, out] = scales[g] · (codes − zeros[g]), in the scales' type."""
    zeros = torch.bitwise_right_shift(qzeros.unsqueeze(2).expand(-1, -1, 8), SHIFTS).to(torch.int8)
    zeros = (torch.bitwise_and(zeros, 15) + (1 if version == 1 else 0)).reshape(scales.shape)
    weight = torch.bitwise_right_shift(qweight.unsqueeze(1).expand(-1, 8, -1), SHIFTS.unsqueeze(-1)).to(torch.int8)
    weight = torch.bitwise_and(weight, 15).reshape(-1, qweight.shape[1])
    return scales[g_idx.long()] * (weight - zeros[g_idx.long()])


def awq(qweight, qzeros, scales, group_size):
    """W [in, out] = (codes − zeros) · scales, in the scales' type."""
    reverse = [0, 4, 1, 5, 2, 6, 3, 7]
    unpack = lambda words: (torch.bitwise_right_shift(words[:, :, None], SHIFTS) & 15).to(torch.int8)[..., reverse].reshape(len(words), -1)
    zeros = unpack(qzeros).repeat_interleave(group_size, dim=0)
    return (unpack(qweight) - zeros) * scales.repeat_interleave(group_size, dim=0)


def by_library(parts, kind, group_size):
    """W [in, out] in f32 by the library; it knows GPTQ's first format alone."""
    if kind == "awq":
        return library("awq").dequantize_gemm(parts["qweight"], parts["qzeros"], parts["scales"].float(), 4, group_size)
    inputs, outputs = len(parts["g_idx"]), parts["scales"].shape[1]
    linear = library("gptq").QuantLinear(4, group_size, inputs, outputs, False, weight_dtype=torch.float32)
    for name, value in parts.items():
        assert getattr(linear, name).shape == value.shape
        setattr(linear, name, value.float() if name == "scales" else value)
    return linear(torch.eye(inputs))


def dequantize(parts, kind, group_size):
    """W [out, in] in f32, checked to be the library's; its rounding to f16 is checked to be the formula's f16 product."""
    def run(scales):
        if kind == "awq":
            return awq(parts["qweight"], parts["qzeros"], scales, group_size)
        return gptq(parts["qweight"], parts["qzeros"], scales, parts["g_idx"], 2 if kind == "gptq_v2" else 1)

    full = run(parts["scales"].float())
    assert full.dtype == torch.float32 and torch.equal(full.half(), run(parts["scales"].half()))
    assert kind == "gptq_v2" or torch.equal(full, by_library(parts, kind, group_size))
    return full.T.contiguous()


def pack(kind, codes, zeros, scales, g_idx):
    """The buffers of a linear layer; codes [in, out], zeros and scales [groups, out]."""
    if kind == "awq":
        qweight, qzeros = pack_awq(codes, zeros)
        return {"qweight": qweight, "qzeros": qzeros, "scales": torch.from_numpy(scales)}
    qweight, qzeros = pack_gptq(codes, zeros, 2 if kind == "gptq_v2" else 1)
    return {"qweight": qweight, "qzeros": qzeros, "scales": torch.from_numpy(scales), "g_idx": torch.from_numpy(g_idx.astype(np.int32))}


def order(inputs, group_size, act, random):
    """Group of each input: one after another, or as a permutation by activation leaves them."""
    g_idx = np.arange(inputs) // group_size
    return random.permutation(g_idx) if act else g_idx


def main():
    random = np.random.default_rng(12)
    inputs, outputs = 256, 32
    cases = []
    sizes = (32, 64, 128, -1)
    for kind, act, chosen in [("gptq", False, sizes), ("gptq", True, (32, 128)), ("gptq_v2", False, (32, 128)),
                              ("gptq_v2", True, (64, -1)), ("awq", False, sizes)]:
        for stated in chosen:
            size = inputs if stated == -1 else stated
            sym = kind == "gptq" and stated == 32
            codes = random.integers(0, 16, (inputs, outputs))
            least = 1 if kind == "gptq" else 0
            zeros = np.full((inputs // size, outputs), 8) if sym else random.integers(least, 16 + least, (inputs // size, outputs))
            scales = (random.standard_normal(zeros.shape) * 10.0 ** random.integers(-7, 2, zeros.shape)).astype(np.float16)
            scales[0, :3] = [0, 5.96e-8, -6.1e-5]
            g_idx = order(inputs, size, act, random)
            parts = pack(kind, codes, zeros, scales, g_idx)
            values = dequantize(parts, kind, size)
            by_hand = scales.astype(np.float64)[g_idx] * (codes - zeros[g_idx])
            assert np.array_equal(values.T.double().numpy(), by_hand)
            cases.append({"kind": kind, "groupSize": stated, "actOrder": act, "sym": sym, "shape": [outputs, inputs],
                          **{key: b64(value) for key, value in parts.items()},
                          "sha256": sha(values), "row5": b64(values[5, :16])})
    write_json("int4.json", {"torch": torch.__version__, "cases": cases})


if __name__ == "__main__":
    main()
