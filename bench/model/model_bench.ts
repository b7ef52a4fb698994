/**
 * `deno bench -A bench/model [-- --device NAME]`: wall-clock times of a model's forward, backward and
 * generation; throughput.ts tells the GPU's share of the peak.
 */
import { takeDevice } from "../device.ts";
import { openSubject, subject } from "./subject.ts";

const POINTS = 8;
const TOKENS = 16;

const chosen = subject(takeDevice(Deno.args).device);
const { model, prompt, target } = await openSubject(chosen);
const end = await model.embed(prompt);
const path = await model.path({ start: new Float32Array(end.length), end, targets: target });
const alphas = Array.from({ length: POINTS }, (_, i) => (i + 0.5) / POINTS);

const few = { n: 5, warmup: 1, group: chosen.name };

Deno.bench(`forward, ${POINTS} path points`, few, async () => {
  await path.evaluate(alphas, { tangent: false, gradient: "none" });
});

Deno.bench(`forward and reverse, ${POINTS} path points`, few, async () => {
  await path.evaluate(alphas, { tangent: false, gradient: "sequence" });
});

Deno.bench(`forward, tangent and reverse, ${POINTS} path points`, few, async () => {
  await path.evaluate(alphas, { tangent: true, gradient: "sequence" });
});

Deno.bench(`generation of ${TOKENS} tokens`, few, async () => {
  await model.generate(prompt, TOKENS);
});
