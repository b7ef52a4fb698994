import type { ChatMessage } from "../../model/tokens/chat_turns.ts";
import { type ContextDocument, DOCUMENTS } from "../context/documents.ts";
import { THRESHOLD, type Threshold, type ThresholdText } from "../context/threshold.ts";
import type { ValueKind } from "./value_kind.ts";
import { MOST_CALLS, MOST_GENERATED } from "./bounds.ts";
import { type Given, optional } from "./option.ts";
import { ABOVE_0, oneOf, SEED, SHARE, TEXT, TEXTS, TRUE_OR_FALSE, wholeNumber } from "./value_kind.ts";

const ROLES = ["system", "user", "assistant"] as const;

/** Earlier messages of a chat. */
const HISTORY: ValueKind<readonly ChatMessage[]> = {
  expectation: `a list of messages, each with a role (system, user or assistant) and content`,
  json: {
    type: "array",
    minItems: 1,
    items: {
      type: "object",
      properties: { role: { enum: ROLES }, content: { type: "string" } },
      required: ["role", "content"],
      additionalProperties: false,
    },
  },
  placeholder: "ROLE:TEXT",
  example: [{ role: "user", content: "a text" }],
  read: (given) => Array.isArray(given) && given.every(isMessage) ? given : undefined,
  argument(text) {
    const role = ROLES.find((name) => text.startsWith(`${name}:`));
    return role === undefined ? text : [{ role, content: text.slice(role.length + 1) }];
  },
  write: (value) => value,
};

/** Options that decide how a target is generated. */
export const GENERATION_OPTIONS = {
  temperature: optional({ kind: ABOVE_0, usual: "none", help: "draw tokens, from the logits divided by it" }),
  topK: optional({ kind: wholeNumber(1, MOST_CALLS), usual: "all", help: "draw from so many likeliest tokens" }),
  topP: optional({
    kind: SHARE,
    usual: "1",
    help: "draw from the fewest likeliest tokens that have more than so much of the probability",
  }),
  repetitionPenalty: optional({
    kind: ABOVE_0,
    usual: "1",
    help: "divides positive logits of tokens that were there before, multiplies negative ones",
  }),
  seed: optional({ kind: SEED, usual: "0", help: "seed of the draws" }),
  stop: optional({ kind: TEXTS, usual: "none", help: "texts that end the generated target, which stops before them" }),
};

/** Divergences by which target tokens are told that depend on the context. */
export const DEPENDENCE_NAMES = ["js", "kl", "kl-reverse"] as const;

/** Options of a context, which is part of the prompt. */
const CONTEXT_OPTIONS = {
  context: optional<readonly ContextDocument[], readonly ContextDocument[]>({
    kind: DOCUMENTS,
    usual: "none",
    help:
      "a document that the prompt is about, before it or in the place of {context}: only documents are attributed, " +
      "and it is told which target tokens depend on them (docs/context.md)",
  }),
  dependence: optional({
    kind: oneOf<typeof DEPENDENCE_NAMES[number]>([...DEPENDENCE_NAMES]),
    usual: "js",
    help: "divergence of the distributions with and without the context that tells which target tokens depend on it",
  }),
  threshold: optional<Threshold, ThresholdText>({
    kind: THRESHOLD,
    usual: "mean+1sd",
    help: "divergence from which on a target token depends on the context",
  }),
};

/** The text that is explained: a prompt, and a target or the options to generate one. */
export const TEXT_OPTIONS = {
  prompt: optional({ kind: TEXT, usual: "must be given", help: "what the model reads" }),
  target: optional({
    kind: TEXT,
    usual: "what the model generates",
    help: "the continuation to explain, with its own leading space",
  }),
  alternative: optional({
    kind: TEXT,
    usual: "none",
    help: "what the objective contrastive compares the target with, token by token if there are as many",
  }),
  generate: optional({
    kind: wholeNumber(1, MOST_GENERATED),
    usual: "20",
    help: "explain what the model generates, at most so many tokens",
  }),
  ...GENERATION_OPTIONS,
  chat: optional({
    kind: TRUE_OR_FALSE,
    usual: "true where there is a history",
    help: "put the prompt into the model's chat template; the template's tokens are frozen",
  }),
  history: optional({
    kind: HISTORY,
    usual: "none",
    help: "earlier messages of the chat; the prompt is the user's next",
  }),
  ...CONTEXT_OPTIONS,
};

/** The text that is explained. Options of generation are for a target that is not given. */
export type AttributionText = Given<typeof TEXT_OPTIONS> & { readonly prompt: string };

function isMessage(given: unknown): given is ChatMessage {
  if (typeof given !== "object" || given === null) return false;
  const { role, content, ...rest } = given as Record<string, unknown>;
  return ROLES.some((name) => name === role) && typeof content === "string" && Object.keys(rest).length === 0;
}
