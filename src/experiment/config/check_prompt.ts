import { TEXT_OPTIONS } from "../../explain/options/attribution_text.ts";
import { checkText } from "../../explain/options/check_text.ts";
import type { Mistake } from "../../explain/options/mistake.ts";
import { locateCause } from "../findings/truth/locate_cause.ts";
import type { KnownCause } from "../findings/truth/truth.ts";
import { promptText } from "./context_files.ts";
import { asMapping, listOf, type Mapping } from "./mapping.ts";

/** One mistake. Where `key` is set the key itself is wrong rather than its value. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
  readonly key?: boolean;
}

/** Checks a prompt by itself: its text, and that its known causes are in it. Paths are relative to it. */
export function checkPrompt(prompt: Mapping): Problem[] {
  const { name: _, truth: __, ...text } = prompt;
  const lacks = prompt.target === undefined && prompt.generate === undefined && Object.keys(prompt).length > 0;
  return [
    ...(lacks ? [{ path: [], text: "expected target or generate, got neither" }] : []),
    ...checkText(knownOnly(text), null).map((mistake) => problemOf([], mistake)),
    ...checkTruth(prompt),
  ];
}

/** A mistake with the place of its value. */
export function problemOf(place: readonly PropertyKey[], { option, index, isKey, sentence }: Mistake): Problem {
  const inList = index === null || option === "freeze" || option === "metrics" ? [] : [index];
  return { path: [...place, option, ...inList], text: sentence, key: isKey };
}

/** Leaves out unknown keys, which the schema reports. */
function knownOnly(text: Mapping): Mapping {
  return Object.fromEntries(Object.entries(text).filter(([key]) => Object.hasOwn(TEXT_OPTIONS, key)));
}

/** Causes and parts of the target must be found, each once. */
function checkTruth({ prompt, context, history, target, truth }: Mapping): Problem[] {
  if (typeof prompt !== "string" || !Array.isArray(truth)) return [];
  const before = listOf(history).map((message) => asMapping(message).content);
  const whole = [...before.filter((content) => typeof content === "string"), promptText(prompt, context)].join("\n");
  return truth.flatMap((entry, k) => {
    const { causes, target: part } = asMapping(entry);
    const named: [unknown, "prompt" | "target"][] = [
      ...(part === undefined ? [] : [[part, "target"] as [unknown, "target"]]),
      ...(causes === undefined ? [entry] : listOf(causes)).map((cause): [unknown, "prompt"] => [cause, "prompt"]),
    ];
    return named.flatMap(([what, where]) => {
      const text = where === "prompt" ? whole : target;
      const isSpan = Array.isArray(what) && what.length === 2;
      if (typeof text !== "string" || !(typeof what === "string" && what !== "" || isSpan)) return [];
      try {
        locateCause(text, what as KnownCause, where);
        return [];
      } catch (error) {
        return [{ path: ["truth", k], text: `expected a part of the ${where}: ${(error as Error).message}` }];
      }
    });
  });
}
