import { fileURLToPath } from "node:url";
import { loadModel } from "../../../src/model/model.ts";
import { bytesOf, type Files, type FuzzArea, type FuzzInput, hold, textOf } from "../area.ts";
import type { Dice } from "../dice.ts";
import { hasUniqueKeys, readTree, TOO_DEEP, type Tree, treeOf, writeTree } from "../json_tree.ts";
import { mutateBytes } from "../mutate_bytes.ts";
import { copyOf, mutateTree, reordered } from "../mutate_tree.ts";
import { holdConfig } from "./sensible_config.ts";

const FILE = "config.json";
const GOLDEN = fileURLToPath(new URL("../../golden/architectures/", import.meta.url));
const MODELS = ["gemma2", "gemma3", "llama3", "llama_dynamic", "mistral", "qwen2_yarn", "qwen3", "qwen3_nf4"];

/** Token ids of a prompt and of a target. */
const [PROMPT, TARGET] = [[1, 2, 3], [4]];

/** Keys of the file by the model's own names. */
const STATED = {
  layers: "num_hidden_layers",
  hiddenSize: "hidden_size",
  intermediateSize: "intermediate_size",
  heads: "num_attention_heads",
  kvHeads: "num_key_value_heads",
  headSize: "head_dim",
  vocabularySize: "vocab_size",
  rmsNormEpsilon: "rms_norm_eps",
} as const;

/** Makes the area of `config.json`, beside weights that stay as they are. */
export async function configArea(): Promise<FuzzArea> {
  const originals = MODELS.map((name): Files => ({
    [FILE]: Deno.readFileSync(`${GOLDEN}${name}/${FILE}`),
    "model.safetensors": Deno.readFileSync(`${GOLDEN}${name}/model.safetensors`),
  }));
  const scores = new Map<Uint8Array, string>();
  for (const [i, name] of MODELS.entries()) {
    scores.set(originals[i]["model.safetensors"], await scoreOf(`${GOLDEN}${name}`, originals[i][FILE]));
  }
  return {
    originals,
    subjects: [FILE, "prompt and target"],
    make: (dice) => makeInput(originals, dice),
    async feed(directory, { files, sound }) {
      const score = await scoreOf(directory, files[FILE]);
      hold(!sound || score === scores.get(files["model.safetensors"]), `scores ${score} in another writing`);
    },
  };
}

function makeInput(originals: readonly Files[], dice: Dice): FuzzInput {
  const files = dice.pick(originals);
  const written = (bytes: Uint8Array<ArrayBuffer>, sound = false) => ({ files: { ...files, [FILE]: bytes }, sound });
  const tree = copyOf(readTree(textOf(files[FILE])));
  const donor = readTree(textOf(dice.pick(originals)[FILE]));
  if (dice.oneIn(12)) {
    const other = reordered(tree, dice);
    if (other.kind === "object") other.entries.push(["_of_no_meaning", treeOf({ a: [1, "b"] })]);
    return written(bytesOf(writeTree(other, dice.pick(["", " ", "\n\t"]))), true);
  }
  if (dice.oneIn(10)) return written(mutateBytes(files[FILE], dice.pick(originals)[FILE], dice));
  for (let left = 1 + dice.below(3); left > 0; left--) {
    if (dice.oneIn(2)) mutateTree(tree, donor, dice);
    else swapValues(tree, donor, dice);
  }
  return written(bytesOf(writeTree(tree)));
}

/** Gives a key the value of any key of another configuration: of the right type, but a lie. */
function swapValues(tree: Tree, donor: Tree, dice: Dice): void {
  if (tree.kind !== "object" || donor.kind !== "object" || tree.entries.length === 0) return;
  const entry = dice.pick(tree.entries);
  const same = donor.entries.find(([key]) => key === entry[0]);
  entry[1] = copyOf(same !== undefined && dice.oneIn(2) ? same[1] : dice.pick(donor.entries)[1]);
}

/** Loads a model and returns its score of a target, after it was held against its file. */
async function scoreOf(directory: string, written: Uint8Array): Promise<string> {
  const model = await loadModel(directory, { device: "reference", cache: "off" });
  try {
    holdConfig(model.config);
    const stated = agreed(textOf(written));
    for (const [ours, theirs] of Object.entries(STATED)) {
      const value = stated.get(theirs);
      const taken = model.config[ours as keyof typeof STATED];
      hold(value === undefined || value === "null" || Number(value) === taken, `took ${taken} for ${theirs} ${value}`);
    }
    const [score] = await model.score([await model.embed(PROMPT)], TARGET);
    hold(score.length === 1 && score.every((value) => Number.isFinite(value) && value <= 0), `a log p of ${score}`);
    return String(score);
  } finally {
    model.close();
  }
}

/** Texts of the leaves of an object, of which no key may occur twice. */
function agreed(text: string): ReadonlyMap<string, string> {
  let tree: Tree;
  try {
    tree = readTree(text);
  } catch (error) {
    hold((error as Error).message === TOO_DEEP, `took a configuration that is no JSON: ${(error as Error).message}`);
    return new Map();
  }
  hold(hasUniqueKeys(tree), "took a configuration with a key twice");
  const entries = tree.kind === "object" ? tree.entries : [];
  return new Map(entries.flatMap(([key, value]) => value.kind === "leaf" ? [[key, value.text]] : []));
}
