import type { ArchitectureRules } from "./architectures.ts";
import type { ConfigKeys, ConfigReader, Fail } from "./config_reader.ts";
import { readRopeTable } from "./read_rope_table.ts";
import { longestSequence, ropeFrequencies, type RopeTable } from "./rope_scaling.ts";

/** Differences between the layers of a model. */
export interface LayerKind {
  /** Latest positions that a query attends to, its own included; null for all before it. */
  readonly window: number | null;
  /** Number of its table among the model's tables of rotary angles. */
  readonly rope: number;
}

/** Reads the window and the rotary angles of each layer. */
export function readLayers(
  { config, fail, integer }: ConfigReader,
  rules: ArchitectureRules,
  layers: number,
  headSize: number,
) {
  const window = config.sliding_window == null || config.use_sliding_window === false
    ? null
    : integer("sliding_window");
  const types = readLayerTypes(config, layers, fail);
  if (window === null && types?.includes(true)) {
    const [key, must] = config.use_sliding_window === false
      ? ["use_sliding_window", "true"]
      : ["sliding_window", "a number of positions"];
    fail(key, `${must}, as layer_types has sliding_attention`, config[key]);
  }
  const windowed = types ?? inferLayerTypes(config, rules, layers, fail);
  const maxPositions = integer("max_position_embeddings");
  const [full, sliding] = readRopeTables(config, maxPositions, fail);
  for (const table of [full, sliding]) {
    const { scaling } = table;
    if (scaling.kind === "divisors" && scaling.divisors.length !== headSize / 2) {
      fail("rope_freqs", `${headSize / 2} numbers`, scaling.divisors.length);
    }
    checkFrequencies(table, headSize, longestSequence(table, maxPositions), fail);
  }
  const longest = longestSequence(full, maxPositions);
  if (!Number.isSafeInteger(longest) || longest < 1) {
    fail("max_position_embeddings by the factor of RoPE", "a positive integer", longest);
  }
  const alike = JSON.stringify(full) === JSON.stringify(sliding);
  return {
    rope: alike ? [full] : [full, sliding],
    layerKinds: windowed.map((slides): LayerKind => ({
      window: slides ? window : null,
      rope: slides && !alike ? 1 : 0,
    })),
    longest,
  };
}

/** Checks that a table's angles are numbers for the shortest and the longest sequence. */
function checkFrequencies(table: RopeTable, headSize: number, longest: number, fail: Fail): void {
  for (const length of [1, longest]) {
    const { frequencies, factor } = ropeFrequencies(table, headSize, length);
    const wrong = [...frequencies, factor].find((value) => !Number.isFinite(value) || value < 0);
    if (wrong !== undefined) fail("the frequencies of RoPE by its parameters", "finite", wrong);
  }
}

/** Returns an object of RoPE parameters, an empty one for none. */
function objectAt(key: string, value: unknown, fail: Fail): ConfigKeys {
  if (value === undefined || value === null) return {};
  return typeof value === "object" && !Array.isArray(value) ? value as ConfigKeys : fail(key, "an object", value);
}

/** Reads which layers attend to a window; null if the configuration does not say. */
function readLayerTypes(config: ConfigKeys, layers: number, fail: Fail): boolean[] | null {
  const types = config.layer_types;
  if (types == null) return null;
  const known = ["full_attention", "sliding_attention"];
  if (!Array.isArray(types) || types.length !== layers || types.some((type) => !known.includes(type))) {
    return fail("layer_types", `${layers} of ${known.join(" and ")}`, types);
  }
  return types.map((type) => type === "sliding_attention");
}

/** Applies the architecture's rule, whose keys must be numbers of layers. */
function inferLayerTypes(config: ConfigKeys, rules: ArchitectureRules, layers: number, fail: Fail): boolean[] {
  for (const [key, least] of [["sliding_window_pattern", 1], ["max_window_layers", 0]] as const) {
    const isRead = key in rules.defaults && config.use_sliding_window !== false;
    const isCount = Number.isSafeInteger(config[key]) && (config[key] as number) >= least;
    if (isRead && !isCount) fail(key, `an integer of at least ${least}`, config[key]);
  }
  return Array.from({ length: layers }, (_, layer) => rules.windowed(layer, config));
}

/** Reads the tables of full and of windowed layers: `rope_scaling` wins, as in transformers. */
function readRopeTables(config: ConfigKeys, maxPositions: number, fail: Fail): [full: RopeTable, sliding: RopeTable] {
  const key = config.rope_scaling == null ? "rope_parameters" : "rope_scaling";
  const stated = objectAt(key, config[key], fail);
  const read = (parameters: unknown, theta: unknown, at: string) =>
    readRopeTable(objectAt(at, parameters, fail), theta, maxPositions, at, fail);
  const local = config.rope_local_base_freq ?? config.rope_theta;
  if ("full_attention" in stated || "sliding_attention" in stated) {
    return [
      read(stated.full_attention, config.rope_theta, `${key}.full_attention`),
      read(stated.sliding_attention, local, `${key}.sliding_attention`),
    ];
  }
  const full = read(stated, config.rope_theta, key);
  return [full, config.rope_local_base_freq == null ? full : read({}, local, key)];
}
