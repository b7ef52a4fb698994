import assert from "node:assert/strict";
import { experimentCommand } from "../../../src/experiment/results/experiment_command.ts";

Deno.test("experimentCommand() quotes what a shell would take apart", () => {
  const overrides = { model: "my model", quantize: undefined, device: "cpu" as const };
  assert.equal(
    experimentCommand({ program: "deno task", file: "it's.yaml", overrides }, "a\nb"),
    `deno task experiment 'it'\\''s.yaml' --model 'my model' --device cpu --out $'a\\x0ab'`,
  );
});
