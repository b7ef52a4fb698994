import assert from "node:assert/strict";
import { takeDevice } from "../../bench/device.ts";

Deno.test("takeDevice() takes --device out of the arguments, wherever it stands", () => {
  assert.deepEqual(takeDevice(["adaptive", "--device", "reference", "3"]), {
    device: "reference",
    rest: ["adaptive", "3"],
  });
  assert.deepEqual(takeDevice(["adaptive"]), { device: "webgpu", rest: ["adaptive"] });
});

Deno.test("takeDevice() refuses a device that is none, auto, and none at all", () => {
  for (const args of [["--device", "tpu"], ["--device", "auto"], ["--device"]]) {
    assert.throws(() => takeDevice(args), /^RangeError: Cannot measure --device \S* ?as it must be one of \w+, /);
  }
});
