/** Keys of a `config.json`. */
export type ConfigKeys = Readonly<Record<string, unknown>>;

/** Fails for a key, by the expected and the found value. */
export type Fail = (key: string, expected: string, got: unknown) => never;

/** Readers of keys that must be of one kind. */
export interface ConfigReader {
  readonly config: ConfigKeys;
  readonly fail: Fail;
  integer(key: string, fallback?: number): number;
  /** Reads a number above 0 that f32 can hold. */
  positive(key: string): number;
}

/** Makes the reader of a configuration. */
export function configReader(config: ConfigKeys, fail: Fail): ConfigReader {
  return {
    config,
    fail,
    integer(key, fallback) {
      const value = config[key] ?? fallback;
      if (!Number.isSafeInteger(value) || (value as number) < 1) fail(key, "a positive integer", config[key]);
      return value as number;
    },
    positive(key) {
      const value = config[key];
      if (typeof value !== "number" || !(value > 0) || !Number.isFinite(value)) fail(key, "a positive number", value);
      const rounded = Math.fround(value as number);
      if (rounded === 0 || rounded === Infinity) fail(key, "in the range of f32, 1e-45 to 3.4e38", value);
      return value as number;
    },
  };
}
