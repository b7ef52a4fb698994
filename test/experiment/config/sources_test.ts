import assert from "node:assert/strict";
import { experimentJsonSchema } from "../../../src/experiment/config/json_schema.ts";
import { parseConfig } from "../../../src/experiment/config/parse_config.ts";
import { problemsOf } from "./config_problems.ts";

const SWEEPS = "sweeps: [{ method: saliency }]\n";

Deno.test("parseConfig() takes files of prompts beside prompts, one for a list of one, by name alone", () => {
  const promptsOf = (prompts: string) =>
    parseConfig(`name: t\nprompts: ${prompts}\n${SWEEPS}`, "f.yaml").experiment.prompts;
  assert.deepEqual(promptsOf("a.jsonl"), [{ file: ["a.jsonl"] }]);
  assert.deepEqual(promptsOf("{ file: [a.csv, b.csv], limit: 3, chat: true, where: { a: 1 } }"), [
    { file: ["a.csv", "b.csv"], limit: 3, chat: true, where: [{ a: 1 }] },
  ]);
  assert.equal(promptsOf("[a.jsonl, { name: b, prompt: x, target: y }]").length, 2);
});

Deno.test("parseConfig() takes the same after a JSON Schema was made", () => {
  experimentJsonSchema();
  const where = { a: 1, b: [1, 2], c: { not: "x", above: 3 } };
  const { prompts } =
    parseConfig(`name: t\nprompts: ${JSON.stringify({ file: "a.jsonl", where })}\n${SWEEPS}`, "f.yaml")
      .experiment;
  assert.deepEqual(prompts, [{ file: ["a.jsonl"], where: [where] }]);
});

const MISTAKES: [what: string, text: string, mistakes: string[]][] = [
  [
    "unknown keys of a file, its columns and conditions",
    `prompts:
  file: a.jsonl
  limits: 3
  fields: { promt: x }
  where: { n: { abve: 3 }, m: [] }
  sample: { rows: 0 }
  delimiter: ",,"
`,
    [
      "4:3: prompts[0].limits: expected one of file, name, fields, where, limit, sample, delimiter, generate, temperature, " +
      "topK, topP, repetitionPenalty, seed, stop, chat, dependence, threshold, got an unknown key; did you mean limit?",
      "5:13: prompts[0].fields.promt: expected one of prompt, target, alternative, context, messages, history, truth, " +
      "name, got an unknown key; did you mean prompt?",
      "6:15: prompts[0].where[0].n: expected a value, a list of values, or a mapping with not, above, below, least, most, " +
      "contains and known, got a mapping",
      "6:31: prompts[0].where[0].m: expected a value, a list of values, or a mapping with not, above, below, least, most, " +
      "contains and known, got an empty list",
      "7:11: prompts[0].sample: expected a whole number from 1 to 10000000, or a mapping of rows and seed, got a mapping",
      '8:14: prompts[0].delimiter: expected one character, got ",,"',
    ],
  ],
  [
    "target and generate of a file, draws of a target, and a prompt beside a chat",
    `prompts:
  - { file: a.jsonl, generate: 3, fields: { target: x } }
  - { file: b.jsonl, topP: 0.5 }
  - { file: c.jsonl, fields: { messages: x, prompt: y } }
`,
    [
      "3:45: prompts[0].fields.target: expected target or generate, got both",
      "4:22: prompts[1].topP: expected only with generate, got target",
      "5:32: prompts[2].fields.messages: expected prompt or messages, got both",
    ],
  ],
  [
    "files of one name, and entries that are none",
    `prompts:
  - a.jsonl
  - { name: a, prompt: x, target: y }
  - 3
`,
    [
      "4:13: prompts[1].name: expected a name of its own, got a again",
      "5:5: prompts[2]: expected a mapping, got 3",
      "5:5: prompts[2].prompt: expected a text that is not empty, got nothing",
    ],
  ],
];
for (const [what, prompts, mistakes] of MISTAKES) {
  Deno.test(`parseConfig() reports ${what}`, () =>
    assert.deepEqual(problemsOf(`name: t\n${prompts}${SWEEPS}`), mistakes));
}

const UNQUOTED: [yaml: string, message: RegExp][] = [
  ["question: Why: because\n", /^1:11: .*; a text with ": " in it needs quotes around it$/],
  [
    "prompts:\n  - { name: a, prompt: Q: who, target: y }\n",
    /^2:24: .*; a text with ": " in it needs quotes around it$/,
  ],
  ["question: @home\n", /^1:11: .*; a text that begins with this sign needs quotes around it$/],
  ["question: !why\n", /^1:11: .*; a text that begins with "!" needs quotes around it$/],
];
for (const [yaml, message] of UNQUOTED) {
  Deno.test(`parseConfig() advises to quote ${JSON.stringify(yaml)}`, () => assert.match(problemsOf(yaml)[0], message));
}
