import assert from "node:assert/strict";
import { divergences, logSoftmax } from "../../src/statistics/divergence.ts";

const logs = (p: readonly number[]) => p.map(Math.log);
const close = (a: number, b: number, relative = 1e-12) =>
  assert.ok(Math.abs(a - b) <= relative * Math.abs(b), `${a} and ${b}`);

Deno.test("divergences() of two coins are those of their definition", () => {
  const [p, q] = [[0.9, 0.1], [0.4, 0.6]];
  const of = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * Math.log(x / b[i]), 0);
  const m = p.map((x, i) => (x + q[i]) / 2);
  const found = divergences(logs(p), logs(q));
  close(found.kl, of(p, q));
  close(found.reverse, of(q, p));
  close(found.js, (of(p, m) + of(q, m)) / 2);
});

Deno.test("divergences() of distributions without anything in common are log 2, and of equal ones nothing", () => {
  const found = divergences([0, -800], [-800, 0]);
  close(found.js, Math.LN2);
  assert.ok(found.kl > 799 && Number.isFinite(found.kl) && Number.isFinite(found.reverse));
  assert.deepEqual(divergences(logs([0.3, 0.7]), logs([0.3, 0.7])), { kl: 0, reverse: 0, js: 0 });
});

Deno.test("divergences() of all but equal distributions keep their digits", () => {
  const e = 1e-9;
  const found = divergences(logs([0.5 + e, 0.5 - e]), logs([0.5, 0.5]));
  close(found.kl, 2 * e * e, 1e-6);
  close(found.js, e * e / 2, 1e-6);
});

Deno.test("logSoftmax() sums to one, whatever the size of the logits", () => {
  const found = logSoftmax([1000, 999, -1e6]);
  close(found.reduce((sum, log) => sum + Math.exp(log), 0), 1);
  close(found[0] - found[1], 1, 1e-9);
});
