import type { WeightsRecord } from "../../explain/weights/weights_record.ts";
import { numberText, percentText } from "../text/number_text.ts";
import { textTable } from "../text/text_table.ts";
import { oneLine, visibleTokens } from "../text/visible_token.ts";
import { total } from "../view/score_sums.ts";
import { matrixName, matrixSums } from "./matrix_sums.ts";

/** Matrices that are listed. */
const LISTED = 12;

/** A comparison of weights as plain text: scores by token, the matrices that most goes through, errors. */
export function weightsTable(record: WeightsRecord, width?: number): string {
  const { models: [first, other], score, completeness, kept, cost } = record;
  const tokens = visibleTokens(record.target.tokens.map(({ text }) => text));
  const change = total(score.other) - total(score.first);
  const signed = (value: number) => numberText(value, 4, true);
  const matrices = matrixSums(record).toSorted((a, b) => Math.abs(b.share) - Math.abs(a.share)).slice(0, LISTED);
  const { delta, relative, certificate, tolerance, met, arithmeticFloor } = completeness;
  const lines = [
    "Change of the target's log-probability by the weights that changed",
    `first   ${first.id} (${first.quantization})`,
    `other   ${other.id} (${other.quantization})`,
    `device  ${record.device.adapter}`,
    `prompt  ${oneLine(record.prompt.text)}`,
    `target  ${oneLine(record.target.text)}`,
    "",
    textTable({
      head: ["#", "target", "first", "other", "change"],
      rows: tokens.map((token, t) => [
        String(t),
        token,
        numberText(score.first[t]),
        numberText(score.other[t]),
        signed(score.other[t] - score.first[t]),
      ]),
    }, width),
    textTable({
      head: ["weight", "share (nats)", "error"],
      rows: matrices.map((one) => [matrixName(one), signed(one.share), numberText(one.error, 2)]),
    }, width),
    `change        ${signed(change)} nats, ${matrixSums(record).length} matrices and norms; the largest are above`,
    `completeness  error ${percentText(relative)} (δ = ${numberText(delta)} nats)`,
    `certified     certificate κ = ${percentText(certificate)} (tolerance ${percentText(tolerance)} ` +
    `${met ? "met" : "NOT met"})`,
    ...(arithmeticFloor === null ? [] : [`arithmetic    floor ${percentText(arithmeticFloor)}`]),
    ...(kept === undefined ? [] : [
      `kept          ${kept.weights.length} worst as in the first: ${signed(kept.measured)} nats measured, ` +
      `${signed(kept.predicted)} by their shares`,
    ]),
    `cost          ${cost.pathPoints} path points, ${numberText(cost.seconds, 3)} s`,
  ];
  return lines.map((line) => line.trimEnd()).join("\n") + "\n";
}
