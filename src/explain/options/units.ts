import {
  divisionText,
  isTargetUnits,
  isUnits,
  parseDivision,
  TARGET_UNIT_FORMS,
  TARGET_UNIT_WORDS,
  UNIT_FORMS,
  UNIT_PATTERN,
  UNIT_WORDS,
} from "../../units/division.ts";
import { ownText } from "../own/own_name.ts";
import { type GivenDivision, type OwnUnits, readOwnUnits } from "../own/own_units.ts";
import type { ValueKind } from "./value_kind.ts";

/** Units of a target as a configuration has them; spans are ranges of UTF-16 code units, `spans:0-5,10-20`. */
export type TargetUnitsText = typeof TARGET_UNIT_WORDS[number] | `spans:${string}` | `template:${string}`;

/** Units of a prompt as a configuration has them. */
export type UnitsText = TargetUnitsText | typeof UNIT_WORDS[number];

/** Units of a prompt. */
export const UNITS: ValueKind<GivenDivision, UnitsText | OwnUnits> = {
  ...formsOf(UNIT_WORDS),
  expectation: UNIT_FORMS,
  read: (given) => isUnits(given) ? parseDivision(String(given)) : readOwnUnits(given),
};

/** Units of a target. */
export const TARGET_UNITS: ValueKind<GivenDivision, TargetUnitsText | OwnUnits> = {
  ...formsOf(TARGET_UNIT_WORDS),
  expectation: TARGET_UNIT_FORMS,
  read: (given) => isTargetUnits(given) ? parseDivision(String(given)) : readOwnUnits(given),
};

function formsOf(words: readonly string[]) {
  return {
    json: { anyOf: [{ enum: words }, { type: "string", pattern: UNIT_PATTERN }] },
    placeholder: "NAME",
    example: "words",
    argument: (text: string) => text,
    write: (division: GivenDivision) => division.kind === "own" ? ownText(division) : divisionText(division),
  } as const;
}
