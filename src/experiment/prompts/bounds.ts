/** Rows of a file: more are a corpus rather than an experiment's prompts. */
export const MOST_ROWS = 10_000_000;
/** Bytes of a row, of a JSONL line or a CSV record: a prompt of a million tokens takes less. */
export const MOST_ROW_BYTES = 1 << 24;
/** Characters of a prompt with all that belongs to it, as of an experiment's file. */
export const MOST_CHARACTERS = 1 << 22;
/** Prompts that are planned: each takes a few hundred bytes beside its text. */
export const MOST_PROMPTS = 1_000_000;
/** Malformed lines that are told. */
export const MOST_MALFORMED = 10;
