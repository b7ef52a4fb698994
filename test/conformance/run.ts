/**
 * `deno task conformance`: holds the kernels against devices that are not here, without a GPU. `--all` adds what takes
 * longer. What a machine lacks is said; where CI=true it fails. `--gpu` runs all tests and benches on a GPU that is
 * here, and writes one report to send.
 */
import { startStopwatch } from "../../src/time/stopwatch.ts";
import { CHECKS, type ConformanceCheck } from "./checks.ts";
import { runGpuReport } from "./gpu_report.ts";

const all = Deno.args.includes("--all");
const strict = Deno.env.get("CI") === "true";

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** Runs a check and says how it went. Returns false if it failed. */
async function hold({ name, missing, run }: ConformanceCheck): Promise<boolean> {
  const lacks = await missing();
  if (lacks !== null) {
    say(`${strict ? "FAILED" : "MISSING"}  ${name}: ${lacks}`);
    return !strict;
  }
  const seconds = startStopwatch();
  try {
    const found = await run();
    say(`ok       ${name}: ${found} (${seconds().toFixed(0)} s)`);
    return true;
  } catch (error) {
    say(`FAILED   ${name} (${seconds().toFixed(0)} s)\n${(error as Error).message}`);
    return false;
  }
}

if (Deno.args.includes("--gpu")) Deno.exit(await runGpuReport(Deno.args, say) ? 0 : 1);
let failures = 0;
for (const check of CHECKS) {
  if (check.long && !all) continue;
  if (!await hold(check)) failures++;
}
Deno.exit(failures === 0 ? 0 : 1);
