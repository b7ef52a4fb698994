import type { Dice } from "./dice.ts";

/** Bytes that lengths, signs, UTF-8 and JSON are sensitive to. */
const AWKWARD = [0, 1, 0x7f, 0x80, 0xc0, 0xed, 0xf4, 0xff, ...new TextEncoder().encode('"\\{}[],:0-9e.\n\t%#&*!|>')];

/** Numbers that a length may be replaced by. */
const LENGTHS = [0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];

/**
 * Changes bytes: some of them, a run, a length of 4 or 8 bytes, or the end.
 *
 * @param span bytes from the start in which single bytes are changed
 * @param donor of runs
 */
export function mutateBytes(
  bytes: Uint8Array,
  donor: Uint8Array,
  dice: Dice,
  span: number = bytes.length,
): Uint8Array<ArrayBuffer> {
  const changed = bytes.slice();
  const at = dice.below(Math.max(1, Math.min(span, bytes.length)));
  const run = 1 + dice.below(dice.oneIn(4) ? 400 : 12);
  switch (dice.below(9)) {
    case 0:
      return changed.slice(0, dice.oneIn(2) ? at : dice.below(bytes.length + 1));
    case 1:
      return joined([changed.subarray(0, at), changed.subarray(at + run)]);
    case 2:
      return joined([changed.subarray(0, at + run), changed.subarray(at)]);
    case 3: {
      const from = dice.below(Math.max(1, donor.length));
      return joined([changed.subarray(0, at), donor.subarray(from, from + run), changed.subarray(at)]);
    }
    case 4: {
      const value = dice.pick(LENGTHS);
      const view = new DataView(changed.buffer);
      if (at + 8 <= changed.length && dice.oneIn(2)) view.setBigUint64(at, value, true);
      else if (at + 4 <= changed.length) view.setUint32(at, Number(value & 0xffffffffn), true);
      return changed;
    }
    case 5:
      return joined([changed, changed.subarray(0, run)]);
    default:
      for (let left = 1 + dice.below(4); left > 0; left--) {
        const place = dice.below(Math.max(1, Math.min(span, bytes.length)));
        changed[place] = dice.pick([changed[place] ^ 1 << dice.below(8), dice.pick(AWKWARD), dice.below(256)]);
      }
      return changed;
  }
}

/** Joins runs of bytes. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
