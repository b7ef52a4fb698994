import assert from "node:assert/strict";
import { planOf } from "../../explain/fake_model.ts";
import { cellsOf, jsonl, mistakesOf, ONE } from "./planned_rows.ts";

const A = { prompt: "to be or not", target: " to be" };
const B = { prompt: "all the world", target: " a stage", name: "b", kind: "play" };
const textsOf = async (prompts: string, data: Parameters<typeof cellsOf>[1]) =>
  (await cellsOf(prompts, data)).map(({ text }) => text);

Deno.test("readPrompts() takes files beside prompts, in the order of the list, and sweeps choose them by name", async () => {
  const prompts = "[{ name: own, prompt: x, target: y }, facts.jsonl, { file: more.jsonl, name: others }]";
  const data = { "facts.jsonl": jsonl(A), "more.jsonl": jsonl(B) };
  const sweeps = "sweeps: [{ method: lime, prompts: [own, others] }, { method: saliency, prompts: facts }]";
  const cells = await cellsOf(prompts, data, sweeps);
  assert.deepEqual(cells.map(({ text, options }) => [text.prompt, options.method]), [
    ["x", "lime"],
    [A.prompt, "saliency"],
    [B.prompt, "lime"],
  ]);
});

Deno.test("planExperiment() gives a row the key of the same prompt in the experiment's file", async () => {
  const [row] = await cellsOf("facts.jsonl", { "facts.jsonl": jsonl({ ...A, truth: ["be or"], other: 1 }) });
  const [own] = planOf(`name: t\nprompts: [{ name: a, prompt: to be or not, target: " to be" }]\n${ONE}\n`).cells;
  assert.deepEqual([row.key, row.text], [own.key, own.text]);
  assert.deepEqual(row.truth, [{ target: null, causes: ["be or"] }]);
  assert.match(row.id, /^facts-[0-9a-f]{12}-input-x-gradient-[0-9a-f]{12}$/);
});

Deno.test("planExperiment() names a row's cells by its content, not by its place or the columns beside it", async () => {
  const ids = async (...rows: unknown[]) =>
    (await cellsOf("facts.jsonl", { "facts.jsonl": jsonl(...rows) })).map(({ id }) => id);
  const first = await ids(A, B);
  assert.deepEqual(await ids({ ...B, kind: "comedy" }, A), first.toReversed());
  assert.notDeepEqual(await ids({ ...A, target: " to" }), first.slice(0, 1));
});

Deno.test("readPrompts() takes a row once that is there twice, and fails one that has another's name", async () => {
  const data = { "facts.jsonl": jsonl(A, B, A, B, { ...A, target: " x", name: "b" }) };
  const cells = await cellsOf("facts.jsonl", data);
  assert.equal(cells.length, 3);
  assert.deepEqual(cells.map(({ flaw }) => flaw), [
    undefined,
    undefined,
    "facts.jsonl:5: name: expected a name of its own, got b of facts.jsonl:2 again",
  ]);
});

const FLAWS: [what: string, row: Record<string, unknown>, flaw: string][] = [
  ["an empty target", { ...A, target: "" }, 'target: expected a text that is not empty, got ""'],
  ["no target", { ...A, target: null }, "target: expected a text in column target, got nothing"],
  ["no prompt", { target: "x" }, "prompt: expected a text that is not empty, got nothing"],
  ["a prompt that is a number", { ...A, prompt: 12 }, "prompt: expected a text that is not empty, got 12"],
  ["a name of two lines", { ...A, name: "a\nb" }, 'name: expected a line of at most 200 characters, got "a\\nb"'],
  [
    "a context that is none",
    { ...A, context: 3 },
    "context: expected a list of documents, each a text, or text and a name of its own, or a file that is read, got 3",
  ],
  [
    "a truth that the prompt does not have",
    { ...A, truth: ["x"] },
    'truth[0]: expected a part of the prompt: Cannot find "x" as the prompt must have it once: got 0',
  ],
  [
    "a truth of another form",
    { ...A, truth: [1] },
    "truth: expected a list of causes, texts or [start, end], or of mappings with target and causes, got the list [1]",
  ],
  [
    "a history of no messages",
    { ...A, history: [3] },
    "history: expected a list of messages, each with a role (system, user or assistant) and content, got the list [3]",
  ],
  [
    "a chat that ends with the system",
    { messages: [{ role: "system", content: "x" }] },
    'messages: expected a list of messages, the last of the user or an answer to one, got a message of "system"',
  ],
  ["a long prompt", { ...A, prompt: "x".repeat(1 << 22) }, "expected at most 4194304 characters, got 4194310"],
];
for (const [what, row, flaw] of FLAWS) {
  Deno.test(`readPrompts() fails a row alone with ${what}`, async () => {
    const cells = await cellsOf("facts.jsonl", { "facts.jsonl": jsonl({ prompt: "p", target: "t" }, row) });
    assert.deepEqual(cells.map((cell) => cell.flaw), [undefined, `facts.jsonl:2: ${flaw}`]);
  });
}

Deno.test("planExperiment() fails the contrasts alone of a row without an alternative", async () => {
  const sweeps = "sweeps: [{ method: lime, objective: [log-prob, contrastive] }]";
  const data = { "facts.jsonl": jsonl(A, { ...B, alternative: " a ship" }) };
  const cells = await cellsOf("facts.jsonl", data, sweeps);
  assert.deepEqual(cells.map(({ flaw, text }) => [flaw, text.alternative]), [
    [undefined, undefined],
    ["facts.jsonl:1: expected an alternative with objective contrastive, got none", undefined],
    [undefined, undefined],
    [undefined, " a ship"],
  ]);
});

Deno.test("readPrompts() makes prompts of named columns, parts of them and templates", async () => {
  const row = { q: "Who?", passage: "Bob ran.", answers: { text: ["Bob", "he"], n: 2 }, context: "unused" };
  const fields = 'fields: { prompt: "{passage}\\n\\nQ: {q} {{x}}\\nA:", target: " {answers.text.0}", name: q }';
  const [cell] = await cellsOf(`{ file: qa.jsonl, ${fields} }`, { "qa.jsonl": jsonl(row) });
  assert.deepEqual(cell.text, { prompt: "Bob ran.\n\nQ: Who? {x}\nA:", target: " Bob" });
  assert.equal(cell.prompt, "Who?");
});

Deno.test("readPrompts() takes documents, and shares options between rows", async () => {
  const contexts = ["[1] Bob ran.", ["a", { name: "b", text: "c" }], ""];
  const data = { "qa.jsonl": jsonl(...contexts.map((context) => ({ prompt: "Who?", context, target: "unused" }))) };
  const texts = await textsOf("{ file: qa.jsonl, generate: 5, chat: true }", data);
  const shared = { prompt: "Who?", generate: 5, chat: true };
  assert.deepEqual(texts, [
    { ...shared, context: ["[1] Bob ran."] },
    { ...shared, context: ["a", { name: "b", text: "c" }] },
    shared,
  ]);
});

Deno.test("readPrompts() divides a chat into history, prompt and the answer that is the target", async () => {
  const system = { role: "system", content: "Be brief." };
  const user = { role: "user", content: "Who?" };
  const chats = [[system, user, { role: "assistant", content: "Bob" }], [user, { role: "assistant", content: "He" }]];
  const texts = await textsOf("chats.jsonl", { "chats.jsonl": jsonl(...chats.map((messages) => ({ messages }))) });
  assert.deepEqual(texts, [
    { prompt: "Who?", target: "Bob", history: [system] },
    { prompt: "Who?", target: "He" },
  ]);
});

Deno.test("readPrompts() takes a chat beside a prompt only where it is named", async () => {
  const row = { ...A, messages: [{ role: "user", content: "Who?" }, { role: "assistant", content: "Bob" }] };
  const data = { "a.jsonl": jsonl(row) };
  assert.deepEqual(await textsOf("a.jsonl", data), [A]);
  const named = await textsOf("{ file: a.jsonl, fields: { messages: messages } }", data);
  assert.deepEqual(named, [{ prompt: "Who?", target: "Bob" }]);
});

const ROWS = Array.from({ length: 40 }, (_, n) => ({ prompt: `p${n}`, target: " t", n, kind: n % 2 ? "odd" : "even" }));
const promptsOf = async (rest: string, rows = ROWS) =>
  (await textsOf(`{ file: rows.jsonl, ${rest} }`, { "rows.jsonl": jsonl(...rows) })).map(({ prompt }) => prompt);

Deno.test("readPrompts() takes the first rows that fit, from the first file on", async () => {
  assert.deepEqual(await promptsOf("where: { kind: odd, n: { above: 3 } }, limit: 2"), ["p5", "p7"]);
  const data = { "a.jsonl": jsonl(ROWS[0]), "b.jsonl": jsonl(ROWS[1], ROWS[2]) };
  const texts = await textsOf("{ file: [a.jsonl, b.jsonl], limit: 2 }", data);
  assert.deepEqual(texts.map(({ prompt }) => prompt), ["p0", "p1"]);
});

Deno.test("readPrompts() draws the same sample of a seed, in the file's order; a larger one has it, too", async () => {
  const five = await promptsOf("sample: { rows: 5, seed: 1 }");
  assert.equal(new Set(five).size, 5);
  assert.deepEqual(five, ROWS.map(({ prompt }) => prompt).filter((one) => five.includes(one)));
  const ten = await promptsOf("sample: { rows: 10, seed: 1 }", ROWS.toReversed());
  assert.ok(five.every((one) => ten.includes(one)));
  assert.notDeepEqual(await promptsOf("sample: { rows: 5, seed: 2 }"), five);
  assert.equal((await promptsOf("where: { kind: odd }, limit: 7, sample: 30")).length, 7);
});

const MISTAKES: [what: string, prompts: string, mistakes: string[]][] = [
  ["a file that is not there", "[none.csv]", [
    "f.yaml:2:11: prompts[0].file[0]: expected a file that exists, got none at none.csv",
  ]],
  ["a format that is not read", "[a.json]", [
    "f.yaml:2:11: prompts[0].file[0]: expected a file whose name ends in .jsonl, .ndjson, .csv, .tsv, .parquet, or in " +
    "one of these and .gz, got a.json; an object a line is JSONL",
  ]],
  ["a delimiter of JSONL", '{ file: q.jsonl, delimiter: ";" }', [
    "f.yaml:2:18: prompts[0].file[0]: expected a .csv or .tsv file with a delimiter, got q.jsonl",
  ]],
  ["columns that are not there", "{ file: q.jsonl, fields: { prompt: qq, target: a.b }, where: { m: 1 } }", [
    "f.yaml:2:45: prompts[0].fields.prompt: expected one of the columns q, n, got qq; did you mean q?",
    "f.yaml:2:57: prompts[0].fields.target: expected one of the columns q, n, got a.b",
    "f.yaml:2:76: prompts[0].where[0].m: expected one of the columns q, n, got m; did you mean q?",
  ]],
  ["no column of prompts or targets", "q.jsonl", [
    "f.yaml:2:10: prompts[0]: expected a column prompt, or fields.prompt that says which of the columns q, n it is, got none",
    "f.yaml:2:10: prompts[0]: expected a column target, or fields.target that says which of the columns q, n it is, got none",
  ]],
  ["no row that fits", "{ file: q.jsonl, fields: { prompt: q, target: q }, where: { n: 2 } }", [
    "f.yaml:2:68: prompts[0].where: expected a row that fits, got none among 1",
  ]],
  ["a revision that leads out of the cache", "['a/b@../c:d.csv']", [
    'f.yaml:2:11: prompts[0].file[0]: Cannot use a/b@../c:d.csv as its revision must be a branch, a tag or a commit: got "../c"',
  ]],
];
for (const [what, prompts, mistakes] of MISTAKES) {
  Deno.test(`readPrompts() reports ${what} before anything runs`, async () => {
    assert.deepEqual(await mistakesOf(prompts, { "q.jsonl": jsonl({ q: "x", n: 1 }) }), mistakes);
  });
}
