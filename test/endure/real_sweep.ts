// A run of sweep.yaml in a process of its own: says on stdout when a cell begins and ends. Takes the output directory
// and, for a clock that jumps, a seed.
const [out, seed] = Deno.args;
// Cells take no time, so that results are the same to the byte.
performance.now = () => 0;
// Before anything reads the clock.
if (seed !== undefined) (await import("./jumping_clock.ts")).jumpClock(Number(seed));
const { parseConfig } = await import("../../src/experiment/config/parse_config.ts");
const { openModel } = await import("../../src/experiment/run/open_model.ts");
const { planExperiment } = await import("../../src/experiment/run/plan_cells.ts");
const { runExperiment } = await import("../../src/experiment/run/run_experiment.ts");

const text = Deno.readTextFileSync(new URL("./sweep.yaml", import.meta.url));
const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

await runExperiment(planExperiment(parseConfig(text, "sweep.yaml")), {
  open: (spec) => openModel(spec, { threads: 1, cache: "off" }),
  onProgress(event) {
    if (event.kind === "begin") say(`begin ${event.cell.id}`);
    else if (event.kind === "end") {
      const { outcome } = event;
      say(`${outcome.status} ${outcome.cell.id}${outcome.status === "failed" ? ` ${outcome.error}` : ""}`);
    }
  },
}, out);
