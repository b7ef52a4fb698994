import { fileURLToPath } from "node:url";
import type { Checkpoint } from "../../../src/checkpoint/checkpoint.ts";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import { openSafetensors } from "../../../src/checkpoint/safetensors/safetensors_file.ts";
import { tensorValues } from "../../../src/checkpoint/tensor.ts";
import { f32, safetensorsBytes, safetensorsOf, type Stored } from "../../checkpoint/scratch.ts";
import { bytesOf, type Files, Finding, type FuzzArea, type FuzzInput, hold, textOf } from "../area.ts";
import type { Dice } from "../dice.ts";
import { readTree, TOO_DEEP, type Tree, treeOf, writeTree } from "../json_tree.ts";
import { mutateBytes } from "../mutate_bytes.ts";
import { copyOf, mutateTree, reordered } from "../mutate_tree.ts";
import { readSafetensors, type ReadTensor, valuesOf } from "./read_safetensors.ts";

const FILE = "model.safetensors";
const INDEX = "model.safetensors.index.json";
const GOLDEN = fileURLToPath(new URL("../../golden/", import.meta.url));

/** Models of the golden values, dense and in every packed format. */
const MODELS = [
  "architectures/qwen3",
  "quant/bnb",
  ...["awq", "fp4", "fp4dq", "gptq", "gptq_v2"].map((name) => `quant/models/${name}`),
];

/** A file as its header and its data. */
interface Parts {
  readonly header: Tree;
  readonly data: Uint8Array;
}

/** Makes the area of safetensors files and the index of their shards. */
export function safetensorsArea(): FuzzArea {
  const originals = [smallModel(), shardedModel(), ...MODELS.map(goldenModel)];
  return {
    originals,
    subjects: ["model.safetensors", ".safetensors"],
    make: (dice) => makeInput(originals, dice),
    feed,
  };
}

function smallModel(): Files {
  const halves = new Uint8Array(Uint16Array.of(0x3c00, 0xbc00, 0x0001, 0x7bff).buffer);
  const tensors: Record<string, Stored> = {
    a: f32([3, 4], Array.from({ length: 12 }, (_, i) => i - 5.5)),
    b: { dtype: "F16", shape: [2, 2], bytes: halves },
    c: { dtype: "BF16", shape: [4], bytes: new Uint8Array(Uint16Array.of(0x3f80, 0, 0x8000, 0x0001).buffer) },
    "d.empty": { dtype: "F32", shape: [0, 3], bytes: new Uint8Array(0) },
    "e.scalar": f32([], [7]),
  };
  return { "config.json": bytesOf("{}"), [FILE]: withMetadata(safetensorsOf(tensors)) };
}

function withMetadata(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { header, data } = split(bytes);
  if (header.kind === "object") header.entries.unshift(["__metadata__", treeOf({ format: "pt" })]);
  return join({ header, data });
}

function shardedModel(): Files {
  const shards = [1, 2].map((number) => `model-0000${number}-of-00002.safetensors`);
  const weight_map = { one: shards[0], two: shards[1], three: shards[1] };
  return {
    "config.json": bytesOf("{}"),
    [INDEX]: bytesOf(JSON.stringify({ metadata: { total_size: 32 }, weight_map })),
    [shards[0]]: safetensorsOf({ one: f32([2, 2], [1, 2, 3, 4]) }).slice(),
    [shards[1]]: safetensorsOf({ two: f32([2], [5, 6]), three: f32([1, 2], [7, 8]) }).slice(),
  };
}

function goldenModel(name: string): Files {
  const read = (file: string) => [file, Deno.readFileSync(`${GOLDEN}${name}/${file}`)];
  return Object.fromEntries(["config.json", FILE].map(read));
}

function split(bytes: Uint8Array): Parts {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return { header: readTree(textOf(bytes.subarray(8, 8 + length))), data: bytes.subarray(8 + length) };
}

function join({ header, data }: Parts, gap = "", end = ""): Uint8Array<ArrayBuffer> {
  return safetensorsBytes(writeTree(header, gap) + end, data).slice();
}

function makeInput(originals: readonly Files[], dice: Dice): FuzzInput {
  const files = dice.pick(originals);
  const name = dice.pick(Object.keys(files).filter((file) => file !== "config.json"));
  const bytes = files[name];
  const sound = dice.oneIn(12);
  if (name === INDEX) {
    const tree = copyOf(readTree(textOf(bytes)));
    if (sound) return { files: { ...files, [name]: bytesOf(writeTree(reordered(tree, dice), " ")) }, sound };
    for (let left = 1 + dice.below(3); left > 0; left--) mutateTree(tree, tree, dice);
    return { files: { ...files, [name]: bytesOf(writeTree(tree)) }, sound };
  }
  const { header, data } = split(bytes);
  if (sound) return { files: { ...files, [name]: join({ header: reordered(header, dice), data }, "\n", "  ") }, sound };
  return { files: { ...files, [name]: damaged(bytes, { header, data }, otherFile(originals, dice), dice) }, sound };
}

function otherFile(originals: readonly Files[], dice: Dice): Uint8Array {
  const files = dice.pick(originals);
  return files[FILE] ?? files["model-00001-of-00002.safetensors"];
}

function damaged(bytes: Uint8Array, { header, data }: Parts, other: Uint8Array, dice: Dice): Uint8Array<ArrayBuffer> {
  const headerEnd = bytes.length - data.length;
  switch (dice.below(8)) {
    case 0:
      return mutateBytes(bytes, other, dice, headerEnd);
    case 1:
      return mutateBytes(bytes, other, dice);
    case 2:
      return join({ header, data: split(other).data });
    case 3:
      return join({ header: spliced(header, split(other).header, dice), data });
    default: {
      const tree = copyOf(header);
      for (let left = 1 + dice.below(3); left > 0; left--) mutateTree(tree, split(other).header, dice);
      return join({ header: tree, data });
    }
  }
}

/** Puts an entry of one header into another. */
function spliced(header: Tree, other: Tree, dice: Dice): Tree {
  const tree = copyOf(header);
  if (tree.kind !== "object" || other.kind !== "object") return tree;
  tree.entries[dice.below(tree.entries.length)][1] = copyOf(dice.pick(other.entries)[1]);
  return tree;
}

async function feed(directory: string, { files, sound }: FuzzInput): Promise<void> {
  const read = new Map<string, ReadTensor>();
  for (const [name, bytes] of Object.entries(files)) {
    if (!name.endsWith(".safetensors")) continue;
    for (const [tensor, found] of agreed(`${directory}/${name}`, bytes)) read.set(tensor, found);
  }
  const checkpoint = await openCheckpoint(directory);
  try {
    await readAll(checkpoint, read);
    if (sound) hold(checkpoint.tensors.size > 0, "a sound file has no tensors");
  } finally {
    checkpoint.close();
  }
}

/** Reads a file twice, by src and by the specification's letter; both must take it, or neither. */
function agreed(path: string, bytes: Uint8Array): Map<string, ReadTensor> {
  let letter: Map<string, ReadTensor> | string;
  try {
    letter = readSafetensors(bytes);
  } catch (error) {
    letter = (error as Error).message;
  }
  let opened;
  try {
    opened = openSafetensors(path);
  } catch (error) {
    if (typeof letter === "string") throw error;
    throw new Finding(`refused a file that follows the specification: ${(error as Error).message.slice(0, 500)}`);
  }
  opened.file.close();
  if (letter === TOO_DEEP) return new Map();
  if (typeof letter === "string") throw new Finding(`took a file that ${letter}`);
  const { entries } = opened;
  hold(entries.size === letter.size, `lists ${entries.size} tensors of ${letter.size}`);
  for (const [name, { dtype, shape }] of letter) {
    const entry = entries.get(name);
    hold(entry?.dtype === dtype && String(entry.shape) === String(shape), `describes ${name} otherwise`);
  }
  return letter;
}

/** Reads all that a checkpoint lists, and holds the values of dense tensors against those of the file. */
async function readAll(checkpoint: Checkpoint, read: ReadonlyMap<string, ReadTensor>): Promise<void> {
  for (const { name, shape } of checkpoint.tensors.values()) {
    const tensor = await checkpoint.read(name);
    const values = tensorValues(tensor);
    const elements = shape.reduce((product, size) => product * size, 1);
    hold(values.length === elements, `${name} has ${values.length} values of ${elements}`);
    // Files of the base model lack the first part of names.
    const letter = read.get(name) ?? read.get(name.replace(/^model\./, ""));
    const expected = tensor.kind === "dense" && letter !== undefined ? valuesOf(letter) : null;
    if (expected !== null && tensor.kind === "dense") {
      hold(expected.every((value, i) => Object.is(value, values[i])), `${name} has other values than its file`);
    }
    if (shape.length !== 2 || shape[0] === 0) continue;
    const row = await checkpoint.readRows(name, [shape[0] - 1]);
    const last = values.subarray(values.length - shape[1]);
    hold(row.length === shape[1] && row.every((value, i) => Object.is(value, last[i])), `${name} has another last row`);
  }
}
