import assert from "node:assert/strict";
import { adapterKind } from "../../src/gpu/device.ts";

Deno.test("asking for an adapter leaves the environment as it is, for others and for processes that they start", async () => {
  const names = ["DENO_WEBGPU_BACKEND", "XDG_RUNTIME_DIR"];
  const before = names.map((name) => Deno.env.get(name));
  try {
    for (const set of [undefined, "/tmp"]) {
      for (const name of names) {
        if (set === undefined || name === "DENO_WEBGPU_BACKEND") Deno.env.delete(name);
        else Deno.env.set(name, set);
      }
      const found = { ...Deno.env.toObject() };
      const asked = adapterKind();
      assert.deepEqual({ ...Deno.env.toObject() }, found);
      await asked;
      assert.deepEqual({ ...Deno.env.toObject() }, found);
    }
  } finally {
    names.forEach((name, i) => before[i] === undefined ? Deno.env.delete(name) : Deno.env.set(name, before[i]));
  }
});
