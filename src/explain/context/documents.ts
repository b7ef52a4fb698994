import { accepts, type JsonLeaf } from "../options/json_leaf.ts";
import type { ValueKind } from "../options/value_kind.ts";
import type { NamedSpan } from "../../units/unit.ts";

/** A document before the question: a text, or one with a name of its own. */
export type ContextDocument = string | {
  /** As tables and records call it; "document 2" and so on where it is left out. */
  readonly name?: string;
  /** Read by the model as it is, but for line breaks at its end. */
  readonly text: string;
};

/** The place of the documents in a prompt; before it where it is left out. */
const CONTEXT_SLOT = "{context}";

/** Text between two documents, and between the last and the prompt. */
const SEPARATOR = "\n\n";

const NOT_EMPTY: JsonLeaf = { type: "string", pattern: "\\S" };
const NAMED: JsonLeaf = {
  type: "object",
  properties: { name: NOT_EMPTY, text: NOT_EMPTY },
  required: ["text"],
  additionalProperties: false,
};
const FROM_FILE: JsonLeaf = {
  type: "object",
  properties: { name: NOT_EMPTY, file: NOT_EMPTY },
  required: ["file"],
  additionalProperties: false,
};
const GIVEN: JsonLeaf = { type: "array", minItems: 1, items: { anyOf: [NOT_EMPTY, NAMED] } };

/** Documents that a question is about. A file stands for its text only where files are read. */
export const DOCUMENTS: ValueKind<readonly ContextDocument[]> = {
  expectation: "a list of documents, each a text, or text and a name of its own, or a file that is read",
  json: { type: "array", minItems: 1, items: { anyOf: [NOT_EMPTY, NAMED, FROM_FILE] } },
  placeholder: "FILE",
  example: ["a text"],
  argument: (text) => [{ file: text }],
  read: (given) => accepts(GIVEN, given) && haveOwnNames(given as ContextDocument[]) ? given as [] : undefined,
  write: (value) => value,
};

/** A document of which only the file is given; the name is the file's where it is left out. */
export function fileOf(document: unknown): { readonly file: string; readonly name: string } | null {
  if (!accepts(FROM_FILE, document)) return null;
  const { file, name = file } = document as { file: string; name?: string };
  return { file, name };
}

/** A prompt that holds its documents. */
interface PromptWithDocuments {
  readonly prompt: string;
  /** Ranges of the documents in it, each with the separator behind it. */
  readonly documents: readonly NamedSpan[];
}

/**
 * Puts documents into a prompt: in the place of `{context}`, or before it. A blank line stands between them, and behind
 * the last if they stand before the prompt. Line breaks at a document's end are left out.
 *
 * @throws {RangeError} if the prompt has several such places
 */
export function withDocuments(prompt: string, context: readonly ContextDocument[]): PromptWithDocuments {
  const [before, behind = null, ...more] = prompt.split(CONTEXT_SLOT);
  if (more.length > 0) {
    throw new RangeError(
      `Cannot put the context into the prompt as ${CONTEXT_SLOT} must stand in it once: got ${more.length + 1}`,
    );
  }
  let text = behind === null ? "" : before;
  const documents = context.map((document, i) => {
    const isLast = i === context.length - 1;
    const start = text.length;
    text += textOf(document).replace(/[\r\n]+$/, "") + (isLast && behind !== null ? "" : SEPARATOR);
    return { name: nameOf(document, i), start, end: text.length };
  });
  return { prompt: text + (behind ?? before), documents };
}

function textOf(document: ContextDocument): string {
  return typeof document === "string" ? document : document.text;
}

function nameOf(document: ContextDocument, i: number): string {
  return typeof document === "string" ? `document ${i + 1}` : document.name ?? `document ${i + 1}`;
}

function haveOwnNames(context: readonly ContextDocument[]): boolean {
  return new Set(context.map(nameOf)).size === context.length;
}
