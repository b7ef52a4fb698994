import { ORDER_MEASURE_NAMES } from "../../metrics/order_measure.ts";
import type { JsonLeaf } from "./json_leaf.ts";
import { type Given, option, type Resolved } from "./option.ts";
import { PLAIN_SCHEME, type PlainScheme, type PlainSchemeText } from "./scheme.ts";
import { MOST_CALLS } from "./bounds.ts";
import { ABOVE_0, SEED, type ValueKind, wholeNumber } from "./value_kind.ts";

/** Metrics of an attribution that ask the model more questions. */
export const METRIC_NAMES = [...ORDER_MEASURE_NAMES, "infidelity", "sensitivity"] as const;

/** One of `METRIC_NAMES`. */
export type MetricName = typeof METRIC_NAMES[number];

/** Options of the metrics, each with the default of the literature that docs/metrics.md names. */
export const METRIC_OPTIONS = {
  scheme: option<PlainScheme, PlainSchemeText>({
    kind: PLAIN_SCHEME,
    default: { kind: "delete" },
    help: "what takes the place of a unit, whatever the method does",
  }),
  orders: option({
    kind: wholeNumber(2, MOST_CALLS),
    default: 50,
    help: "random orders that deletion, insertion, comprehensiveness and sufficiency are compared with",
  }),
  samples: option({
    kind: wholeNumber(2, MOST_CALLS),
    default: 100,
    help: "coalitions that the infidelity is the mean over",
  }),
  perturbations: option({
    kind: wholeNumber(1, MOST_CALLS),
    default: 10,
    help: "perturbed inputs of the sensitivity",
  }),
  radius: option({
    kind: ABOVE_0,
    default: 0.02,
    help: "largest change of an embedding's coordinate for the sensitivity",
  }),
  seed: option({ kind: SEED, default: 0, help: "seed of random orders, coalitions and perturbations" }),
};

/** Metrics to measure, with a value for each of their options. */
export type MetricOptions = { readonly names: readonly MetricName[] } & Resolved<typeof METRIC_OPTIONS>;

/** A list of metrics, or one with options beside it. */
export type GivenMetrics =
  | readonly MetricName[]
  | ({ readonly names: readonly MetricName[] } & Given<typeof METRIC_OPTIONS>);

const NAMES: JsonLeaf = { type: "array", items: { enum: METRIC_NAMES }, minItems: 1 };
const DECLARED = Object.entries(METRIC_OPTIONS);

/** Lists of metrics with their options. */
export const METRICS: ValueKind<MetricOptions, GivenMetrics> = {
  expectation: `a list of ${METRIC_NAMES.join(", ")}, or a mapping with these as names and ` +
    DECLARED.map(([name]) => name).join(", "),
  json: {
    anyOf: [NAMES, {
      type: "object",
      properties: {
        names: NAMES,
        ...Object.fromEntries(DECLARED.map(([name, { kind, help }]) => [name, { ...kind.json, description: help }])),
      },
      required: ["names"],
      additionalProperties: false,
    }],
  },
  placeholder: "LIST",
  example: ["deletion"],
  read(given) {
    const mapping = Array.isArray(given) ? { names: given } : given;
    if (typeof mapping !== "object" || mapping === null) return undefined;
    const { names, ...rest } = mapping as Record<string, unknown>;
    if (!isMetricList(names) || Object.keys(rest).some((name) => !Object.hasOwn(METRIC_OPTIONS, name))) {
      return undefined;
    }
    const read = DECLARED.map(([name, { kind, default: usual }]) =>
      [name, rest[name] === undefined ? usual : kind.read(rest[name])] as const
    );
    if (read.some(([, value]) => value === undefined)) return undefined;
    return { names, ...Object.fromEntries(read) } as MetricOptions;
  },
  argument: (text) => text.split(",").map((name) => name.trim()),
  write: ({ names, ...options }) => ({
    names,
    ...Object.fromEntries(
      DECLARED.map(([name, { kind }]) => [name, kind.write(options[name as keyof typeof options] as never)]),
    ),
  }),
};

function isMetricList(names: unknown): names is readonly MetricName[] {
  return Array.isArray(names) && names.length > 0 && names.every((name) => METRIC_NAMES.includes(name));
}
