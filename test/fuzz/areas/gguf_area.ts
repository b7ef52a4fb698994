import { fileURLToPath } from "node:url";
import type { Checkpoint } from "../../../src/checkpoint/checkpoint.ts";
import { readGgufHeader } from "../../../src/checkpoint/gguf/gguf_header.ts";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import { tensorValues } from "../../../src/checkpoint/tensor.ts";
import { openFile } from "../../../src/files/open_file.ts";
import { parseConfig } from "../../../src/model/load/model_config.ts";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import { ggufBytes, type GgufKey, type GgufStored, smallGguf } from "../../checkpoint/gguf/gguf_bytes.ts";
import { type Files, Finding, type FuzzArea, type FuzzInput, hold } from "../area.ts";
import type { Dice } from "../dice.ts";
import { mutateBytes } from "../mutate_bytes.ts";
import { mutateGguf } from "./mutate_gguf.ts";
import { bytesOfStored, type ReadGguf, readGguf, storedValues } from "./read_gguf.ts";
import { holdConfig } from "./sensible_config.ts";

const FILE = "model.gguf";
/** Rounding of a norm from which 1 is taken. */
const HALF_ULP = 2 ** -24;
const GOLDEN = fileURLToPath(new URL("../../golden/", import.meta.url));
const MODELS = [
  ...["gemma2", "gemma3", "llama3", "mistral", "qwen3"].map((name) => `architectures/${name}/model.gguf`),
  "quant/tiny.gguf",
  "quant/types.gguf",
];

/** Makes the area of GGUF files: header, tensors, the configuration and the tokenizer that follow from it. */
export function ggufArea(): FuzzArea {
  const { keys, tensors } = smallGguf();
  const originals: Files[] = [
    { [FILE]: ggufBytes(keys, tensors).bytes },
    ...MODELS.map((name) => ({ [FILE]: Deno.readFileSync(`${GOLDEN}${name}`) })),
  ];
  return {
    originals,
    subjects: [FILE, "the text", "tokenizer.json", "chat_template"],
    make: (dice) => makeInput(originals, dice),
    feed,
  };
}

/** Takes a file apart, so that it can be put together again. */
function partsOf(bytes: Uint8Array<ArrayBuffer>): { keys: GgufKey[]; tensors: GgufStored[] } {
  const { keys, tensors, data } = readGguf(bytes);
  const stored = tensors.map((tensor) => ({
    ...tensor,
    bytes: data.slice(tensor.offset, tensor.offset + bytesOfStored(tensor)!),
  }));
  return { keys: [...keys], tensors: stored };
}

function makeInput(originals: readonly Files[], dice: Dice): FuzzInput {
  const bytes = dice.pick(originals)[FILE];
  const donor = dice.pick(originals)[FILE];
  const parts = partsOf(bytes);
  if (dice.oneIn(12)) {
    const by = dice.below(1000);
    const order = <T extends { name: string }>(all: T[]) =>
      all.toSorted((a, b) =>
        (a.name.length * 7919 + a.name.charCodeAt(5) * by) % 97 -
        (b.name.length * 7919 + b.name.charCodeAt(5) * by) % 97
      );
    return { files: { [FILE]: ggufBytes(order(parts.keys), order(parts.tensors)).bytes }, sound: true };
  }
  const header = bytes.length - readGguf(bytes).data.length;
  if (dice.oneIn(4)) return { files: { [FILE]: mutateBytes(bytes, donor, dice, header) }, sound: false };
  if (dice.oneIn(8)) return { files: { [FILE]: mutateBytes(bytes, donor, dice) }, sound: false };
  for (let left = 1 + dice.below(3); left > 0; left--) mutateGguf(parts, partsOf(donor), dice);
  const built = ggufBytes(parts.keys, parts.tensors).bytes;
  return { files: { [FILE]: dice.oneIn(8) ? mutateBytes(built, donor, dice, header) : built }, sound: false };
}

async function feed(directory: string, { files }: FuzzInput): Promise<void> {
  const path = `${directory}/${FILE}`;
  const letter = agreed(path, files[FILE]);
  const checkpoint = await openCheckpoint(path);
  try {
    await readAll(checkpoint, letter);
    if (checkpoint.tokenizer !== null) {
      const tokenizer = await loadTokenizer(checkpoint.tokenizer);
      const text = "ab";
      const ids = await tokenizer.encodeTarget(text);
      hold(ids.every((id) => id >= 0 && id < tokenizer.vocabSize), `an id of ${ids} is none of ${tokenizer.vocabSize}`);
    }
    holdConfig(parseConfig(checkpoint.config, path));
  } finally {
    checkpoint.close();
  }
}

/** Reads a header twice, by src and by the specification's letter; both must take it, or neither. */
function agreed(path: string, bytes: Uint8Array<ArrayBuffer>): ReadGguf {
  let letter: ReadGguf | string;
  try {
    letter = readGguf(bytes);
  } catch (error) {
    letter = (error as Error).message;
  }
  const file = openFile(path);
  try {
    const { entries } = readGgufHeader(file);
    if (typeof letter === "string") throw new Finding(`took a file that ${letter}`);
    hold(entries.length === letter.tensors.length, `lists ${entries.length} tensors of ${letter.tensors.length}`);
    letter.tensors.forEach(({ name, shape, type }, i) => {
      const same = entries[i].name === name && String(entries[i].shape) === String(shape) && entries[i].type === type;
      hold(same, `describes ${name} otherwise`);
    });
    return letter;
  } catch (error) {
    if (error instanceof Finding || typeof letter === "string") throw error;
    throw new Finding(`refused a header that follows the specification: ${(error as Error).message.slice(0, 500)}`);
  } finally {
    file.close();
  }
}

/** Holds the layout of the data, and the values of simple types, against the file's. */
async function readAll(checkpoint: Checkpoint, { tensors, data, alignment }: ReadGguf): Promise<void> {
  const inOrder = tensors.toSorted((a, b) => a.offset - b.offset).filter(({ name }) => name !== "rope_freqs.weight");
  let end = 0;
  for (const tensor of tensors.toSorted((a, b) => a.offset - b.offset)) {
    const bytes = bytesOfStored(tensor);
    hold(
      bytes !== null && tensor.offset >= end && tensor.offset + bytes <= data.length,
      `took ${tensor.name} out of place`,
    );
    end = tensor.offset + bytes;
    hold(tensor.offset % alignment === 0, `took ${tensor.name} at ${tensor.offset}`);
  }
  hold(checkpoint.tensors.size === inOrder.length, `has ${checkpoint.tensors.size} tensors of ${inOrder.length}`);
  const names = [...checkpoint.tensors.keys()];
  for (const [i, stored] of inOrder.entries()) {
    const info = checkpoint.tensors.get(names[i])!;
    hold(String(info.shape) === String(stored.shape), `${stored.name} has another shape`);
    const values = tensorValues(await checkpoint.read(names[i]));
    const expected = storedValues(stored, data.subarray(stored.offset, stored.offset + bytesOfStored(stored)!));
    if (expected === null) continue;
    hold(values.length === expected.length, `${stored.name} has ${values.length} values of ${expected.length}`);
    hold(sameValues(values, expected, stored.name), `${stored.name} has other values than its file`);
  }
}

/** Compares values. Rows of queries and keys may be in another order, and norms may have 1 added. */
function sameValues(values: Float32Array, expected: readonly number[], name: string): boolean {
  if (/attn_[qk]\./.test(name)) {
    const sorted = expected.toSorted((a, b) => a - b);
    return values.toSorted().every((value, i) => value === sorted[i]);
  }
  const isNorm = /norm\.weight$/.test(name);
  return values.every((value, i) =>
    value === expected[i] ||
    isNorm && Math.abs(value + 1 - expected[i]) <= HALF_ULP * Math.max(1, Math.abs(expected[i]))
  );
}
