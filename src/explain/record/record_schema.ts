import { z } from "npm:zod@4";
import { OBJECTIVE_NAMES } from "../../attribution/objectives/objective.ts";
import { OBJECTIVE_UNITS } from "../../attribution/objectives/objective_definition.ts";
import { CONTEXT_LEVELS } from "../context/context_level.ts";
import { THRESHOLD, type ThresholdText } from "../context/threshold.ts";
import { DEPENDENCE_NAMES } from "../options/attribution_text.ts";
import { RECORD_SCHEMA } from "./record.ts";

const numbers = z.array(z.number());
const matrix = z.array(numbers);
const perColumn = z.array(z.number().nullable());

const TOKEN = z.object({ id: z.number(), text: z.string(), start: z.number().optional(), end: z.number().optional() });

const UNITS = z.object({
  prompt: z.array(z.object({ text: z.string(), name: z.string().nullable(), tokens: numbers, frozen: z.boolean() })),
  target: z.array(z.object({ text: z.string(), name: z.string().nullable(), tokens: numbers })).optional(),
  attribution: matrix.nullable(),
  sequence: numbers,
  standardError: numbers.nullable(),
  entryError: numbers.nullable(),
});

const PREFIX = z.object({
  attribution: matrix.nullable(),
  sequence: numbers,
  standardError: numbers.nullable(),
  entryError: z.union([matrix, numbers]).nullable(),
});

const INSIDE = z.object({
  by: z.enum(["heads", "layers"]),
  firstLayer: z.number(),
  parts: z.array(z.string()),
  shape: z.tuple([z.int().min(1), z.int().min(1), z.int().min(1)]),
  values: z.base64(),
  cuts: z.array(z.tuple([z.number(), z.number()])),
  disagreement: z.number().nullable(),
});

const SPAN = z.object({ text: z.string(), name: z.string().nullable(), tokens: numbers });

const THROUGH = z.object({
  answer: SPAN,
  spans: z.array(SPAN.extend({ part: numbers, reach: z.number(), read: z.number() })),
  total: numbers,
  direct: numbers,
  rest: numbers.nullable(),
  balance: numbers,
  lost: z.number(),
});

const PLACE = z.object({ start: z.number(), end: z.number(), tokens: numbers });

const CONTEXT = z.object({
  documents: z.array(PLACE.extend({ name: z.string() })),
  dependence: z.object({
    by: z.enum(DEPENDENCE_NAMES),
    threshold: z.custom<ThresholdText>((value) => THRESHOLD.read(value) !== undefined),
    least: z.number().nullable(),
    js: numbers,
    kl: numbers,
    klReverse: numbers,
    drop: numbers,
    without: z.array(TOKEN),
  }),
  dependent: numbers,
  levels: z.array(z.object({
    level: z.enum(CONTEXT_LEVELS),
    parts: z.array(PLACE.extend({ document: z.number().nullable(), resolved: z.boolean() })),
    attribution: matrix.nullable(),
    sequence: numbers,
    sums: numbers.nullable(),
  })),
  cost: z.object({ calls: z.number(), forwardEquivalents: z.number() }),
});

const SAMPLING = z.object({
  calls: z.number(),
  samples: z.number().nullable(),
  degreesOfFreedom: z.number().nullable(),
  halfWidth: z.number().nullable(),
  tokenStandardError: matrix.nullable(),
  stopped: z.object({
    by: z.enum(["standard-error", "budget", "samples", "exact"]),
    asked: z.number().nullable(),
    reached: z.number().nullable(),
    met: z.boolean().nullable(),
  }).nullable(),
});

const SURROGATE = z.object({
  samples: z.number(),
  distinct: z.number().optional(),
  unvaried: numbers.optional(),
  intercept: numbers,
  r2: perColumn,
  heldOut: z.object({
    samples: z.number(),
    r2: perColumn,
    lds: perColumn,
    ldsInterval: z.array(z.tuple([z.number(), z.number()]).nullable()),
  }).nullable(),
});

const GENERATION = z.object({
  generate: z.number(),
  temperature: z.number().nullable(),
  topK: z.number().nullable(),
  topP: z.number().nullable(),
  repetitionPenalty: z.number(),
  seed: z.number().nullable(),
  stop: z.array(z.string()),
});

const FAITHFULNESS = z.object({
  value: z.number(),
  control: z.object({ mean: z.number(), deviation: z.number(), orders: z.number() }),
  advantage: z.object({ value: z.number(), low: z.number(), high: z.number() }),
  chance: z.number(),
  curve: z.object({ counts: numbers, scores: numbers, controlMean: numbers, controlDeviation: numbers }).optional(),
}).optional();

const METRICS = z.object({
  scheme: z.string(),
  seed: z.number(),
  deletion: FAITHFULNESS,
  insertion: FAITHFULNESS,
  comprehensiveness: FAITHFULNESS,
  sufficiency: FAITHFULNESS,
  infidelity: z.object({
    value: z.number(),
    low: z.number(),
    high: z.number(),
    scaled: z.number(),
    scale: z.number(),
    samples: z.number(),
  }).optional(),
  sensitivity: z.object({
    max: z.number().nullable(),
    mean: z.number().nullable(),
    samples: z.number(),
    radius: z.number(),
  }).optional(),
  cost: z.object({ calls: z.number(), forwardRows: z.number(), backwardRows: z.number(), seconds: z.number() }),
});

/** Value of an option, as records have it. */
const PLAIN = z.union([z.string(), z.number(), z.boolean()]);
const SETTING = z.union([PLAIN.nullable(), z.array(PLAIN)]);

/**
 * A whole record, as it is stored. The type `AttributionRecord` says the same with a comment at each field: a test
 * holds the two equal.
 */
export const RECORD = z.object({
  schema: z.literal(RECORD_SCHEMA),
  cell: z.string().optional(),
  model: z.object({
    id: z.string(),
    architecture: z.string(),
    quantization: z.string(),
    parameters: z.number(),
    fingerprint: z.string(),
    identity: z.string().optional(),
  }),
  device: z.object({
    backend: z.enum(["webgpu", "cpu", "reference"]),
    adapter: z.string(),
    tuning: z.string().nullable(),
  }),
  method: z.looseObject({ name: z.string() }).refine(
    (method) => Object.values(method).every((value) => SETTING.safeParse(value).success),
    { error: "an option that is no text, number or list of them" },
  ),
  prompt: z.object({
    text: z.string(),
    history: z.array(z.object({ role: z.string(), content: z.string() })).optional(),
    tokens: z.array(TOKEN.extend({ frozen: z.boolean() })),
  }),
  target: z.object({ text: z.string(), tokens: z.array(TOKEN), generation: GENERATION.optional() }),
  alternative: z.object({ text: z.string(), tokens: z.array(TOKEN) }).optional(),
  score: z.object({
    objective: z.union([z.enum(OBJECTIVE_NAMES), z.templateLiteral(["own:", z.string()])]),
    unit: z.enum(OBJECTIVE_UNITS),
    falls: z.boolean().optional(),
    per: z.enum(["token", "sequence"]),
    pairs: z.array(z.object({ first: TOKEN, second: TOKEN })).optional(),
    input: numbers,
    baseline: numbers.nullable(),
  }),
  tokenAttribution: matrix.nullable(),
  sequenceAttribution: numbers,
  standardError: numbers.nullable(),
  units: UNITS.optional(),
  prefix: PREFIX.optional(),
  inside: INSIDE.optional(),
  through: THROUGH.optional(),
  context: CONTEXT.optional(),
  sampling: SAMPLING.optional(),
  surrogate: SURROGATE.optional(),
  metrics: METRICS.optional(),
  completeness: z.object({
    delta: numbers.nullable(),
    relative: z.array(z.number().nullable()).nullable(),
    certificate: z.array(z.number().nullable()).nullable(),
    entryError: z.union([matrix, numbers]).nullable(),
    sequence: z.object({
      delta: z.number().nullable(),
      relative: z.number().nullable(),
      certificate: z.number().nullable(),
      tolerance: z.number().nullable(),
      met: z.boolean().nullable(),
    }),
    resisting: z.array(z.object({ from: z.number(), to: z.number(), share: z.number() })).optional(),
    arithmeticFloor: z.number().nullable(),
  }),
  advice: z.array(z.string()),
  cost: z.object({
    pathPoints: z.number(),
    forwardRows: z.number(),
    backwardRows: z.number(),
    seconds: z.number(),
    gpuSeconds: z.number().nullable(),
    predictedBytes: z.number(),
    peakBytes: z.number(),
  }),
});
