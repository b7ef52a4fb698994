import assert from "node:assert/strict";
import { parseConfig } from "../../../src/experiment/config/parse_config.ts";
import { planExperiment } from "../../../src/experiment/run/plan_cells.ts";
import { comparedKeys } from "../../../src/experiment/compared_keys.ts";
import { HEAD, problemsOf } from "./config_problems.ts";

Deno.test("parseConfig() takes scalars for lists of one", () => {
  const { experiment } = parseConfig(`${HEAD}  - method: integrated-gradients\n    tolerance: 0.1\n`, "f.yaml");
  assert.deepEqual(experiment.sweeps[0].tolerance, [0.1]);
});

Deno.test("parseConfig() takes a history, and a list of baselines, which plans call by the name that records have", () => {
  const chat = HEAD.replace("sweeps:", "    history: [{role: system, content: Be brief.}]\nsweeps:");
  const sweep = "  - method: integrated-gradients\n    baseline: {samples: [zero, 'text:q']}\n    targetUnits: words\n";
  const [{ text, recorded }] = planExperiment(parseConfig(chat + sweep, "f.yaml")).cells;
  assert.deepEqual(text.history, [{ role: "system", content: "Be brief." }]);
  assert.deepEqual([recorded.baseline, recorded.targetUnits], ['samples:["zero","text:q"]', "words"]);
});

const WHOLE: [string, string, string[]][] = [
  [
    "a history of no known role",
    `${HEAD.replace("sweeps:", "    history: [{role: robot, content: a}]\nsweeps:")}  - method: feature-ablation\n`,
    [
      "7:14: prompts[0].history: expected a list of messages, each with a role (system, user or assistant) and content, " +
      'got the list [{"role":"robot","content":"a"}]',
    ],
  ],
  ["a key given twice", "name: a\nname: b\n", ["2:1: name: expected each key once, got it again"]],
  ["an empty file", "", [
    "1:1: expected a mapping with the keys name, question, model, prompts and sweeps, got nothing",
  ]],
  ["a name that is no file name", `${HEAD.replace("trial", "../x")}  - method: feature-ablation\n`, [
    '1:7: name: expected a name of letters, digits, dots, dashes and underscores, got "../x"',
  ]],
  [
    "a prompt named twice",
    `${HEAD.replace("sweeps:", "  - {name: a, prompt: q, generate: 3}\nsweeps:")}  - method: feature-ablation\n`,
    [
      "7:12: prompts[1].name: expected a name of its own, got a again",
    ],
  ],
  ["an empty target", `${HEAD.replace('" y"', '""')}  - method: feature-ablation\n`, [
    '6:13: prompts[0].target: expected a text that is not empty, got ""',
  ]],
  [
    "target and generate together",
    `${HEAD.replace("sweeps:", "    generate: 3\nsweeps:")}  - method: feature-ablation\n`,
    [
      "7:5: prompts[0].generate: expected target or generate, got both",
    ],
  ],
  [
    "options of generation with a target, and a seed of nothing",
    `${
      HEAD.replace("sweeps:", "    topP: 0.5\n  - {name: b, prompt: q, generate: 3, seed: 1}\nsweeps:")
    }  - method: feature-ablation\n`,
    [
      "7:5: prompts[0].topP: expected only with generate, got target",
      "8:39: prompts[1].seed: expected only with temperature, topK, topP, got none of them",
    ],
  ],
  [
    "an alternative that no sweep compares with",
    `${HEAD.replace("sweeps:", '    alternative: " z"\nsweeps:')}  - method: feature-ablation\n`,
    ["7:5: prompts[0].alternative: expected only with objective contrastive, got no such sweep of this prompt"],
  ],
  ["neither target nor generate", `${HEAD.replace('    target: " y"\n', "")}  - method: feature-ablation\n`, [
    "4:5: prompts[0]: expected target or generate, got neither",
  ]],
  [
    "causes that the prompt does not have once, and parts of a target without a matrix",
    `${
      HEAD.replace("sweeps:", "    truth: [x, z, {target: y, causes: [x]}]\nsweeps:")
    }  - method: integrated-gradients\n`,
    [
      '7:16: prompts[0].truth[1]: expected a part of the prompt: Cannot find "z" as the prompt must have it once: got 0',
      "9:5: sweeps[0]: expected tokens: true, as prompt a has the truth of a part of its target, got no matrix",
    ],
  ],
  [
    "a reference that the compared cells share, and a comparison named twice",
    `${HEAD}  - method: lime\ncompare:\n  - {name: c, across: seed, reference: {scheme: mean}}\n  - {name: c, across: sede}\n`,
    [
      "10:41: compare[0].reference.scheme: expected one of seed, in which the compared cells differ, got scheme",
      "11:12: compare[1].name: expected a name of its own, got c again",
      `11:23: compare[1].across[0]: expected one of ${comparedKeys().join(", ")}, got "sede"; did you mean seed?`,
    ],
  ],
];
for (const [what, text, expected] of WHOLE) {
  Deno.test(`parseConfig() reports ${what}`, () => assert.deepEqual(problemsOf(text), expected));
}

Deno.test("parseConfig() reports YAML that cannot be parsed with its place", () => {
  assert.match(problemsOf("name: [a\n")[0], /^2:1: expected YAML, got /);
});

Deno.test("parseConfig() keeps a mistake on its line, whatever its key has", () => {
  const found = problemsOf(`${HEAD}"a\\n\\e[31m\\u2028b": 1\n`).find((one) => one.includes("unknown key"));
  assert.match(found ?? "", /^8:1: a\\u\{a\}\\u\{1b\}\[31m\\u\{2028\}b: expected one of name, /);
});

Deno.test("parseConfig() reports all mistakes together, in the order of the file", () => {
  const places = problemsOf(`name: 1\nquestoin: x\nprompts: []\nsweeps:\n  - method: x\n    steps: -1\n`)
    .map((problem) => problem.split(": ").slice(0, 2).join(" "));
  assert.deepEqual(places, [
    "1:7 name",
    "2:1 questoin",
    "3:10 prompts",
    "5:13 sweeps[0].method",
    "6:12 sweeps[0].steps[0]",
  ]);
});
