import { planExperiment } from "../../src/experiment/run/plan_cells.ts";
import type { ExperimentPlan } from "../../src/experiment/run/cell.ts";
import { parseConfig } from "../../src/experiment/config/parse_config.ts";
import type { OpenModel, RunContext } from "../../src/experiment/run/run_context.ts";
import { closedFormRecord, FAKE_FINGERPRINT, FAKE_IDENTITY } from "./closed_form_record.ts";

/** A sweep of 2 prompts × (2 baselines × 3 steps + 1 adaptive + 2 ablations) = 18 cells. */
export const SWEEP = `name: trial
question: Does the runner keep what it computed?
prompts:
  - name: michael
    prompt: Michael paints in Austin, Texas. In his free time, he
    target: " paints."
  - name: repeat
    prompt: to be or not to be
    target: " that is"
sweeps:
  - method: integrated-gradients
    baseline: [zero, mean]
    quadrature: riemann-middle
    steps: [5, 20, 50]
  - method: integrated-gradients
    baseline: zero
    tolerance: 0.01
  - method: feature-ablation
    scheme: [delete, "token:0"]
`;

/** The plan of a YAML text. */
export function planOf(yaml: string): ExperimentPlan {
  return planExperiment(parseConfig(yaml, "trial.yaml"));
}

/** Opens the closed-form scorer, and counts what it is asked for. */
export function fakeContext(
  replace: Partial<OpenModel> = {},
): RunContext & { readonly attributed: string[]; closed: number } {
  const attributed: string[] = [];
  const context = {
    attributed,
    closed: 0,
    open: () =>
      Promise.resolve<OpenModel>({
        fingerprint: FAKE_FINGERPRINT,
        identity: FAKE_IDENTITY,
        close: () => void context.closed++,
        ...replace,
        attribute: (text, options) => {
          attributed.push(`${text.prompt} ${options.method} ${JSON.stringify(options.baseline)} ${options.steps}`);
          return replace.attribute
            ? replace.attribute(text, options)
            : Promise.resolve(closedFormRecord(text, options));
        },
      }),
  };
  return context;
}

/** Runs a test in a directory of its own, which is removed afterwards. */
export async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "whence-test-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Every file under a directory by its relative name, lock and manifest left out: these name process and time. */
export async function readTree(directory: string, prefix = ""): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const entry of Deno.readDir(`${directory}/${prefix}`)) {
    const name = prefix + entry.name;
    if (entry.isDirectory) {
      for (const [key, value] of await readTree(directory, `${name}/`)) files.set(key, value);
    } else if (name !== "lock" && name !== "manifest.json") {
      files.set(
        name,
        btoa(Array.from(await Deno.readFile(`${directory}/${name}`), (b) => String.fromCharCode(b)).join("")),
      );
    }
  }
  return new Map([...files].sort());
}
