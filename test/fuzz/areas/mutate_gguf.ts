import { type GgufKey, type GgufStored, list, text, u32, u64 } from "../../checkpoint/gguf/gguf_bytes.ts";
import type { Dice } from "../dice.ts";
import { joined, mutateBytes } from "../mutate_bytes.ts";

/** Keys and tensors of a file. */
interface GgufParts {
  readonly keys: GgufKey[];
  readonly tensors: GgufStored[];
}

const [U32, F32, BOOL, STRING, LIST, U64, F64] = [4, 6, 7, 8, 9, 10, 12];

/** Values that a number may be replaced by. */
const NUMBERS = [0, 1, 2, 3, 5, 7, 31, 64, 2 ** 16, 2 ** 31, 2 ** 32 - 1];
const FLOATS = [0, -0, 1, -1, 1e-45, 1e-30, 1e38, NaN, Infinity, -Infinity, 0.5];
const TEXTS = ["", "llama", "gpt2", "qwen2", "\u0000", "\u202e", "▁", "a", " ", "\ufeff", "yarn", "linear", "{{", "é"];

/** Keys that a file may have besides its own. */
const MORE_KEYS = [
  "general.alignment",
  "split.count",
  "split.no",
  "llama.rope.scaling.type",
  "llama.rope.scaling.factor",
  "llama.vocab_size",
  "llama.attention.sliding_window",
  "llama.attention.key_length",
  "llama.rope.dimension_count",
  "tokenizer.ggml.scores",
  "tokenizer.ggml.bos_token_id",
  "tokenizer.ggml.eot_token_id",
  "tokenizer.chat_template",
  "__proto__",
];

/** Changes one key or tensor, in place. */
export function mutateGguf(parts: GgufParts, donor: GgufParts, dice: Dice): void {
  if (parts.tensors.length === 0 || dice.oneIn(2)) mutateKeys(parts.keys, donor.keys, dice);
  else mutateTensors(parts.tensors, donor.tensors, dice);
}

function mutateKeys(keys: GgufKey[], donor: readonly GgufKey[], dice: Dice): void {
  if (keys.length === 0) return;
  const at = dice.below(keys.length);
  const key = keys[at];
  switch (dice.below(9)) {
    case 0:
      return void keys.splice(at, 1);
    case 1:
      return void keys.push({ ...key, bytes: dice.oneIn(2) ? key.bytes : dice.pick(donor).bytes });
    case 2:
      return void (keys[at] = { ...dice.pick(donor), name: key.name });
    case 3:
      return void keys.push({ ...anyValue(dice), name: dice.pick([...MORE_KEYS, ...donor.map(({ name }) => name)]) });
    case 4:
      return void (keys[at] = { ...key, type: dice.below(14) });
    case 5:
      return void (keys[at] = { ...key, bytes: mutateBytes(key.bytes, key.bytes, dice) });
    case 6:
      return void (keys[at] = { ...key, name: dice.pick([`${key.name}x`, "", key.name.toUpperCase(), "\u202e"]) });
    default:
      return void (keys[at] = { ...anyValue(dice), name: key.name });
  }
}

function anyValue(dice: Dice): Omit<GgufKey, "name"> {
  switch (dice.below(7)) {
    case 0:
      return { type: F32, bytes: new Uint8Array(Float32Array.of(dice.pick(FLOATS)).buffer) };
    case 1:
      return { type: F64, bytes: new Uint8Array(Float64Array.of(dice.pick([...FLOATS, 1e300])).buffer) };
    case 2:
      return { type: STRING, bytes: text(dice.pick(TEXTS).repeat(dice.oneIn(20) ? 50_000 : 1)) };
    case 3:
      return { type: U64, bytes: u64(dice.pick([0n, 1n, 2n ** 53n, 2n ** 64n - 1n])) };
    case 4:
      return anyList(dice);
    case 5:
      return { type: BOOL, bytes: Uint8Array.of(dice.below(3)) };
    default:
      return { type: U32, bytes: u32(dice.pick(NUMBERS)) };
  }
}

function anyList(dice: Dice): Omit<GgufKey, "name"> {
  const length = dice.pick([0, 1, 3, 263, 2000]);
  if (dice.oneIn(8)) return { type: LIST, bytes: joined([u32(U32), u64(2n ** BigInt(dice.below(64)))]) };
  return dice.oneIn(2)
    ? { type: LIST, bytes: list(STRING, Array.from({ length }, (_, i) => text(dice.pick(TEXTS) + (i || "")))) }
    : { type: LIST, bytes: list(U32, Array.from({ length }, () => u32(dice.pick(NUMBERS)))) };
}

function mutateTensors(tensors: GgufStored[], donor: readonly GgufStored[], dice: Dice): void {
  const at = dice.below(tensors.length);
  const tensor = tensors[at];
  const other = dice.pick(donor.length > 0 ? donor : tensors);
  switch (dice.below(9)) {
    case 0:
      return void tensors.splice(at, 1);
    case 1:
      return void tensors.push(dice.oneIn(2) ? tensor : { ...other, name: tensor.name });
    case 2:
      return void tensors.push(other);
    case 3:
      return void (tensors[at] = {
        ...tensor,
        name: dice.pick([other.name, tensor.name.replace(/\d+/, "9"), "x".repeat(70)]),
      });
    case 4:
      return void (tensors[at] = { ...tensor, type: dice.pick([...Array(40).keys(), 2 ** 32 - 1]) });
    case 5:
      return void (tensors[at] = { ...tensor, bytes: tensor.bytes.slice(0, dice.below(tensor.bytes.length + 1)) });
    case 6:
      return void (tensors[at] = { ...other, name: tensor.name });
    case 7:
      return void (tensors[at] = { ...tensor, bytes: mutateBytes(tensor.bytes, other.bytes, dice) });
    default:
      return void (tensors[at] = { ...tensor, shape: otherShape(tensor.shape, dice) });
  }
}

function otherShape(shape: readonly number[], dice: Dice): number[] {
  const at = dice.below(shape.length + 1);
  const near = (size: number) => dice.pick([size + 1, Math.max(0, size - 1), size * 2, 0, 1, 2 ** 40, 2 ** 32]);
  switch (dice.below(4)) {
    case 0:
      return shape.toReversed();
    case 1:
      return [...shape, dice.pick([1, 2, 0])];
    case 2:
      return shape.toSpliced(at, 1);
    default:
      return shape.map((size, i) => i === at ? near(size) : size);
  }
}
