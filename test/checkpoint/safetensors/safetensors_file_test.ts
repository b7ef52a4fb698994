import assert from "node:assert/strict";
import { join } from "node:path";
import { openSafetensors } from "../../../src/checkpoint/safetensors/safetensors_file.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { f32, safetensorsBytes, writeSafetensors } from "../scratch.ts";

const DATA = new Uint8Array(24).map((_, i) => i);
const A = { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] };
const B = { dtype: "BF16", shape: [4], data_offsets: [16, 24] };

Deno.test("openSafetensors() finds every tensor, empty ones and scalars included", () =>
  inScratch((directory) => {
    const path = join(directory, "a.safetensors");
    const header = {
      __metadata__: { format: "pt" },
      B,
      A,
      empty: { dtype: "F16", shape: [0, 3], data_offsets: [16, 16] },
    };
    Deno.writeFileSync(path, safetensorsBytes(header, DATA));
    const { file, entries, metadata } = openSafetensors(path);
    assert.deepEqual([...entries.keys()], ["B", "A", "empty"]);
    const { offset, bytes } = entries.get("B")!;
    assert.deepEqual([...file.read(offset, bytes)], [16, 17, 18, 19, 20, 21, 22, 23]);
    assert.deepEqual(metadata, { format: "pt" });
    file.close();
  }));

Deno.test("openSafetensors() reads a file without tensors", () =>
  inScratch((directory) => {
    const path = join(directory, "a.safetensors");
    Deno.writeFileSync(path, safetensorsBytes({}, new Uint8Array()));
    const { file, entries } = openSafetensors(path);
    assert.equal(entries.size, 0);
    file.close();
  }));

const wrong: Record<string, { bytes: Uint8Array; expected: RegExp }> = {
  "an empty file": { bytes: new Uint8Array(), expected: /must start with an 8-byte length: got 0 bytes/ },
  "a header beyond the file": {
    bytes: safetensorsBytes({ A, B }, DATA).subarray(0, 40),
    expected: /its header must end at byte \d+: got 40 bytes/,
  },
  "a header length that is not one": {
    bytes: new Uint8Array(32).fill(255),
    expected: /its header must be at most 100000000 bytes: got 1844\d+/,
  },
  "a header that is no JSON": { bytes: safetensorsBytes("{nope", DATA), expected: /the header of .* must be JSON/ },
  "a header that is no object": { bytes: safetensorsBytes([1], DATA), expected: /must be a JSON object: got \[1\]/ },
  "a truncated last tensor": {
    bytes: safetensorsBytes({ A, B }, DATA.subarray(0, 20)),
    expected: /its tensors must end at byte \d+, the end of the file: got \d+ bytes \(truncated\)/,
  },
  "bytes after the last tensor": {
    bytes: safetensorsBytes({ A }, DATA),
    expected: /its tensors must end at byte \d+, the end of the file: got \d+ bytes$/,
  },
  "overlapping tensors": {
    bytes: safetensorsBytes({ A, B: { ...B, data_offsets: [12, 20] } }, DATA),
    expected: /tensor B in .* must start at byte \d+: got \d+ \(overlap\)/,
  },
  "a gap between tensors": {
    bytes: safetensorsBytes({ A: { ...A, shape: [3], data_offsets: [0, 12] }, B }, DATA),
    expected: /tensor B in .* must start at byte \d+: got \d+ \(gap\)/,
  },
  "an unknown dtype": {
    bytes: safetensorsBytes({ A: { ...A, dtype: "Q9" }, B }, DATA),
    expected: /tensor A in .* as its dtype must be one of BOOL, .*: got "Q9"/,
  },
  "a shape of another size": {
    bytes: safetensorsBytes({ A: { ...A, shape: [2, 3] }, B }, DATA),
    expected: /tensor A in .* as F32 \[2,3\] must take 24 bytes: got 16/,
  },
  "a negative size": {
    bytes: safetensorsBytes({ A: { ...A, shape: [-2, -2] }, B }, DATA),
    expected: /its shape must be a list of sizes: got \[-2,-2\]/,
  },
  "offsets that run backwards": {
    bytes: safetensorsBytes({ A: { ...A, data_offsets: [16, 0] }, B }, DATA),
    expected: /its data_offsets must be \[begin, end\]: got \[16,0\]/,
  },
  "a tensor twice": {
    bytes: safetensorsBytes(
      `{"A":${JSON.stringify(A)}, "B":${JSON.stringify(B)}, "\\u0041" : ${JSON.stringify(A)}}`,
      DATA,
    ),
    expected: /the header of .* as its keys must be unique: got "A" twice/,
  },
  "a dtype twice": {
    bytes: safetensorsBytes(`{"A":{"dtype":"F32",${JSON.stringify(A).slice(1)}}`, DATA.subarray(0, 16)),
    expected: /the header of .* as its keys must be unique: got "dtype" twice/,
  },
  "metadata that are no texts": {
    bytes: safetensorsBytes({ __metadata__: { format: { a: 1 } }, A, B }, DATA),
    expected: /__metadata__ must map strings to strings: got \{"format":\{"a":1\}\}/,
  },
  "a name of a megabyte": {
    bytes: safetensorsBytes({ A, ["B".repeat(1 << 20)]: B }, DATA),
    expected: /a tensor's name must have at most 1000 characters: got 1048576/,
  },
  "a shape of a million nested lists": {
    bytes: safetensorsBytes(`{"A":{"dtype":"F32","shape":${"[".repeat(1e6)}${"]".repeat(1e6)}}}`, DATA),
    expected: /its JSON must have at most 512 levels: got more$/,
  },
  "a shape of a million ones": {
    bytes: safetensorsBytes({ A: { dtype: "F32", shape: new Array(1e6).fill(1), data_offsets: [0, 4] } }, DATA),
    expected: /its shape must have at most 64 dimensions: got 1000000/,
  },
  "a byte order mark before its header": {
    bytes: safetensorsBytes("\ufeff" + JSON.stringify({ A, B }), DATA),
    expected: /must be JSON: got /,
  },
  "a shape beyond 2^53": {
    bytes: safetensorsBytes({ A: { ...A, shape: [2 ** 52, 2 ** 52] }, B }, DATA),
    expected: /F32 \[4503599627370496,4503599627370496\] must take 8\.1\d+e\+31 bytes: got 16/,
  },
  "an entry that is no object": {
    bytes: safetensorsBytes({ A: null, B }, DATA),
    expected: /tensor A in .* as its dtype must be/,
  },
};

for (const [fault, { bytes, expected }] of Object.entries(wrong)) {
  Deno.test(`openSafetensors() rejects ${fault} and names the file`, () =>
    inScratch((directory) => {
      const path = join(directory, "bad.safetensors");
      Deno.writeFileSync(path, bytes);
      assert.throws(() => openSafetensors(path), { name: "SyntaxError", message: expected });
      assert.throws(() => openSafetensors(path), { message: /bad\.safetensors/ });
    }));
}

Deno.test("openSafetensors() names a missing file", () => {
  assert.throws(() => openSafetensors("nowhere/model.safetensors"), {
    name: "NotFound",
    message: "Cannot open nowhere/model.safetensors as it must be an existing file: got none",
  });
});

Deno.test("a file that shrinks after it was opened is an error, not zeros", () =>
  inScratch((directory) => {
    const path = join(directory, "a.safetensors");
    writeSafetensors(path, { A: f32([4], [1, 2, 3, 4]) });
    const { file, entries } = openSafetensors(path);
    Deno.truncateSync(path, file.size - 8);
    const { offset, bytes } = entries.get("A")!;
    assert.throws(() => file.read(offset, bytes), /must keep its \d+ bytes: got an end at \d+/);
    file.close();
  }));

for (
  const [length, expected] of [
    [100_000_000, /the header of .*big\.safetensors as it must be JSON: got/],
    [100_000_001, /big\.safetensors as its header must be at most 100000000 bytes: got 100000001/],
    [2 ** 40, /big\.safetensors as its header must be at most 100000000 bytes: got 1099511627776/],
  ] as const
) {
  Deno.test(`openSafetensors() rejects a header of ${length} bytes that are zeros with a short message`, () =>
    inScratch((directory) => {
      const path = join(directory, "big.safetensors");
      Deno.writeFileSync(path, new Uint8Array(BigUint64Array.of(BigInt(length)).buffer));
      // A hole: nothing on disk.
      Deno.truncateSync(path, Math.min(length, 100_000_001) + 8);
      assert.throws(() => openSafetensors(path), (error: Error) => {
        assert.equal(error.name, "SyntaxError");
        assert.match(error.message, expected);
        assert.ok(error.message.length < 500);
        return true;
      });
    }));
}
