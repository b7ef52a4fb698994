import { dirname, isAbsolute, join } from "node:path";
import { errorText } from "../../files/system_error.ts";
import { readText } from "../../files/text_file.ts";
import { DOCUMENTS, fileOf, withDocuments } from "../../explain/context/documents.ts";

/** A document that cannot be read. */
interface Unread {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/**
 * Puts the texts of files in the place of prompts' documents that name one, from the folder of the configuration, so
 * that a cell is known by what it reads.
 */
export function readContextFiles(
  data: unknown,
  config: string,
): { readonly data: unknown; readonly problems: Unread[] } {
  const { prompts } = (data ?? {}) as { prompts?: unknown };
  if (!Array.isArray(prompts)) return { data, problems: [] };
  const problems: Unread[] = [];
  const read = (document: unknown, path: Unread["path"]): unknown => {
    const named = fileOf(document);
    if (named === null) return document;
    try {
      const file = isAbsolute(named.file) ? named.file : join(dirname(config), named.file);
      return { name: named.name, text: readText(file) };
    } catch (error) {
      problems.push({ path, text: `expected a text file, got an error: ${errorText(error)}` });
      return named.name;
    }
  };
  const filled = prompts.map((prompt, i) => {
    const { context } = (prompt ?? {}) as { context?: unknown };
    if (!Array.isArray(context)) return prompt;
    return { ...prompt, context: context.map((document, k) => read(document, ["prompts", i, "context", k])) };
  });
  return { data: { ...data as Record<string, unknown>, prompts: filled }, problems };
}

/** Returns a prompt with its documents, as its known causes are parts of it; without them where they cannot be used. */
export function promptText(prompt: string, context: unknown): string {
  const documents = DOCUMENTS.read(context);
  try {
    return documents === undefined ? prompt : withDocuments(prompt, documents).prompt;
  } catch {
    return prompt;
  }
}
