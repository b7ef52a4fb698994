import assert from "node:assert/strict";
import process from "node:process";
import { parseConfig } from "../../../src/experiment/config/parse_config.ts";
import { planExperiment } from "../../../src/experiment/run/plan_cells.ts";
import { HEAD, problemsOf } from "./config_problems.ts";

const SALIENCY = "  - method: saliency\n";
const list = (count: number, write: (i: number) => string = String) =>
  Array.from({ length: count }, (_, i) => write(i));
const lines = (count: number, write: (i: number) => string) => list(count, write).map((line) => `${line}\n`).join("");
const withPrompts = (more: string) => HEAD.replace("sweeps:", `${more}sweeps:`);

/** Processor time of a file that is refused or planned: less than a hang, with room for slow machines. */
const MOST_SECONDS = 10;

/** Words of the engine and of libraries that no user should read. */
const ENGINE =
  /call stack|Cannot (read prop|convert)|undefined|\[object|is not (a function|iterable)|resource exhaustion/;

const ALIASES = list(7, (i) => {
  const before = i === 0 ? "x" : `*a${i - 1}`;
  return `a${i}: &a${i} [${list(10, () => before).join(", ")}]\n`;
}).join("");

const REFUSED: [what: string, text: string, first: string][] = [
  [
    "a million cells",
    `${HEAD}  - {method: shapley-sampled, seed: [${list(1000)}], budget: [${list(1000, (i) => `${i + 2}`)}]}\n`,
    "8:5: sweeps[0]: expected at most 100000 cells of all sweeps, got 1000000",
  ],
  [
    "more cells than can be counted",
    `${HEAD}  - {method: lime, ${
      ["seed", "budget", "samples", "draws", "kernelWidth", "freeze"].map((key) => `${key}: [${list(2000)}]`).join(", ")
    }}\n`,
    "8:5: sweeps[0]: expected at most 100000 cells of all sweeps, got ever more",
  ],
  ["a list within itself", "name: &a [*a]\n", "1:11: expected *a outside of what it stands for, got it within"],
  ["a mapping within itself", "name: &a {b: *a}\n", "1:14: expected *a outside of what it stands for, got it within"],
  ["an alias of nothing", "name: *a\n", "1:7: expected an anchor &a before *a, got none"],
  ["aliases of aliases", ALIASES, "6:10: expected at most 200000 values, got more"],
  [
    "many levels",
    `name: ${"[".repeat(100)}${"]".repeat(100)}\n`,
    "1:70: expected at most 64 levels of lists and mappings, got more",
  ],
  ["levels without end", `name: ${"[".repeat(40_000)}`, " expected at most 64 levels of lists and mappings, got more"],
  [
    "lines of levels",
    lines(2000, (i) => `${" ".repeat(i)}a:`),
    " expected at most 64 levels of lists and mappings, got more",
  ],
  ["signs without end", "[]".repeat(200_000), " expected at most 250000 signs and words, got more"],
  ["words without end", "a".repeat(2 ** 23), " expected at most 4194304 characters, got 8388608"],
  [
    "a key that is a mapping",
    "? {a: 1}\n: 2\n",
    "1:3: expected a key that is a word, got a list, a mapping or an alias",
  ],
  [
    "a key twice, far apart",
    `a: 1\n${lines(9000, (i) => `b${i}: 1`)}a: 2\n`,
    "9002:1: a: expected each key once, got it again",
  ],
];

for (const [what, text, first] of REFUSED) {
  Deno.test(`parseConfig() refuses ${what} in little time`, () => {
    const before = process.cpuUsage();
    assert.deepEqual(problemsOf(text), [first]);
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1e6 < MOST_SECONDS, String(user));
  });
}

const MANY: [what: string, text: string][] = [
  ["unknown keys", lines(20_000, (i) => `key${i}: 1`)],
  ["unknown options", HEAD + SALIENCY + lines(14_000, (i) => `    option${i}: 1`)],
  ["unknown prompts", `${HEAD}  - {method: saliency, prompts: [${list(40_000, (i) => `b${i}`)}]}\n`],
  ["wrong values", `${HEAD}  - {method: occlusion, scheme: [${list(40_000, (i) => `delett${i}`)}]}\n`],
  ["prompts without a text", withPrompts(lines(5000, (i) => `  - {name: p${i}}`)) + SALIENCY],
  [
    "causes that are nowhere",
    withPrompts(`    truth: [${list(30_000, (i) => `zz${i}`)}]\n`).replace("prompt: x", `prompt: ${"ab".repeat(1e6)}`) +
    SALIENCY,
  ],
  ["broken lines", "- &a &b 1\n".repeat(20_000)],
];

for (const [what, text] of MANY) {
  Deno.test(`parseConfig() tells the first of many ${what}, and that there are more`, () => {
    const before = process.cpuUsage();
    const problems = problemsOf(text);
    assert.ok(problems.length > 1 && problems.length <= 102, String(problems.length));
    assert.ok(problems.every((problem) => problem.length < 10_000 && !ENGINE.test(problem)));
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1e6 < MOST_SECONDS, String(user));
  });
}

Deno.test("an experiment of 50,000 cells, and one of 3,000 prompts and sweeps, are planned in little time", () => {
  const before = process.cpuUsage();
  const seeds = `${HEAD}  - {method: shapley-sampled, seed: [${list(250)}], budget: [${
    list(200, (i) => `${i + 2}`)
  }]}\n`;
  assert.equal(planExperiment(parseConfig(seeds, "f.yaml")).cells.length, 50_000);
  const prompts = withPrompts(lines(1500, (i) => `  - {name: p${i}, prompt: x${i}, target: y}`)) +
    lines(1500, (i) => `  - {method: saliency, prompts: p${i}}`);
  assert.equal(planExperiment(parseConfig(prompts, "f.yaml")).cells.length, 1500);
  const { user, system } = process.cpuUsage(before);
  assert.ok((user + system) / 1e6 < 2 * MOST_SECONDS, String(user));
});

/** Mappings whose keys are names of the engine's own, in each place of a file. */
const NAMES = ["toString", "__proto__", "constructor", "hasOwnProperty", "valueOf"];
const PLACES: [what: string, text: (odd: string) => string][] = [
  ["the root", (odd) => `${HEAD}${SALIENCY}${odd}: 1\n`],
  ["the name", (odd) => HEAD.replace("trial", `{${odd}: 1}`) + SALIENCY],
  ["a prompt", (odd) => withPrompts(`    ${odd}: 1\n`) + SALIENCY],
  ["a prompt's name", (odd) => HEAD.replace("name: a", `name: {${odd}: 1}`) + SALIENCY],
  ["a prompt's text", (odd) => HEAD.replace("prompt: x", `prompt: {${odd}: 1}`) + SALIENCY],
  ["a history", (odd) => withPrompts(`    history: [{role: user, content: {${odd}: 1}}]\n    truth: [x]\n`) + SALIENCY],
  ["a truth", (odd) => withPrompts(`    truth: [{target: {${odd}: 1}, causes: [{${odd}: 1}]}]\n`) + SALIENCY],
  ["a sweep", (odd) => `${HEAD}  - {method: saliency, ${odd}: {norm: l1}}\n`],
  ["a sweep's name", (odd) => `${HEAD}  - ${odd}: {method: saliency}\n`],
  ["a method", (odd) => `${HEAD}  - {method: ${odd}, preset: ${odd}}\n`],
  ["a method's mapping", (odd) => `${HEAD}  - {method: {${odd}: 1}}\n`],
  [
    "an option",
    (odd) => `${HEAD}  - {method: saliency, objective: [{${odd}: 1}], norm: ${odd}, freeze: [{${odd}: 1}]}\n`,
  ],
  ["a baseline", (odd) => `${HEAD}  - {method: integrated-gradients, baseline: {samples: [zero, mean], ${odd}: 1}}\n`],
  ["metrics", (odd) => `${HEAD}  - {method: saliency, metrics: {names: [deletion], ${odd}: 1}}\n`],
  ["sweep's prompts", (odd) => `${HEAD}  - {method: saliency, prompts: [{${odd}: 1}, ${odd}]}\n`],
  [
    "a comparison",
    (odd) => `${HEAD}${SALIENCY}compare: [{name: {${odd}: 1}, across: ${odd}, reference: {${odd}: {${odd}: 1}}}]\n`,
  ],
];

for (const [what, text] of PLACES) {
  Deno.test(`a name of the engine's own is refused in ${what}, in words`, () => {
    for (const odd of NAMES) {
      const problems = problemsOf(text(odd));
      assert.ok(problems.length > 0, `${odd} was taken`);
      for (const problem of problems) {
        assert.match(problem, /^\d+:\d+: .*expected /);
        assert.doesNotMatch(problem, ENGINE);
      }
    }
  });
}
