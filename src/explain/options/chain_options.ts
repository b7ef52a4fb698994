import { SHARE_RULES, type ShareRule } from "../../attribution/chains/row_shares.ts";
import { type GivenObjective, objectiveFacts, objectiveText } from "../own/own_objective.ts";
import {
  type Division,
  divisionText,
  isTargetUnits,
  parseDivision,
  TARGET_UNIT_FORMS,
  TARGET_UNIT_WORDS,
  UNIT_PATTERN,
} from "../../units/division.ts";
import { type Condition, type Given, option, optional, type Resolved } from "./option.ts";
import type { TargetUnitsText } from "./units.ts";
import { oneOf, TEXT, type ValueKind } from "./value_kind.ts";

/** Spans of generated tokens that chains to the answer pass; none: chains are not followed. */
export type Through = { readonly kind: "none" } | SpansThrough;

/** A way to divide a target into such spans. */
export type SpansThrough = { readonly kind: "reasoning" } | Division;

/** Spans as a configuration has them. */
export type ThroughText = "none" | "reasoning" | TargetUnitsText;

const WORDS = ["none", "reasoning"] as const;

const THROUGH: ValueKind<Through, ThroughText> = {
  expectation: `${WORDS.join(", ")}, ${TARGET_UNIT_FORMS}`,
  json: { anyOf: [{ enum: [...WORDS, ...TARGET_UNIT_WORDS] }, { type: "string", pattern: UNIT_PATTERN }] },
  placeholder: "SPANS",
  example: "sentences",
  argument: (text) => text,
  read(given) {
    const kind = WORDS.find((word) => word === given);
    return kind !== undefined ? { kind } : isTargetUnits(given) ? parseDivision(String(given)) : undefined;
  },
  write: (through) => isWord(through) ? through.kind : divisionText(through),
};

const FOLLOWED: Condition = {
  on: "through",
  fits: ({ kind }: Through) => kind !== "none",
  words: "a through other than none",
};

/**
 * Generated tokens that chains pass, beside the answer's; at others they end.
 * - `all`
 * - `words`: those that hold a letter or a digit, but no markers around the reasoning
 */
export type PassesText = typeof PASSES[number];

const PASSES = ["all", "words"] as const;

/** Options of every method whose attributions are parts of a change of the score. */
export const CHAIN_OPTIONS = {
  through: option<Through, ThroughText>({
    kind: THROUGH,
    default: { kind: "none" },
    help: "follow chains of generated tokens to the answer, and tell the parts through these spans of the target " +
      "(docs/chains.md)",
    recorded: "given",
    limit: {
      on: "objective",
      words: "none with an objective that gives one score",
      expects: ({ kind }: Through, objective: GivenObjective) =>
        kind !== "none" && objectiveFacts(objective).per !== "token"
          ? `none with objective ${objectiveText(objective)}`
          : null,
    },
  }),
  answer: optional({
    kind: TEXT,
    usual: "behind the reasoning, or the last span",
    help: "the answer at the end of the chains: the last place of this text in the target",
    when: FOLLOWED,
  }),
  shares: option<ShareRule, ShareRule>({
    kind: oneOf<ShareRule>(SHARE_RULES),
    default: "absolute",
    help: "shares of what a token reads: of magnitudes, without or with signs, or of the net sum",
    when: FOLLOWED,
  }),
  passes: option<PassesText, PassesText>({
    kind: oneOf<PassesText>(PASSES),
    default: "all",
    help: "the generated tokens that chains pass: all, or words alone, as punctuation passes on what it hardly reads",
    recorded: "given",
    when: FOLLOWED,
  }),
};

/** These options as a caller gives them. */
export type GivenChainOptions = Given<typeof CHAIN_OPTIONS>;

/** These options with a value for each; absent where the method is not additive. */
export type ChainOptions = Partial<Resolved<typeof CHAIN_OPTIONS>>;

function isWord(through: Through): through is Exclude<Through, Division> {
  return WORDS.some((word) => word === through.kind);
}
