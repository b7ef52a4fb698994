/**
 * `deno task fuzz`: feeds the readers of files and of the hub's answers with hostile inputs. `--cases 50000`, `--seed`,
 * `--area`; with `--case` repeats one case. Files of cases that are found go to a temporary directory.
 */
import { parseArgs } from "node:util";
import { startStopwatch } from "../../src/time/stopwatch.ts";
import { AREAS, SHARES } from "./areas.ts";
import { type Found, runSlice } from "./guard.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    cases: { type: "string", default: "50000" },
    seed: { type: "string", default: "1" },
    area: { type: "string" },
    case: { type: "string" },
  },
});

/** Cases of a kind of fault that are shown. */
const SHOWN = 2;

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new RangeError(`Cannot fuzz as --${name} must be a whole number: got ${text}`);
}

/** Makes the keeper of the files of cases that were found. */
function keeper(area: string, seed: number): (found: Found, directory: string) => void {
  let kept: string | undefined;
  const kinds = new Map<string, number>();
  return ({ number, text }, directory) => {
    const kind = text.replace(/\/\S*|\d+|"[^"]*"|tensor \S+/g, "…").slice(0, 100);
    const seen = (kinds.get(kind) ?? 0) + 1;
    kinds.set(kind, seen);
    if (seen > SHOWN) return;
    kept ??= Deno.makeTempDirSync({ prefix: "whence_found_" });
    const place = `${kept}/${area}-${seed}-${number}`;
    Deno.renameSync(directory, place);
    say(`  ${text.replaceAll("\n", "\n    ")}`);
    say(`    files: ${place}\n    again: deno task fuzz --area ${area} --seed ${seed} --case ${number}`);
  };
}

/** Runs the cases of an area. Returns the number of those that were found. */
async function fuzzArea(area: string, from: number, to: number, seed: number): Promise<number> {
  const seconds = startStopwatch();
  const { taken, refused, found, refills } = await runSlice({ area, seed, from, to }, keeper(area, seed));
  const again = refills === 0 ? "" : `, ${refills} fresh processes for memory`;
  say(`${area}: ${taken} taken, ${refused} refused, ${found.length} found${again} (${seconds().toFixed(0)} s)`);
  return found.length;
}

const seed = wholeNumber("seed", values.seed);
const chosen = values.area === undefined ? Object.keys(AREAS) : [values.area];
for (const area of chosen) {
  if (Object.hasOwn(AREAS, area)) continue;
  throw new RangeError(`Cannot fuzz ${area} as an area must be one of ${Object.keys(AREAS).join(", ")}`);
}
let found = 0;
const whole = chosen.reduce((sum, area) => sum + SHARES[area], 0);
for (const area of chosen) {
  const one = values.case === undefined ? null : wholeNumber("case", values.case);
  const cases = Math.ceil(wholeNumber("cases", values.cases) * SHARES[area] / whole);
  found += await fuzzArea(area, one ?? 0, one === null ? cases : one + 1, seed);
}
Deno.exit(found === 0 ? 0 : 1);
