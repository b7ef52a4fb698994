import { fileURLToPath } from "node:url";
import { parse } from "npm:yaml@2";
import { parseConfig } from "../../../src/experiment/config/parse_config.ts";
import type { ParsedSource } from "../../../src/experiment/config/source_schema.ts";
import type { PromptData } from "../../../src/experiment/prompts/prompt_row.ts";
import { planExperiment } from "../../../src/experiment/run/plan_cells.ts";
import { bytesOf, type Files, type FuzzArea, type FuzzInput, hold, textOf } from "../area.ts";
import type { Dice } from "../dice.ts";
import { hasUniqueKeys, readTree, type Tree, treeOf, writeTree } from "../json_tree.ts";
import { mutateBytes } from "../mutate_bytes.ts";
import { copyOf, mutateTree, partsOf, reordered } from "../mutate_tree.ts";

const FILE = "experiment.yaml";
const EXPERIMENTS = fileURLToPath(new URL("../../../experiments/", import.meta.url));

/** Characters of an item that is not copied. */
const LARGE = 1000;

/** Pieces of YAML that mean more than they seem to. */
const PIECES: readonly string[] = [
  "&a ",
  "*a",
  "<<: *a",
  "!!binary ",
  "!!js/function ",
  "!!set ",
  "!!timestamp ",
  "? ",
  "- ",
  ": ",
  "\t",
  "---\n",
  "...\n",
  "%YAML 1.1\n",
  "|\n",
  ">-\n",
  "{ ",
  "]",
  "0x10",
  "0o17",
  "1_000",
  "1e5",
  ".inf",
  ".nan",
  "~",
  "yes",
  "2026-11-30",
  "__proto__: 1\n",
  "'",
  '"',
  "\u0085",
  "\u2028",
  "\ufeff",
  "\0",
  "#",
];

/** Makes the area of experiments' YAML files, and of the plans that follow from them. */
export function yamlArea(): FuzzArea {
  const names = [...Deno.readDirSync(EXPERIMENTS)].map(({ name }) => name).filter((name) => name.endsWith(".yaml"));
  const originals = names.sort().map((name): Files => ({ [FILE]: Deno.readFileSync(`${EXPERIMENTS}${name}`) }));
  const plans = new Set(originals.map((files) => planOf(textOf(files[FILE]))));
  return {
    originals,
    subjects: [FILE],
    make: (dice) => makeInput(originals, dice),
    feed(_directory, { files, sound }) {
      const plan = planOf(textOf(files[FILE]));
      hold(!sound || plans.has(plan), "makes another plan of another writing");
      return Promise.resolve();
    },
  };
}

function makeInput(originals: readonly Files[], dice: Dice): FuzzInput {
  const bytes = dice.pick(originals)[FILE];
  const donor = dice.pick(originals)[FILE];
  const written = (text: string, sound = false) => ({ files: { [FILE]: bytesOf(text) }, sound });
  const text = textOf(bytes);
  // YAML takes JSON.
  const tree = treeOf(parse(text));
  if (dice.oneIn(12)) return written(writeTree(withPlansOrder(tree, dice), dice.pick([" ", "\n  "])), true);
  if (dice.oneIn(3)) {
    const mutated = textOf(mutateBytes(bytes, donor, dice));
    return written(dice.oneIn(2) ? mutated : spliced(text, dice));
  }
  for (let left = 1 + dice.below(3); left > 0; left--) {
    if (left === 1 && dice.oneIn(20)) multiply(tree, dice);
    else mutateTree(tree, treeOf(parse(textOf(donor))), dice);
  }
  return written(writeTree(tree));
}

/** Reorders keys; those of a sweep stay, as their order is that of its cells. */
function withPlansOrder(tree: Tree, dice: Dice): Tree {
  if (tree.kind !== "object") return tree;
  const kept = tree.entries.map(([key, value]): [string, Tree] => [key, value]);
  const other = reordered({ kind: "object", entries: kept.map(([key]) => [key, treeOf(null)]) }, dice);
  const keys = other.kind === "object" ? other.entries.map(([key]) => key) : [];
  return { kind: "object", entries: keys.map((key) => kept.find(([name]) => name === key)!) };
}

function spliced(text: string, dice: Dice): string {
  const lines = text.split("\n");
  const at = dice.below(lines.length);
  const line = lines[at];
  const column = dice.below(line.length + 1);
  switch (dice.below(5)) {
    case 0:
      return lines.toSpliced(at, 1).join("\n");
    case 1:
      return lines.toSpliced(at, 0, line).join("\n");
    case 2:
      return lines.with(at, `  ${line}`).join("\n");
    case 3:
      // Each alias doubles what the one before stands for.
      return `a0: &a0 [x, x]\n${
        Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join("")
      }${text}`;
    default:
      return lines.with(at, line.slice(0, column) + dice.pick(PIECES) + line.slice(column)).join("\n");
  }
}

/** Makes two lists long: cells are products of their lengths. */
function multiply(tree: Tree, dice: Dice): void {
  const lists = partsOf(tree).flatMap((part) => part.kind === "list" && part.items.length > 0 ? [part.items] : []);
  const count = dice.pick([30, 200, 2000]);
  for (const items of lists.length === 0 ? [] : [dice.pick(lists), dice.pick(lists)]) {
    const [first] = items;
    const isNumber = first.kind === "leaf" && /^\d/.test(first.text);
    if (JSON.stringify(first).length > LARGE) continue;
    for (let i = 0; i < count; i++) items.push(isNumber ? treeOf(i + 1) : copyOf(first));
  }
}

/** Reads an experiment, plans it, and returns what is planned, after it was held against the text. */
function planOf(text: string): string {
  const config = parseConfig(text, FILE);
  const { experiment } = config;
  const data = parse(text);
  hold(experiment.name === data.name, `has the name ${experiment.name}`);
  hold(experiment.prompts.length === [data.prompts].flat().length, `has ${experiment.prompts.length} prompts`);
  const sweeps = data.sweeps.flatMap(({ method }: { method: unknown }) => [...new Set([method].flat())]);
  hold(experiment.sweeps.length === sweeps.length, `has ${experiment.sweeps.length} sweeps`);
  try {
    hold(hasUniqueKeys(readTree(text)), "took a key twice");
  } catch {
    // Not all YAML is JSON.
  }
  // Files of prompts have an area of their own.
  const rows: PromptData["rows"] = new Map(experiment.prompts.flatMap((entry) => isFiles(entry) ? [[entry, []]] : []));
  const { cells } = planExperiment(config, {}, { rows, files: [] });
  hold(new Set(cells.map(({ id }) => id)).size === cells.length, "has two cells of one name");
  for (const { id } of cells) hold(/^[A-Za-z0-9][\w.+-]*$/.test(id) && id.length < 130, `has a cell named ${id}`);
  return JSON.stringify([experiment.name, cells.map(({ key }) => key)]);
}

function isFiles(entry: object): entry is ParsedSource {
  return "file" in entry;
}
