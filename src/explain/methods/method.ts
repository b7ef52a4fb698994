import type { AdaptiveRound } from "../../attribution/adaptive.ts";
import type { LanguageModel } from "../../model/model.ts";
import type { Judged } from "../judged.ts";
import type { OpenObjective } from "../open_objective.ts";
import type { CommonOptions } from "../options/common_options.ts";
import type { OptionSet, Resolved } from "../options/option.ts";
import type { PreparedText } from "../prepare_text.ts";

/** A tokenized text on a model, its objective open, ready for a method. */
export interface Subject {
  /** The model that scores and differentiates. */
  readonly model: LanguageModel;
  /** F of the text. */
  readonly objective: OpenObjective;
  /** Its tokens, units and embeddings. */
  readonly text: PreparedText;
  /** Is told how far an adaptive quadrature is. */
  readonly onRound?: (round: AdaptiveRound) => void;
}

/** Ways of methods to look at a model: its derivatives, what it says without a unit, or what passes through it. */
export const METHOD_FAMILIES = ["gradient", "perturbation", "flow"] as const;

/**
 * A method: its one declaration. Types, checks, flags, help, YAML keys, columns, titles and documentation follow from
 * it. To add one, write a file like those beside this one and add its row to method_table.ts.
 */
export interface Method<N extends string = string, O extends OptionSet = OptionSet> {
  /** As options name it: "integrated-gradients". */
  readonly name: N;
  /** As plots and tables call it: "Integrated gradients". */
  readonly title: string;
  /** As ids and tables of results abbreviate it. Default: the name. */
  readonly word?: string;
  /** Differentiates the model, takes units of the prompt away, or follows what passes from token to token within. */
  readonly family: typeof METHOD_FAMILIES[number];
  /**
   * Parts of a change of the score; sizes without sign, of gradients or of flows; or the weights of a model that stands
   * in for it.
   */
  readonly yields: "additive" | "norm" | "flow" | "surrogate";
  /** The reason for which an additive method's sum is never held against the change of the score. */
  readonly incomplete?: string;
  /** Name of an additive method's parts that need not sum to the change of the score: "ablations". */
  readonly looseParts?: string;
  /** True if it integrates along one path that moves every token at once, the attention sink among them. */
  readonly alongOnePath?: true;
  /** Its cost in points or model calls, for N units and T target tokens. */
  readonly cost: string;
  /** Model calls for N units, where neither an option bounds them nor they grow as N. */
  calls?(units: number, recorded: Readonly<Record<string, unknown>>): number;
  /** The use of it, in one line. */
  readonly purpose: string;
  /** Paper or program that defines it. */
  readonly source: string;
  /** Words of its options in the ids of results. Default: the options that are not the defaults. */
  idWords?(recorded: Readonly<Record<string, unknown>>): readonly string[];
  /** Its own options; every method has COMMON_OPTIONS besides. */
  readonly options: O;
  /** Attributes a text. */
  run(subject: Subject, options: CommonOptions & Resolved<O>): Promise<Judged>;
  /** Returns sentences that a reader must know before using the numbers. */
  advise?(result: Judged): readonly string[];
}

/** Declares a method; its options' types follow from their declarations. */
export function method<const N extends string, O extends OptionSet>(declared: Method<N, O>): Method<N, O> {
  return declared;
}
