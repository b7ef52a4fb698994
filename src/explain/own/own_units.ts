import type { Division } from "../../units/division.ts";
import type { NamedSpan } from "../../units/unit.ts";
import { isOwnName } from "./own_name.ts";

/** Units that the caller's code finds. A record has them as `own:` and the name, and itself the units' texts. */
export interface OwnUnits {
  /** Letters, digits, dots, dashes and underscores. */
  readonly name: string;
  /**
   * Returns ranges of the text in UTF-16 code units that do not overlap; those of one name make one unit, all else is
   * frozen. The text is the prompt's, with a history its messages and the prompt, a line break between them; of target
   * units the target's.
   */
  readonly spans: (text: string) => readonly NamedSpan[] | Promise<readonly NamedSpan[]>;
}

/** A division, or code that makes one. */
export type GivenDivision = Division | ({ readonly kind: "own" } & OwnUnits);

/** Reads units of the caller's own; returns undefined for anything else. */
export function readOwnUnits(given: unknown): GivenDivision | undefined {
  const { name, spans } = Object(given) as Partial<OwnUnits>;
  return isOwnName(name) && typeof spans === "function" ? { kind: "own", name, spans } : undefined;
}

/**
 * Returns the division of a text.
 *
 * @throws {TypeError} if the caller's code gives no list of named ranges
 */
export async function divisionOf(division: GivenDivision, text: string): Promise<Division> {
  if (division.kind !== "own") return division;
  const spans: unknown = await division.spans(text);
  const isSpan = (one: unknown) => {
    const { name, start, end } = Object(one) as Partial<NamedSpan>;
    return typeof name === "string" && Number.isInteger(start) && Number.isInteger(end);
  };
  if (Array.isArray(spans) && spans.length > 0 && spans.every(isSpan)) return { kind: "spans", spans };
  const got = Array.isArray(spans) ? JSON.stringify(spans.find((one) => !isSpan(one)) ?? []) : typeof spans;
  throw new TypeError(
    `Cannot divide the text as the spans of units ${division.name} must be a list of { name, start, end }: got ${got}`,
  );
}
