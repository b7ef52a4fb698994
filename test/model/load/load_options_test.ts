import assert from "node:assert/strict";
import { checkLoadOptions, type LoadOptions } from "../../../src/model/load/load_options.ts";
import { loadModel } from "../../../src/model/model.ts";

const WRONG: [given: Record<string, unknown>, message: RegExp][] = [
  [{ device: "constructor" }, /as device must be one of auto, webgpu, cpu, reference: got "constructor"$/],
  [{ device: { toString: 1 } }, /as device must be one of .*: got \{"toString":1\}$/],
  [{ quantize: "int4" }, /as quantize must be one of none, nf4: got "int4"$/],
  [{ tuning: "on" }, /as tuning must be one of auto, off: got "on"$/],
  [{ threads: 0 }, /as threads must be a whole number from 1 to 1024: got 0$/],
  [{ threads: 1e9 }, /as threads must be a whole number from 1 to 1024: got 1000000000$/],
  [{ threads: NaN }, /as threads .*: got NaN$/],
  [{ tokenizer: null }, /as tokenizer must be one of @huggingface\/transformers 4, .*: got null$/],
  [{ tokenizer: { encode: "x" } }, /as tokenizer must be one of .*from_pretrained: got \{"encode":"x"\}$/],
  [{ memory: NaN }, /as memory must be a number of bytes from 1 on: got NaN$/],
  [{ memory: -1 }, /as memory .*: got -1$/],
];

for (const [given, message] of WRONG) {
  Deno.test(`loadModel() refuses ${JSON.stringify(given)}`, async () => {
    assert.throws(() => checkLoadOptions(given as LoadOptions), { name: "RangeError", message });
    await assert.rejects(loadModel(undefined, { device: "reference", ...given } as LoadOptions), { message });
  });
}

Deno.test("checkLoadOptions() takes what can be used, and nothing", () => {
  checkLoadOptions({});
  checkLoadOptions({ device: "cpu", quantize: "nf4", tuning: "off", threads: 1024, memory: Infinity });
});
