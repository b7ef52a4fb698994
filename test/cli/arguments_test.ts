import assert from "node:assert/strict";
import { parseArguments, UsageError } from "../../src/cli/arguments.ts";

const OPTIONS = {
  prompt: { type: "string" },
  stop: { type: "string", multiple: true },
  strict: { type: "boolean" },
} as const;

Deno.test("parseArguments() reads values, lists, switches and what stands beside them", () => {
  const { values, rest } = parseArguments(
    ["a", "--prompt=-x", "--stop", "b", "--stop", "c", "--strict", "-h"],
    OPTIONS,
    1,
  );
  assert.deepEqual({ ...values }, { prompt: "-x", stop: ["b", "c"], strict: true, help: true });
  assert.deepEqual(rest, ["a"]);
  assert.equal(parseArguments(["--prompt", "-"], OPTIONS, 0).values.prompt, "-");
  assert.deepEqual(parseArguments(["--", "--strict"], OPTIONS, 1).rest, ["--strict"]);
});

const MISTAKES: [args: string[], message: string][] = [
  [["--prompt"], "Cannot use --prompt as a value must follow it: got nothing"],
  [
    ["--prompt", "--strict"],
    "Cannot use --prompt as a value must follow it: got --strict; --prompt=--strict takes it as one",
  ],
  [["--strict=1"], 'Cannot use --strict as it must stand alone: got "1" behind it'],
  [["--prompts", "a"], "Cannot use --prompts as it must be an option: got an unknown name"],
  [["-x"], "Cannot use -x as it must be an option: got an unknown name"],
  [["--no-strict"], "Cannot use --no-strict as it must be an option: got an unknown name"],
  [["--__proto__", "a"], "Cannot use --__proto__ as it must be an option: got an unknown name"],
  [["--constructor"], "Cannot use --constructor as it must be an option: got an unknown name"],
  [["a", "b"], 'Cannot use "b" as there must be one argument beside the options: got 2'],
];

for (const [args, message] of MISTAKES) {
  Deno.test(`parseArguments() refuses ${args.join(" ")}, in words of ours`, () => {
    assert.throws(() => parseArguments(args, OPTIONS, 1), (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.message, message);
      return true;
    });
  });
}

Deno.test("parseArguments() cuts what is endless", () => {
  for (const args of [[`--${"x".repeat(1e6)}`], ["--strict=" + "x".repeat(1e6)], ["a", "x".repeat(1e6)]]) {
    assert.throws(() => parseArguments(args, OPTIONS, 1), (error: Error) => error.message.length < 400);
  }
});
