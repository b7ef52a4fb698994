/** Formats that keep a model in one file, by the ending of its name. */
export const MODEL_FILES = { ".gguf": "GGUF" } as const;

/** Ending of a model's file. */
export type ModelFileEnding = keyof typeof MODEL_FILES;

/** Ending by which a file's name tells its format, or null if it is no model's. */
export function modelFileEnding(name: string): ModelFileEnding | null {
  const lower = name.toLowerCase();
  return (Object.keys(MODEL_FILES) as ModelFileEnding[]).find((ending) => lower.endsWith(ending)) ?? null;
}

/** "a .gguf", for messages. */
export const SOME_MODEL_FILE = `a ${Object.keys(MODEL_FILES).join(" or ")}`;
