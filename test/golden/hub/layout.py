"""What huggingface_hub leaves in its cache, for test/checkpoint/hub/layout_test.ts: python test/golden/hub/layout.py"""

import hashlib
import json
import os
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
READ = ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]


def describe(path: Path):
    if path.is_symlink():
        return {"link": os.readlink(path)}
    content = path.read_bytes()
    if path.parent.name == "blobs":
        return {"sha256": hashlib.sha256(content).hexdigest()}
    return {"text": content.decode()}


def main():
    server = subprocess.Popen(["deno", "run", "-A", str(HERE / "serve.ts")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    endpoint = server.stdout.readline().decode().strip()
    try:
        with tempfile.TemporaryDirectory() as cache:
            os.environ |= {"HF_ENDPOINT": endpoint, "HF_HUB_CACHE": cache, "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
            import huggingface_hub

            huggingface_hub.snapshot_download("team/tiny", allow_patterns=READ)
            huggingface_hub.hf_hub_download("team/tiny", "config.json", revision="v1.0")
            folder = Path(cache) / "models--team--tiny"
            files = {str(path.relative_to(folder)): describe(path) for path in sorted(folder.rglob("*")) if not path.is_dir()}
    finally:
        server.stdin.close()
        server.wait()
    golden = {"schema": "whence.golden.hub/1", "huggingface_hub": huggingface_hub.__version__, "folder": folder.name, "files": files}
    (HERE / "layout.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
