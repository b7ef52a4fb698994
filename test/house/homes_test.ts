import assert from "node:assert/strict";
import { OBJECTIVE_NAMES, OBJECTIVES } from "../../src/attribution/objectives/objective.ts";
import { allMethods } from "../../src/explain/methods/method_table.ts";
import { readSources } from "./source_files.ts";

/** Code of src by path, without its comments. */
const CODE = new Map(
  [...await readSources(["src"], [".ts"])].map(([path, text]) => [
    path,
    text.replace(/\/\*.*?\*\//gs, "").replace(/\/\/[^\n]*/g, ""),
  ]),
);

/** Paths of the code that a pattern occurs in, but for some. */
function homesOf(pattern: RegExp, besides: readonly string[] = []): string[] {
  return [...CODE].filter(([path, text]) => pattern.test(text) && !besides.some((place) => path.startsWith(place)))
    .map(([path]) => path);
}

/** The parts below the methods, which the methods call with names of their own. */
const BELOW = ["src/attribution/", "src/perturbation/", "src/model/", "src/ops/"];

/** Options of one method whose names mean nothing else in the code. */
const OPTIONS: readonly (readonly [option: string, method: string])[] = [
  ["strategy", "discretized-integrated-gradients"],
  ["stride", "occlusion"],
  ["ridge", "lime"],
  ["kernelWidth", "lime"],
  ["penalty", "context-cite"],
];

for (const [option, name] of OPTIONS) {
  Deno.test(`${option} stands in the file of its method alone`, () => {
    const having = allMethods().filter(({ options }) => Object.hasOwn(options, option));
    assert.deepEqual(having.map((method) => method.name), [name]);
    // The reference of options has it as an example of a sentence.
    const example = ["src/cli/attribute/options_reference.ts"];
    const home = homesOf(new RegExp(`\\b${option}\\b`), [...BELOW, ...example]);
    assert.deepEqual(home, [`src/explain/methods/${fileOf(name)}`]);
  });
}

for (const { name } of allMethods()) {
  Deno.test(`${name} is named in its file alone, but for presets and the default`, () => {
    const presets = ["src/explain/options/preset.ts", "src/explain/methods/attribution_options.ts"];
    assert.deepEqual(homesOf(new RegExp(`"${name}"`), presets), [`src/explain/methods/${fileOf(name)}`]);
  });
}

for (const name of OBJECTIVE_NAMES.filter((name) => OBJECTIVES[name].composed !== null)) {
  Deno.test(`the objective ${name}, composed of others, is named in the table, and explained in one file`, () => {
    // An alternative text is for contrasts alone, and a unit has the name of perplexity.
    const known = name === "contrastive" ? ["src/explain/", "src/experiment/", "src/cli/"] : [];
    const files = homesOf(new RegExp(`"${name}"`), known).filter((path) =>
      !/objective_definition|perplexity/.test(path)
    );
    assert.deepEqual(files, ["src/attribution/objectives/objective.ts"]);
    assert.ok(CODE.has(`src/attribution/objectives/${name.replaceAll("-", "_")}.ts`));
  });
}

function fileOf(name: string): string {
  const method = allMethods().find((one) => one.name === name)!;
  return `${method.family}/${name.replaceAll("-", "_")}.ts`;
}
