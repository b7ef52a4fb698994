import assert from "node:assert/strict";
import { type ChainParts, chainParts } from "../../../src/attribution/chains/chain_parts.ts";
import { rowShares, type ShareRule, type TokenShares } from "../../../src/attribution/chains/row_shares.ts";
import { createRandom } from "../../../src/statistics/random.ts";
import { sum } from "../../../src/statistics/sums.ts";

const L = 3;

/** Attributions of both signs; `reads` tells which pairs of generated tokens have one. */
function drawnShares(T: number, rule: ShareRule, reads = (_t: number, _j: number) => true, seed = 1): TokenShares {
  const random = createRandom(seed);
  const draw = () => 2 * random.uniform() - 0.5;
  const prompt = Array.from({ length: T * L }, draw);
  const generated = Array.from({ length: T * (T - 1) }, (_, at) => {
    const [t, j] = [Math.floor(at / (T - 1)), at % (T - 1)];
    return j < t && reads(t, j) ? draw() : 0;
  });
  return rowShares({ targets: T, tokens: L, prompt, generated }, rule);
}

/** One chain from an answer token to the prompt: the generated tokens on it, and the product of its shares. */
interface Chain {
  readonly tokens: readonly number[];
  readonly weight: number;
}

/** Every chain from a token back to any set of earlier ones, written out. */
function chainsFrom({ targets: T, generated }: TokenShares, t: number): Chain[] {
  const longer = Array.from({ length: t }, (_, j) => j).flatMap((j) =>
    chainsFrom({ targets: T, generated } as TokenShares, j).map(({ tokens, weight }) => ({
      tokens: [t, ...tokens],
      weight: generated[t * T + j] * weight,
    }))
  );
  return [{ tokens: [t], weight: 1 }, ...longer];
}

/** The parts by writing out every chain, with nothing shared with the recursion. */
function byEnumeration(
  shares: TokenShares,
  answer: readonly number[],
  spans: readonly (readonly number[])[],
): Omit<ChainParts, "lost"> {
  const chains = answer.flatMap((t) =>
    chainsFrom(shares, t).map(({ tokens, weight }) => ({ tokens, weight: weight / answer.length }))
  );
  const lastStep = ({ tokens }: Chain) => tokens.find((t) => !answer.includes(t));
  const at = (some: readonly Chain[]) =>
    Float64Array.from(
      { length: L },
      (_, i) => some.reduce((total, { tokens, weight }) => total + weight * shares.prompt[tokens.at(-1)! * L + i], 0),
    );
  const spanned = spans.flat();
  return {
    total: at(chains),
    direct: at(chains.filter((chain) => lastStep(chain) === undefined)),
    spans: spans.map((span) => at(chains.filter((chain) => span.includes(lastStep(chain) ?? -1)))),
    rest: at(chains.filter((chain) => lastStep(chain) !== undefined && !spanned.includes(lastStep(chain)!))),
    // Chains that end where they enter the span for the first time.
    reach: spans.map((span) =>
      chains.filter(({ tokens }) => span.includes(tokens.at(-1)!) && !tokens.slice(0, -1).some((t) => span.includes(t)))
        .reduce((total, { weight }) => total + weight, 0)
    ),
    read: spans.map((span) =>
      chains.filter(({ tokens }) =>
        span.includes(tokens.at(-1)!) && tokens.slice(0, -1).every((t) => answer.includes(t))
      )
        .reduce((total, { weight }) => total + weight, 0)
    ),
  };
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const tolerance = 1e-12 + 1e-12 * Math.abs(expected[i]);
    assert.ok(Math.abs(actual[i] - expected[i]) <= tolerance, `${i}: ${actual[i]} against ${expected[i]}`);
  }
}

for (const rule of ["absolute", "signed", "net"] as const) {
  Deno.test(`chainParts() equals the enumeration of all chains with ${rule} shares`, () => {
    const shares = drawnShares(9, rule);
    // The answer has a gap, and tokens 0 and 7 are in no span.
    const [answer, spans] = [[5, 8], [[1, 2], [3, 4, 6]]];
    const found = chainParts(shares, answer, spans);
    const expected = byEnumeration(shares, answer, spans);
    for (const name of ["total", "direct", "rest", "reach", "read"] as const) assertClose(found[name], expected[name]);
    found.spans.forEach((part, k) => assertClose(part, expected.spans[k]));
  });

  Deno.test(`chainParts() splits the total by the last step before the answer with ${rule} shares`, () => {
    const { total, direct, spans, rest } = chainParts(drawnShares(12, rule), [10, 11], [[0, 1, 2], [4, 5], [6, 7, 8]]);
    assertClose(Array.from(total, (_, i) => direct[i] + rest[i] + sum(spans.map((part) => part[i]))), total);
  });
}

for (const rule of ["absolute", "net"] as const) {
  Deno.test(`chainParts() gives the prompt all of the answer's ${rule} shares`, () => {
    const { total, lost } = chainParts(drawnShares(12, rule), [9, 10, 11], [[0, 1, 2, 3]]);
    assertClose([sum(total), lost], [1, 0]);
  });
}

Deno.test("chainParts() is the direct shares alone if no generated token reads another", () => {
  const shares = drawnShares(6, "absolute", () => false);
  const { total, direct, spans, reach, read } = chainParts(shares, [4, 5], [[0, 1], [2, 3]]);
  const mean = Array.from({ length: L }, (_, i) => (shares.prompt[4 * L + i] + shares.prompt[5 * L + i]) / 2);
  assertClose(direct, mean);
  assertClose(total, mean);
  assert.deepEqual([reach, read, spans.map(sum)], [[0, 0], [0, 0], [0, 0]]);
});

Deno.test("chainParts() reaches a span that every chain must pass with all of its shares", () => {
  // The answer (token 4) reads step b (2, 3) alone, which reads step a (0, 1) alone; only step a reads the prompt.
  const T = 5;
  const generated = new Float64Array(T * (T - 1));
  for (const [t, j] of [[4, 3], [3, 2], [2, 1], [1, 0]]) generated[t * (T - 1) + j] = 1;
  const prompt = new Float64Array(T * L);
  prompt[1] = 1;
  const shares = rowShares({ targets: T, tokens: L, prompt, generated }, "absolute");
  const { total, direct, spans: [a, b], reach, read } = chainParts(shares, [4], [[0, 1], [2, 3]]);
  assert.deepEqual([reach, read], [[1, 1], [0, 1]]);
  assert.deepEqual([[...total], [...direct], [...a], [...b]], [[0, 1, 0], [0, 0, 0], [0, 0, 0], [0, 1, 0]]);
});

Deno.test("chainParts() says which share of the chains ends at tokens without attributions", () => {
  const matrix = { targets: 2, tokens: 1, prompt: [0, 1], generated: [0, 3] };
  const { total, lost } = chainParts(rowShares(matrix, "absolute"), [1], [[0]]);
  assert.deepEqual([[...total], lost], [[0.25], 0.75]);
});

Deno.test("chainParts() refuses a token in the answer and a span, and an answer without tokens", () => {
  const shares = drawnShares(4, "absolute");
  assert.throws(
    () => chainParts(shares, [3], [[2, 3]]),
    /positions must be 0 … 3, each in the answer or one span: got 3/,
  );
  assert.throws(() => chainParts(shares, [], [[2]]), /the answer must have a token: got none/);
});
