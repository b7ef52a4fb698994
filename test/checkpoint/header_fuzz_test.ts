import assert from "node:assert/strict";
import { join } from "node:path";
import type { Checkpoint } from "../../src/checkpoint/checkpoint.ts";
import { openCheckpoint } from "../../src/checkpoint/open_checkpoint.ts";
import { openSafetensors } from "../../src/checkpoint/safetensors/safetensors_file.ts";
import { goldenPath } from "../quant/golden.ts";
import { ggufBytes, smallGguf } from "./gguf/gguf_bytes.ts";
import { inScratch } from "../support/in_scratch.ts";
import { type Stored, writeConfig, writeSafetensors } from "./scratch.ts";

/** Cases of each format. */
const CASES = 5000;
/** Names that a fault may have. */
const FAULTS = ["SyntaxError", "TypeError", "RangeError"];
/** Bytes that lengths, signs and JSON are sensitive to. */
const AWKWARD = [0, 1, 0x7f, 0x80, 0xff, ...new TextEncoder().encode('"\\{}[],:0-9e.')];

/** Whole numbers below a bound, the same on every run (mulberry32). */
function randomBelow(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = state + 0x6d2b79f5 | 0;
    let t = Math.imul(state ^ state >>> 15, 1 | state);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) % bound;
  };
}

/** The bytes with one to four of the first `header` changed; one time in ten cut off somewhere. */
function mutate(bytes: Uint8Array, header: number, below: (bound: number) => number): Uint8Array<ArrayBuffer> {
  const changed = bytes.slice();
  for (let left = 1 + below(4); left > 0; left--) {
    const at = below(header);
    const choice = below(3);
    changed[at] = choice === 0
      ? changed[at] ^ 1 << below(8)
      : choice === 1
      ? AWKWARD[below(AWKWARD.length)]
      : below(256);
  }
  return below(10) === 0 ? changed.slice(0, below(changed.length)) : changed;
}

/** Reads all that a checkpoint lists: as many elements as it says, from no more bytes than there are. */
async function readAll(checkpoint: Checkpoint, size: number): Promise<void> {
  let total = 0;
  for (const { name, shape, bytes } of checkpoint.tensors.values()) {
    total += bytes;
    assert.ok(total <= size, `${name} ends beyond the file`);
    const elements = shape.reduce((product, n) => product * n, 1);
    const tensor = await checkpoint.read(name);
    const found = tensor.kind === "dense"
      ? tensor.data.length / (tensor.dtype === "f32" ? 4 : 2)
      : tensor.kind === "q8_0"
      ? tensor.codes.length
      // Codes of 4 bits, and of NF4 whole blocks of them.
      : Math.min(tensor.codes.length * 2, elements);
    assert.equal(found, elements, name);
    if (shape.length === 2 && shape[0] > 0) {
      assert.equal((await checkpoint.readRows(name, [shape[0] - 1])).length, shape[1], name);
    }
  }
}

/** Opens and reads a file; a failure must be told as a fault of this file. */
async function fuzz(path: string, model: string, bytes: Uint8Array, header: number, seed: number): Promise<void> {
  const below = randomBelow(seed);
  const counts = { read: 0, rejected: 0 };
  for (let i = 0; i < CASES; i++) {
    const changed = mutate(bytes, header, below);
    Deno.writeFileSync(path, changed);
    let checkpoint: Checkpoint | undefined;
    try {
      checkpoint = await openCheckpoint(model);
      await readAll(checkpoint, changed.length);
      counts.read++;
    } catch (error) {
      const { name, message } = error as Error;
      const isFault = FAULTS.includes(name) && message.startsWith("Cannot ") && message.includes(path);
      if (!isFault) throw new Error(`Case ${i} of seed ${seed} must fail with ${path}: got ${error}`, { cause: error });
      assert.ok(message.length < 5000, `case ${i}: a message of ${message.length} characters`);
      counts.rejected++;
    } finally {
      checkpoint?.close();
    }
  }
  // Changed names and texts leave a sound file; lengths, types and offsets do not.
  assert.ok(counts.read > 20 && counts.rejected > CASES / 2, JSON.stringify(counts));
}

Deno.test(`${CASES} changed GGUF headers are read within the file or rejected by its name`, () =>
  inScratch(async (directory) => {
    const { keys, tensors } = smallGguf();
    const { bytes, header } = ggufBytes(keys, tensors);
    const path = join(directory, "fuzz.gguf");
    await fuzz(path, path, bytes, header, 1);
  }));

Deno.test(`${CASES} changed safetensors headers are read within the file or rejected by its name`, () =>
  inScratch(async (directory) => {
    const path = join(directory, "model.safetensors");
    writeConfig(directory);
    writeSafetensors(path, someTensors());
    const bytes = Deno.readFileSync(path);
    const header = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    await fuzz(path, directory, bytes, header, 2);
  }));

/** A matrix in NF4, one in bf16 and a vector in f32. */
function someTensors(): Record<string, Stored> {
  const { file, entries } = openSafetensors(join(goldenPath("bnb"), "model.safetensors"));
  const tensors: Record<string, Stored> = {};
  for (const [name, { dtype, shape, offset, bytes }] of entries) {
    if (/\.(odd|bf16|f32)\./.test(name)) tensors[name] = { dtype, shape, bytes: file.read(offset, bytes) };
  }
  file.close();
  return tensors;
}
