import { Buffer } from "node:buffer";
import type { AttributionRecord } from "../explain/record/record.ts";
import { byUnits } from "./view/by_units.ts";

/** Module of Inseq's classes. */
const MODULE = "inseq.data.attribution";

/**
 * The record as `inseq.FeatureAttributionOutput.load` reads it: one sequence of a model that has a decoder alone. Its
 * attributions [L + T, T] have a column for each target token, or one for the whole target if there is no matrix. The
 * target's own tokens have no attribution (NaN) unless their rows moved.
 */
export function inseqJson(given: AttributionRecord): string {
  const record = columnsOf(given);
  const { prompt, target, score } = record;
  const [L, T] = [prompt.tokens.length, target.tokens.length];
  const explained = score.objective.replaceAll("-", "_");
  const token = ({ text, id }: { readonly text: string; readonly id: number }) =>
    instance("inseq.utils.typing", "TokenWithId", { token: text, id });
  const sequence = instance(MODULE, "CoarseFeatureAttributionSequenceOutput", {
    source: prompt.tokens.map(token),
    target: [...prompt.tokens, ...target.tokens].map(token),
    source_attributions: null,
    target_attributions: tensor(attributionsOf(record), [L + T, T]),
    step_scores: { [explained]: tensor(score.input, [score.input.length]) },
    sequence_scores: {},
    attr_pos_start: L,
    attr_pos_end: L + T,
  });
  const { name, ...options } = record.method;
  const output = instance(MODULE, "FeatureAttributionOutput", {
    sequence_attributions: [sequence],
    step_attributions: null,
    info: {
      model_name: record.model.id,
      model_class: record.model.architecture,
      tokenizer_name: null,
      tokenizer_class: null,
      attribution_method: name.replaceAll("-", "_"),
      attribution_args: options,
      attribute_target: record.prefix !== undefined,
      attributed_fn: explained,
      attributed_fn_args: {},
      step_scores: [explained],
      step_scores_args: {},
      output_step_attributions: false,
      include_eos_baseline: false,
      exec_time: record.cost.seconds,
      input_texts: [prompt.text],
      generated_texts: [prompt.text + target.text],
      generation_args: target.generation ?? {},
      constrained_decoding: target.generation === undefined,
      generate_from_target_prefix: false,
      attr_pos_start: L,
      attr_pos_end: L + T,
      made_by: record.schema,
    },
  });
  return `${JSON.stringify(output, null, 2)}\n`;
}

/** The record with a matrix of as many rows as it has target tokens. */
function columnsOf(given: AttributionRecord): AttributionRecord {
  const { tokenAttribution, sequenceAttribution, target, score } = given;
  if (tokenAttribution !== null && score.per === "token") return given;
  const whole = byUnits({ ...given, units: undefined, score: { ...score, per: "sequence" } });
  return {
    ...whole,
    target: { ...whole.target, ...(target.generation && { generation: target.generation }) },
    tokenAttribution: tokenAttribution ?? [sequenceAttribution],
    score: { ...score, input: [score.input.reduce((sum, value) => sum + value, 0)] },
    prefix: undefined,
  };
}

/** Attributions in row order, [L + T, T]. */
function attributionsOf({ prompt, target, tokenAttribution, prefix }: AttributionRecord): number[] {
  const [L, T] = [prompt.tokens.length, target.tokens.length];
  return Array.from({ length: L + T }, (_, i) =>
    Array.from({ length: T }, (_, t) => {
      if (i < L) return tokenAttribution![t][i];
      // A token rests on those before it alone.
      return i - L < t ? prefix?.attribution?.[t]?.[i - L] ?? NaN : NaN;
    })).flat();
}

/** An object as Inseq's reader makes one of a class. */
function instance(module: string, name: string, attributes: Readonly<Record<string, unknown>>): unknown {
  return { __instance_type__: [module, name], attributes };
}

/** A tensor as Inseq keeps it: a safetensors file of one f32 tensor, in base64. */
function tensor(values: readonly number[], shape: readonly number[]): string {
  const data = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => data.setFloat32(4 * i, value, true));
  const json = JSON.stringify({ attribution: { dtype: "F32", shape, data_offsets: [0, data.byteLength] } });
  const header = json.padEnd(Math.ceil(json.length / 8) * 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), new Uint8Array(data.buffer)]).toString("base64");
}
