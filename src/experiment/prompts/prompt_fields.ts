/** Part of a prompt that a column gives. */
export type PromptField = keyof typeof PROMPT_FIELDS;

/** Parts of a prompt that columns give, with the columns where none are named: the first that is there. */
export const PROMPT_FIELDS = {
  prompt: { columns: ["prompt"], help: "what the model reads" },
  target: { columns: ["target"], help: "the continuation to explain, with its own leading space" },
  alternative: { columns: ["alternative"], help: "what the objective contrastive compares the target with" },
  context: { columns: ["context"], help: "a document, or a list of them, that the prompt is about" },
  messages: {
    columns: ["messages"],
    help: "a chat: the last message of the user is the prompt, an answer after it the target",
  },
  history: { columns: ["history"], help: "earlier messages of the chat" },
  truth: { columns: ["truth", "causes"], help: "known causes of the target" },
  name: { columns: ["name"], help: "its name in files and tables" },
} as const;

/** Names of the parts. */
export const PROMPT_FIELD_NAMES = Object.keys(PROMPT_FIELDS) as readonly PromptField[];

/** Marks of a template: a column's name in braces; doubled braces stand for themselves. */
const MARK = /\{\{|\}\}|\{([^{}]+)\}/g;

/** Returns true if a field is made of columns by a template, as "Q: {question}". */
export function isTemplate(given: string): boolean {
  return namedIn(given).length > 0;
}

/** Returns the columns that a field is made of: one by its name, or those of a template. */
export function columnsOf(given: string): string[] {
  const named = namedIn(given);
  return named.length === 0 ? [given] : [...new Set(named)];
}

function namedIn(template: string): string[] {
  return [...template.matchAll(MARK)].flatMap(([, name]) => name === undefined ? [] : [name]);
}

/** Fills a template. */
export function fillTemplate(template: string, value: (column: string) => string): string {
  return template.replace(MARK, (mark, name) => name === undefined ? mark[0] : value(name));
}
