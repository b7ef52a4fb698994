/**
 * Attribution records: their parts, reading them from JSON, comparing several of one prompt, and scoring one against
 * known causes.
 *
 * ```ts
 * import { attribute, loadModel } from "./mod.ts";
 * import { checkRecord, compareRecords } from "./record.ts";
 *
 * const model = await loadModel();
 * const text = { prompt: "Michael works as a", target: " software" };
 * const records = [
 *   { name: "gradients", record: await attribute(model, text, { method: "input-x-gradient" }) },
 *   { name: "ablation", record: await attribute(model, text, { method: "feature-ablation" }) },
 * ];
 * model.close();
 * console.log(compareRecords(records).pairs); // correlations, overlap and distance of the two
 * console.log(checkRecord(JSON.parse(JSON.stringify(records[0].record))).sequenceAttribution);
 * ```
 *
 * @module
 */
export { type AttributionRecord, RECORD_SCHEMA, type SequenceCompleteness } from "./src/explain/record/record.ts";
export type { RecordFaithfulness, RecordMetrics } from "./src/explain/record/record_metrics.ts";
export type { CONTEXT_LEVELS, ContextLevel } from "./src/explain/context/context_level.ts";
export type { RecordContext, RecordContextLevel } from "./src/explain/record/record_context.ts";
export { insideValues, type RecordInside } from "./src/explain/record/record_inside.ts";
export type { RecordPrefix } from "./src/explain/record/record_prefix.ts";
export type { RecordSampling } from "./src/explain/record/record_sampling.ts";
export type { RecordSurrogate } from "./src/explain/record/record_surrogate.ts";
export { type ChainParts, chainParts } from "./src/attribution/chains/chain_parts.ts";
export {
  rowShares,
  SHARE_RULES,
  type ShareRule,
  type TokenMatrix,
  type TokenShares,
} from "./src/attribution/chains/row_shares.ts";
export { type SpanInfluence, spanInfluences } from "./src/explain/record/span_influences.ts";
export type { RecordSpan, RecordThrough } from "./src/explain/record/record_through.ts";
export type { RecordToken } from "./src/explain/record/record_token.ts";
export type { RecordUnits } from "./src/explain/record/record_units.ts";
export { checkRecord } from "./src/explain/record/check_record.ts";
export type { AgreementNumbers } from "./src/experiment/findings/comparison/agreement_numbers.ts";
export type { ComparedRecord, RecordComparison } from "./src/experiment/findings/comparison/compare_records.ts";
export { compareRecords } from "./src/library/compare_records.ts";
export { type CellRecord, readRecords } from "./src/experiment/store/read_records.ts";
export type { GroundTruth, KnownCause } from "./src/experiment/findings/truth/truth.ts";
export { scoreTruth, type TruthScore } from "./src/experiment/findings/truth/score_truth.ts";
