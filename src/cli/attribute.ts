import { type AttributionOptions, DEFAULT_OPTIONS, METHODS, QUADRATURES } from "../experiment/request.ts";
import { RECORD_FORMATS } from "../report/render_record.ts";
import {
  MODEL_HELP,
  MODEL_OPTIONS,
  modelOptions,
  number,
  oneOf,
  openModel,
  type Options,
  parseArguments,
  text,
  UsageError,
  type Values,
  write,
} from "./command.ts";

const { method, baseline, quadrature, steps, tolerance, budget, scheme, freeze } = DEFAULT_OPTIONS;

const HELP = `Says which prompt tokens made the model generate which target tokens.

Usage: deno task attribute --prompt TEXT [options]

  --prompt TEXT       what the model reads
  --target TEXT       what is explained, with its own leading space; without it, what the model generates
  --generate N        at most N generated tokens (20)
  --chat              put the prompt into the model's chat template; the template's tokens are frozen
${MODEL_HELP}  --method NAME       ${METHODS.join(" or ")} (${method})
  --baseline NAME     where the path starts: zero, mean or token:<id or text> (${baseline})
  --quadrature NAME   ${QUADRATURES.slice(0, 4).join(", ")},
                      ${QUADRATURES.slice(4).join(", ")} (${quadrature})
  --steps N           path points of a fixed rule (${steps})
  --tolerance X       certificate that adaptive reaches for (${tolerance})
  --budget N          most path points of adaptive (${budget})
  --scheme NAME       feature-ablation: delete, zero, mean or token:<id or text> (${scheme})
  --tokens            the matrix of target by prompt tokens too
  --no-per-target     a fixed rule without forward mode: faster, but no error of single target tokens, no arithmetic floor
  --freeze LIST       special, template, first or positions, by commas (${freeze}); none for nothing
  --format NAME       ${RECORD_FORMATS.join(", ")} (table)
  --out FILE          write there instead of to standard output
  --strict            exit with 3 where the tolerance was not met
  --help              this text

Exit code: 0 done, 1 failed, 2 wrong usage, 3 see --strict.
`;

const OPTIONS = {
  ...MODEL_OPTIONS,
  prompt: { type: "string" },
  target: { type: "string" },
  generate: { type: "string" },
  chat: { type: "boolean" },
  method: { type: "string" },
  baseline: { type: "string" },
  quadrature: { type: "string" },
  steps: { type: "string" },
  tolerance: { type: "string" },
  budget: { type: "string" },
  scheme: { type: "string" },
  tokens: { type: "boolean" },
  "no-per-target": { type: "boolean" },
  freeze: { type: "string" },
  format: { type: "string" },
  out: { type: "string" },
  strict: { type: "boolean" },
} as const satisfies Options;

/** Runs `attribute` and returns the exit code. */
export async function runAttributeCommand(args: string[]): Promise<number> {
  const { values } = parseArguments(args, OPTIONS, 0);
  if (values.help) {
    write(Deno.stdout, HELP);
    return 0;
  }
  const source = modelOptions(values);
  const options = attributionOptions(values);
  const request = requestOf(values);
  const format = oneOf("format", values.format, RECORD_FORMATS) ?? "table";
  const out = text("out", values.out);
  if (format === "png" && out === undefined && Deno.stdout.isTerminal()) {
    throw new UsageError("Cannot print a PNG to a terminal as --out must name a file: got none");
  }
  const [model, { attribute }, { renderRecord }] = await Promise.all([
    openModel(source),
    import("../experiment/attribute.ts"),
    import("../report/render_record.ts"),
  ]);
  try {
    const record = await attribute(model, request, options);
    const width = Deno.stdout.isTerminal() ? Deno.consoleSize().columns : undefined;
    const rendered = await renderRecord(record, format, { width });
    if (out === undefined) write(Deno.stdout, rendered);
    else if (typeof rendered === "string") await Deno.writeTextFile(out, rendered);
    else await Deno.writeFile(out, rendered);
    // A table shows the advice itself.
    if (format !== "table" || out !== undefined) {
      for (const sentence of record.advice) write(Deno.stderr, `hint: ${sentence}\n`);
    }
    return values.strict && record.completeness.sequence.met === false ? 3 : 0;
  } finally {
    model.close();
  }
}

function requestOf(values: Values) {
  const prompt = values.prompt as string | undefined;
  if (prompt === undefined) throw new UsageError("Cannot attribute as --prompt must be given: got none");
  if (prompt === "") throw new UsageError('Cannot use --prompt as it must not be empty: got ""');
  const target = text("target", values.target);
  const generate = number("generate", values.generate, { least: 1, whole: true });
  if (target !== undefined && generate !== undefined) {
    throw new UsageError("Cannot attribute as one of --target and --generate must be given: got both");
  }
  return { prompt, target, generate, chat: values.chat === true };
}

/** The options that were given; `attribute` adds the defaults. */
function attributionOptions(values: Values): Partial<AttributionOptions> {
  const method = oneOf("method", values.method, METHODS);
  const quadrature = oneOf("quadrature", values.quadrature, QUADRATURES);
  requireRelevant(values, method ?? DEFAULT_OPTIONS.method, quadrature ?? DEFAULT_OPTIONS.quadrature);
  const least = quadrature?.endsWith("trapezoid") ? 2 : 1;
  const freeze = values.freeze as string | undefined;
  const given = {
    method,
    baseline: text("baseline", values.baseline),
    scheme: text("scheme", values.scheme),
    quadrature,
    steps: number("steps", values.steps, { least, whole: true }),
    tolerance: number("tolerance", values.tolerance, { least: 0, whole: false }),
    budget: number("budget", values.budget, { least: 1, whole: true }),
    tokens: values.tokens as boolean | undefined,
    perTarget: values["no-per-target"] ? false : undefined,
    freeze: freeze === "none" ? [] : freeze?.split(",").map((name) => name.trim()),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** An option without effect would make a reader believe that it had one. */
function requireRelevant(values: Values, method: string, quadrature: string): void {
  const irrelevant = method === "feature-ablation"
    ? ["baseline", "quadrature", "steps", "tolerance", "budget", "no-per-target"]
    : ["scheme", ...(quadrature === "adaptive" ? ["steps", "no-per-target"] : ["tolerance", "budget"])];
  const given = irrelevant.find((name) => values[name] !== undefined);
  if (given !== undefined) {
    const by = method === "feature-ablation" || given === "scheme"
      ? `--method ${method}`
      : `--quadrature ${quadrature}`;
    throw new UsageError(`Cannot use --${given} as ${by} has no such option`);
  }
}
