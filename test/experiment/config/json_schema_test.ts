import assert from "node:assert/strict";
import { experimentJsonSchema } from "../../../src/experiment/config/json_schema.ts";
import { declarationsOf, optionNames } from "../../../src/explain/methods/option_order.ts";
import { accepts, type JsonLeaf } from "../../../src/explain/options/json_leaf.ts";

const EXPERIMENTS = new URL("../../../experiments/", import.meta.url);

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node & JsonLeaf>>;
  readonly items?: Node;
  readonly required?: readonly string[];
  readonly anyOf?: readonly unknown[];
}
const SCHEMA = experimentJsonSchema() as Node;
const SWEEP = SCHEMA.properties!.sweeps.items!;

Deno.test("experiments/schema.json is what deno task schema writes", async () => {
  const committed = await Deno.readTextFile(new URL("schema.json", EXPERIMENTS));
  assert.equal(committed, `${JSON.stringify(SCHEMA, null, 2)}\n`, "run deno task schema");
});

Deno.test("the JSON Schema describes every key, with the default of each option", () => {
  for (const [key, { description }] of Object.entries(SWEEP.properties!)) assert.ok(description, key);
  for (const option of optionNames()) {
    const { default: usual } = SWEEP.properties![option];
    const [{ kind, default: declared }] = declarationsOf(option);
    const isSaid = declared !== null && typeof declared !== "function";
    assert.deepEqual(usual, isSaid ? kind.write(declared!) : undefined, option);
    if (usual !== undefined) assert.ok(accepts(SWEEP.properties![option], usual), option);
  }
});

Deno.test("the JSON Schema requires what must be there and takes a value for a list of one", () => {
  assert.deepEqual(SCHEMA.required, ["name", "prompts", "sweeps"]);
  assert.deepEqual(SWEEP.required, ["method"]);
  const { steps } = SWEEP.properties!;
  const taken = [20, [20, 50], 0, [], "20", [20, 0.5]].map((value) => accepts(steps, value));
  assert.deepEqual(taken, [true, true, false, false, false, false]);
});

Deno.test("every experiment names the JSON Schema in its first line", () => {
  const files = Array.from(Deno.readDirSync(EXPERIMENTS), ({ name }) => name).filter((name) => name.endsWith(".yaml"));
  assert.ok(files.length >= 2);
  for (const file of files) {
    const [first] = Deno.readTextFileSync(new URL(file, EXPERIMENTS)).split("\n");
    assert.equal(first, "# yaml-language-server: $schema=schema.json", file);
  }
});

const LEAVES: [string, JsonLeaf, unknown[], unknown[]][] = [
  ["words", { enum: ["a", "b"] }, ["a"], ["c", 1, null, ["a"]]],
  ["whole numbers", { type: "integer", minimum: 0, maximum: 3 }, [0, 3], [-1, 4, 0.5, "1", NaN]],
  ["numbers above", { type: "number", exclusiveMinimum: 0 }, [0.1], [0, Infinity, NaN, "1"]],
  ["texts", { type: "string", pattern: "^token:[\\s\\S]" }, ["token:\n"], ["token:", "a token:1", 1]],
  ["lists", { type: "array", items: { type: "boolean" }, minItems: 1, maxItems: 2 }, [[true]], [[], true, [1], [
    true,
    true,
    true,
  ]]],
  [
    "mappings",
    {
      type: "object",
      properties: { a: { type: "boolean" }, b: { type: "boolean" } },
      required: ["a"],
      additionalProperties: false,
    },
    [{ a: true }, { a: true, b: false }],
    [{}, { a: 1 }, { a: true, c: true }, [], null],
  ],
  ["choices", { anyOf: [{ enum: ["a"] }, { type: "boolean" }] }, ["a", true], ["b", 1]],
];
for (const [what, json, right, wrong] of LEAVES) {
  Deno.test(`accepts() tells right from wrong ${what}`, () => {
    for (const value of right) assert.ok(accepts(json, value), JSON.stringify(value));
    for (const value of wrong) assert.ok(!accepts(json, value), JSON.stringify(value));
  });
}
