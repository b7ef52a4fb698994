#!/bin/sh
# Makes the Python environment of bench/peers/captum.ts in .cache/peers, and SmolLM2 as a directory that bitsandbytes can
# load in weights/smollm2_f32 (540 MB); and llama.cpp's binaries for Node for bench/model/load.ts. Safe to run again. Where pip is not told of an index with CPU builds of torch (its own
# PIP_EXTRA_INDEX_URL does), it brings the ones for CUDA, which are several GB.
set -eu
cd "$(dirname "$0")/../.."
deno task weights
[ -x .cache/peers/bin/python ] || python3 -m venv .cache/peers
.cache/peers/bin/python -m pip install -q -r bench/peers/requirements.txt
[ -d .cache/peers/node_modules/node-llama-cpp ] ||
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix .cache/peers node-llama-cpp@3.22.1
[ -f weights/smollm2_f32/config.json ] ||
  .cache/peers/bin/python bench/peers/run_captum.py prepare weights/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf weights/smollm2_f32
