import type { Tokenizer } from "../../src/model/tokens/tokenizer.ts";

const HEAD = "Read the document, then answer the question.\n\nDocument:\n";
const TAIL = "\n\nQuestion: Which ship brought the saffron?\nAnswer:";
const TARGET = " The Meridian brought the saffron from Aleppo.";
const ANSWER =
  "The harbour's log begins with the Meridian, which brought 12 crates of saffron from Aleppo to the old quay.";

// Lists whose lengths have no common factor, so that lines repeat only after thousands.
const SHIPS = ["Aurora", "Bonaventure", "Castor", "Dolphin", "Esperance", "Fortuna", "Galatea"];
const GOODS = ["wool", "copper", "tea", "timber", "glass", "salt", "linen", "lamp oil", "barley", "paper", "cork"];
const PORTS = ["Bergen", "Lisbon", "Genoa", "Riga", "Cork", "Malta", "Odessa", "Cadiz"];
const PLACES = ["the old quay", "the north pier", "the customs house", "the dry dock", "the fish market"];

/** A question about a document, as token ids. */
interface PastedDocument {
  readonly prompt: readonly number[];
  readonly target: readonly number[];
}

/**
 * Makes the ids of a question about a pasted document, whose first line has the answer. The document ends where the
 * prompt has the tokens that are asked for; equal numbers give equal ids.
 *
 * @throws {RangeError} if so few tokens do not hold the question and the first line
 */
export async function pastedDocument(
  { encodePrompt, encodeTarget }: Tokenizer,
  tokens: number,
): Promise<PastedDocument> {
  const start = (await encodePrompt(`${HEAD}${ANSWER}\n`)).tokens.map(({ id }) => id);
  const end = await encodeTarget(TAIL);
  const room = tokens - start.length - end.length;
  if (room < 0) {
    throw new RangeError(
      `Cannot make a prompt of ${tokens} tokens as it must have at least ${start.length + end.length}`,
    );
  }
  // No line has fewer tokens than words, of which there are more than ten.
  const lines = Array.from({ length: Math.ceil(room / 10) }, (_, i) => line(i));
  const document = (await encodeTarget(lines.join("\n"))).slice(0, room);
  return { prompt: [...start, ...document, ...end], target: await encodeTarget(TARGET) };
}

function line(i: number): string {
  const pick = (list: readonly string[], step: number) => list[i * step % list.length];
  const cargo = `${3 + i * 29 % 83} crates of ${pick(GOODS, 3)} from ${pick(PORTS, 5)} to ${pick(PLACES, 2)}`;
  return `On day ${i + 1} the ${pick(SHIPS, 1)} brought ${cargo}.`;
}
