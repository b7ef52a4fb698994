import { fileURLToPath } from "node:url";
import { readTokenizerFiles } from "../../../src/checkpoint/safetensors/tokenizer_files.ts";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import type { Tokenizer } from "../../../src/model/tokens/tokenizer.ts";
import { bytesOf, type Files, type FuzzArea, type FuzzInput, hold, textOf } from "../area.ts";
import type { Dice } from "../dice.ts";
import { readTree, type Tree, writeTree } from "../json_tree.ts";
import { mutateBytes } from "../mutate_bytes.ts";
import { copyOf, mutateTree, partsOf, reordered } from "../mutate_tree.ts";
import { SMALL_TOKENIZERS, STEPS } from "./small_tokenizers.ts";

const FILE = "tokenizer.json";
const CONFIG = "tokenizer_config.json";
const GOLDEN = fileURLToPath(new URL("../../golden/tokens/", import.meta.url));

/** Texts that are hard to divide. */
const TEXTS = [
  "",
  "Michael works in Austin, Texas.",
  " e\u0301\u00e9 \u{1f600}\u200d\u{1f4bb} \u4e2d\u6587  x",
  "\n\n\t a\r\n\u00a0b\ufeff",
  "a\ud800b \u0000 </s><s>[INST]",
  "1234567 don't 12,345.6e-7",
  "ab ".repeat(40),
];

/** Makes the area of `tokenizer.json` and `tokenizer_config.json`. */
export async function tokenizerArea(): Promise<FuzzArea> {
  const golden = ["gemma", "llama2", "llama3", "mistral"].map((name): Files =>
    Object.fromEntries([FILE, CONFIG].map((file) => [file, Deno.readFileSync(`${GOLDEN}${name}/${file}`)]))
  );
  const originals = [
    ...golden,
    ...SMALL_TOKENIZERS.map((small): Files => ({
      [FILE]: bytesOf(JSON.stringify(small)),
      [CONFIG]: bytesOf('{"bos_token": "<s>", "eos_token": {"content": "</s>"}}'),
    })),
  ];
  const meanings = new Map<Files, string>();
  const directory = Deno.makeTempDirSync({ prefix: "whence_fuzz_" });
  for (const files of originals) {
    for (const [name, bytes] of Object.entries(files)) Deno.writeFileSync(`${directory}/${name}`, bytes);
    meanings.set(files, await meaningOf(directory));
  }
  Deno.removeSync(directory, { recursive: true });
  return {
    originals,
    subjects: ["the tokenizer", "tokenizer.json", "the text", "the prompt", "a token", "token ", "chat_template"],
    make: (dice) => makeInput(dice.pick(originals), originals, dice),
    async feed(place, { sound }) {
      const meaning = await meaningOf(place);
      hold(!sound || originals.some((files) => meanings.get(files) === meaning), "has other tokens in another writing");
    },
  };
}

function makeInput(files: Files, originals: readonly Files[], dice: Dice): FuzzInput {
  const name = dice.oneIn(5) ? CONFIG : FILE;
  const written = (bytes: Uint8Array<ArrayBuffer>, sound = false) => ({ files: { ...files, [name]: bytes }, sound });
  const tree = copyOf(readTree(textOf(files[name])));
  const donor = readTree(textOf(dice.pick(originals)[name]));
  if (dice.oneIn(12)) return written(bytesOf(writeTree(reordered(tree, dice), dice.pick(["", " ", "\n"]))), true);
  if (dice.oneIn(12)) return written(mutateBytes(files[name], dice.pick(originals)[name], dice));
  for (let left = 1 + dice.below(3); left > 0; left--) {
    if (name === FILE && dice.oneIn(2)) mutateStep(tree, donor, dice);
    else mutateTree(tree, donor, dice);
  }
  return written(bytesOf(writeTree(tree)));
}

/** Changes a part other than the vocabulary, of which a mutation at random would find nothing else. */
function mutateStep(tree: Tree, donor: Tree, dice: Dice): void {
  if (tree.kind !== "object") return;
  const key = dice.pick(["normalizer", "pre_tokenizer", "post_processor", "decoder", "added_tokens", "model"]);
  const entry = tree.entries.find(([name]) => name === key);
  if (entry === undefined) return;
  if (key === "model" && entry[1].kind === "object") {
    const small = entry[1].entries.filter(([name]) => name !== "vocab" && name !== "merges");
    if (small.length > 0) dice.pick(small)[1] = copyOf(dice.pick(partsOf(dice.pick(STEPS))));
  } else if (dice.oneIn(2)) entry[1] = copyOf(dice.pick(STEPS));
  else mutateTree(entry[1], dice.oneIn(2) ? dice.pick(STEPS) : donor, dice);
}

/** Loads a tokenizer and returns its tokens of all texts, after they were held against the texts. */
async function meaningOf(directory: string): Promise<string> {
  const files = readTokenizerFiles(directory);
  hold(files !== null, "does not find the tokenizer");
  const tokenizer = await loadTokenizer(files);
  const meaning = [];
  for (const text of TEXTS) meaning.push(await tokensOf(tokenizer, text));
  return JSON.stringify([meaning, tokenizer.eosTokenIds.toSorted(), tokenizer.padTokenId]);
}

async function tokensOf(tokenizer: Tokenizer, text: string): Promise<number[]> {
  const prompt = await tokenizer.encodePrompt(text);
  hold(prompt.text === text.toWellFormed(), "has another text");
  let end = 0;
  for (const token of prompt.tokens) {
    hold(Number.isInteger(token.id) && token.id >= 0 && token.id < tokenizer.vocabSize, `the id ${token.id}`);
    if (token.start < 0) continue;
    hold(token.start <= token.end && token.end <= text.length, `a token from ${token.start} to ${token.end}`);
    hold(token.end >= end, `a token that ends at ${token.end}, before ${end}`);
    end = token.end;
  }
  const ids = await tokenizer.encodeTarget(text);
  const own = prompt.tokens.filter(({ special }) => !special).map(({ id }) => id);
  hold(String(own) === String(ids), `a prompt of ${own} and a target of ${ids}`);
  return prompt.tokens.map(({ id }) => id);
}
