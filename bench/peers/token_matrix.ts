/**
 * `deno run -A bench/peers/token_matrix.ts [POINTS] [--device NAME]`: the token matrix of the example (every prompt
 * token moves, from token 0) by Captum with POINTS (300) Gauss–Legendre points, in f32 and in bf16, and in turn with it
 * by Whence at tolerances from loose to tight, up to the first whose largest error of an entry is no larger than
 * Captum's in f32. Errors are against a converged matrix, which takes many minutes; it is kept in .cache/peers, and
 * made again only if that is emptied. Needs the same setup as captum.ts.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { attribute } from "../../src/explain/attribute.ts";
import { takeDevice } from "../device.ts";
import { emit, print } from "../figure.ts";
import { EXAMPLE, openSubject, subject } from "../model/subject.ts";
import { captumName, largestDifference, runCaptum } from "./python.ts";
import { readIfThere } from "../../src/files/text_file.ts";
import { writeWhole } from "../../src/files/whole_file.ts";

const CACHE = fileURLToPath(new URL("../../.cache/peers/token_matrix/", import.meta.url));
const { device, rest: [points = "300"] } = takeDevice(Deno.args);

/** κ of the matrix that errors are measured against. If every token moves, f32 rarely reaches a smaller one. */
const CONVERGED = { tolerance: 0.015, budget: 1000 } as const;
/**
 * Most of Captum's largest error that the converged matrix may have by its own estimates, which are held to be honest.
 */
const SHARE = 0.2;
/** Tolerances from loose to tight; each costs about a half more than the one before. */
const TOLERANCES = [8, 2, 0.5, 0.2, 0.1, 0.05, 0.025];
const OPTIONS = { baseline: "token:0", quadrature: "adaptive", tokens: true, freeze: [] } as const;

/** A token matrix and its cost. */
interface Matrix {
  /** [T][L] */
  readonly token: readonly (readonly number[])[];
  readonly seconds: number;
  readonly points: number;
  readonly certificate: number;
  /** Largest estimated error of an entry, nats. */
  readonly entryError: number;
}

const chosen = subject(device);
if (chosen.golden === null) {
  throw new Error("Cannot race Captum as SmolLM2 must be there: run `sh bench/peers/setup.sh`");
}

/** Reads a file of the cache, or makes its content and keeps it. */
async function kept<T>(name: string, make: () => Promise<T>): Promise<T> {
  const file = join(CACHE, name);
  const known = readIfThere(file);
  if (known !== null) return JSON.parse(known);
  print(`${name} is not in .cache/peers: making it takes minutes`);
  const made = await make();
  await writeWhole(file, JSON.stringify(made));
  return made;
}

async function whence(options: { readonly tolerance: number; readonly budget?: number }): Promise<Matrix> {
  const { model } = await openSubject(chosen);
  try {
    const { tokenAttribution, cost, completeness } = await attribute(model, EXAMPLE, { ...OPTIONS, ...options });
    return {
      token: tokenAttribution!,
      seconds: cost.seconds,
      points: cost.pathPoints,
      certificate: completeness.sequence.certificate!,
      entryError: (completeness.entryError as number[][]).flat().reduce((top, value) => Math.max(top, value), 0),
    };
  } finally {
    model.close();
  }
}

const converged = await kept(`converged-${CONVERGED.tolerance}.json`, () => whence(CONVERGED));
const errorOf = (token: Matrix["token"]) => largestDifference(token.flat(), converged.token.flat());
const known = `known to ${converged.entryError.toPrecision(2)} nats`;
const peers = [];
for (const compute of ["float32", "bfloat16"] as const) {
  const { token, seconds } = await runCaptum("integrated-gradients", compute, points);
  const peer = { name: captumName(compute), seconds, error: errorOf(token) };
  if (!(converged.entryError <= SHARE * peer.error)) {
    throw new RangeError(
      `Cannot compare as the converged matrix must be known to ${SHARE * peer.error} nats: got ${converged.entryError}`,
    );
  }
  peers.push(peer);
  emit({
    what: `token matrix, Gauss–Legendre ${points}: ${peer.name}`,
    value: seconds,
    unit: "s",
    note: `largest error of an entry ${peer.error.toPrecision(2)} nats against ${converged.points} points, κ ` +
      `${converged.certificate.toPrecision(2)}, ${known}`,
  });
}
// The peers that no tolerance has matched yet.
let ahead = peers;
for (const tolerance of TOLERANCES) {
  const { token, seconds, points, certificate } = await whence({ tolerance });
  const ours = errorOf(token);
  const what = `token matrix, adaptive to κ ≤ ${tolerance}: Whence`;
  const note =
    `largest error of an entry ${ours.toPrecision(2)} nats, κ ${certificate.toPrecision(2)} with ${points} ` +
    "points";
  emit({ what, value: seconds, unit: "s", note });
  for (const peer of ahead.filter(({ error }) => ours <= error)) {
    emit({
      what: `token matrix at equal accuracy: Whence against ${peer.name}`,
      value: peer.seconds / seconds,
      unit: "× as fast",
      note: `κ ≤ ${tolerance}; largest errors ${ours.toPrecision(2)} and ${peer.error.toPrecision(2)} nats`,
    });
  }
  ahead = ahead.filter(({ error }) => ours > error);
  if (ahead.length === 0) break;
}
