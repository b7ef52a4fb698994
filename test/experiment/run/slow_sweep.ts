// A run of its own process, for kill_test.ts: says on stdout when a cell begins and ends, and takes its time for each.
import { runExperiment } from "../../../src/experiment/run/run_experiment.ts";
import { closedFormRecord } from "../../explain/closed_form_record.ts";
import { fakeContext, planOf, SWEEP } from "../../explain/fake_model.ts";

const context = fakeContext({
  attribute: async (text, options) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return closedFormRecord(text, options);
  },
});
const onProgress: typeof context.onProgress = (event) => {
  const line = event.kind === "begin"
    ? `begin ${event.cell.id}\n`
    : event.kind === "end"
    ? `${event.outcome.status} ${event.outcome.cell.id}\n`
    : "";
  Deno.stdout.writeSync(new TextEncoder().encode(line));
};
await runExperiment(planOf(SWEEP), { open: context.open, onProgress }, "out");
