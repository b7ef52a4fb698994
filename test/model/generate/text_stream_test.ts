import assert from "node:assert/strict";
import { readablePieces } from "../../../src/model/tokens/byte_level.ts";
import { createTextStream } from "../../../src/model/generate/text_stream.ts";
import { createRandom } from "../../../src/statistics/random.ts";

const encoder = new TextEncoder();

/** Pushes tokens, given as bytes, until the stream ends. */
function stream(tokens: readonly Uint8Array[], stops: readonly string[] = []) {
  const pieces: string[] = [];
  const text = createTextStream((id) => tokens[id], stops, (piece) => pieces.push(piece));
  const live: string[] = [];
  let pushed = 0;
  for (let id = 0; id < tokens.length; id++) {
    pushed++;
    const goesOn = text.push(id);
    live.push(pieces.join(""));
    if (!goesOn) break;
  }
  const kept = text.finish();
  return { text: pieces.join(""), pieces, live, kept, pushed };
}

const words = (...texts: string[]) => texts.map((text) => encoder.encode(text));

Deno.test("createTextStream() hands on whole tokens at once", () => {
  const { live, kept } = stream(words("He", " paints", "."));
  assert.deepEqual(live, ["He", "He paints", "He paints."]);
  assert.equal(kept, 3);
});

Deno.test("createTextStream() holds a character back until all its bytes are there", () => {
  const bytes = encoder.encode("a🎨é");
  const { live, text } = stream([...bytes].map((byte) => Uint8Array.of(byte)));
  assert.deepEqual(live, ["a", "a", "a", "a", "a🎨", "a🎨", "a🎨é"]);
  assert.equal(text, "a🎨é");
});

Deno.test("createTextStream() joins random bytes in random tokens to what decode() makes of them", () => {
  const random = createRandom(5);
  // Bytes that start and continue sequences of every length, valid and not.
  const alphabet = [0x41, 0x20, 0x80, 0xbf, 0xc3, 0xe2, 0x9c, 0x94, 0xed, 0xa0, 0xf0, 0x9f, 0x8e, 0xa8, 0xf5, 0xff];
  for (let round = 0; round < 500; round++) {
    const bytes = Uint8Array.from({ length: 24 }, () => alphabet[random.integer(alphabet.length)]);
    const tokens: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) tokens.push(bytes.slice(at, at += 1 + random.integer(4)));
    const { text, kept } = stream(tokens);
    assert.equal(text, readablePieces([bytes])[0]);
    assert.equal(kept, tokens.length);
  }
});

Deno.test("createTextStream() ends before a stop string, however it is spread over tokens", () => {
  for (
    const tokens of [words("ab\n", "\ncd"), words("ab", "\n\n"), words("a", "b", "\n", "\n", "c"), words("ab\n\ncd")]
  ) {
    const { text } = stream(tokens, ["\n\n"]);
    assert.equal(text, "ab");
  }
});

Deno.test("createTextStream() keeps the tokens that hold nothing of the stop string", () => {
  assert.equal(stream(words("ab", "c.", " D"), ["."]).kept, 1);
  assert.equal(stream(words("ab", "c", ".", " D"), ["."]).kept, 2);
  assert.equal(stream(words("ab", "c", ".", " D"), ["."]).pushed, 3);
  assert.equal(stream(words(".", "a"), ["."]).kept, 0);
  // The character é begins in the second token, so that token holds a part of it.
  const [first, second] = encoder.encode("é");
  assert.equal(stream([encoder.encode("ab"), Uint8Array.of(first), Uint8Array.of(second)], ["é"]).kept, 1);
});

Deno.test("createTextStream() hands on the beginning of a stop string once it is none", () => {
  const { live, text } = stream(words("a", "<", "|e", "x", "<|"), ["<|end|>", "<|eot|>"]);
  assert.deepEqual(live, ["a", "a", "a", "a<|ex", "a<|ex"]);
  assert.equal(text, "a<|ex<|");
});

Deno.test("createTextStream() ends at whichever stop string begins first", () => {
  assert.equal(stream(words("one two three"), ["three", "two"]).text, "one ");
  assert.equal(stream(words("abcd"), ["bcde", "cd"]).text, "ab");
});

Deno.test("createTextStream() finds a stop string that a part of it comes before", () => {
  assert.equal(stream(words("a", "a", "a", "b"), ["aab"]).text, "a");
});

Deno.test("createTextStream() rejects an empty stop string", () => {
  assert.throws(() => createTextStream(() => new Uint8Array(0), [""]), {
    name: "RangeError",
    message: 'Cannot stop at a text as it must not be empty: got ""',
  });
});
