import type { ModelConfig } from "../../../src/model/load/model_config.ts";
import { ropeFrequencies } from "../../../src/model/load/rope_scaling.ts";
import { hold } from "../area.ts";

/**
 * Holds what a reader has made of a configuration against what any model must have.
 *
 * @throws {Finding} if no model has it
 */
export function holdConfig(config: ModelConfig): void {
  const { layers, hiddenSize, intermediateSize, heads, kvHeads, headSize, vocabularySize, maxPositions } = config;
  const sizes = { layers, hiddenSize, intermediateSize, heads, kvHeads, headSize, vocabularySize, maxPositions };
  for (const [name, size] of Object.entries(sizes)) hold(Number.isSafeInteger(size) && size > 0, `${name} is ${size}`);
  hold(heads % kvHeads === 0, `${heads} heads share ${kvHeads}`);
  hold(headSize % 2 === 0, `a head of ${headSize} cannot rotate`);
  hold(config.layerKinds.length === layers, `${config.layerKinds.length} kinds of ${layers} layers`);
  for (const { window, rope } of config.layerKinds) {
    hold(window === null || Number.isSafeInteger(window) && window > 0, `a window of ${window}`);
    hold(config.rope[rope] !== undefined, `no table ${rope} of rotary angles`);
  }
  const caps = [config.attentionSoftCap, config.logitSoftCap].map((cap) => cap ?? 1);
  const constants = [config.rmsNormEpsilon, config.attentionScale, config.embeddingScale, ...caps];
  hold(constants.every((value) => value > 0 && Number.isFinite(Math.fround(value))), `constants ${constants}`);
  for (const table of config.rope) {
    const { frequencies, factor } = ropeFrequencies(table, headSize, maxPositions);
    hold(frequencies.length === headSize / 2, `${frequencies.length} frequencies of a head of ${headSize}`);
    hold([...frequencies, factor].every((value) => Number.isFinite(value) && value >= 0), `frequencies ${frequencies}`);
  }
  hold([true, false].includes(config.tiedHead), `a head that is ${config.tiedHead}`);
}
