import { ARCHITECTURES } from "../../model/load/architectures.ts";
import type { LayerKind } from "../../model/load/layer_kinds.ts";
import type { ModelConfig } from "../../model/load/model_config.ts";
import type { RopeScaling } from "../../model/load/rope_scaling.ts";
import { keyLine } from "./key_line.ts";

/** Tells a configuration as it was read, a line for each key. Neighbouring layers of one kind share a line. */
export function configText(config: ModelConfig): string {
  const { layerKinds, rope, ...rest } = config;
  const named = ARCHITECTURES[config.architecture].models;
  const attends = ({ window, rope }: LayerKind) =>
    `attends to ${window === null ? "all positions" : `the latest ${window} positions`}` +
    (config.rope.length > 1 ? `, rope ${rope}` : "");
  return Object.entries(rest)
    .map(([key, value]) => keyLine(key, key === "architecture" ? `${value} (${named})` : String(value ?? "none")))
    .join("") +
    rope.map(({ theta, scaling }, i) => keyLine(`rope ${i}`, ropeText(theta, scaling))).join("") +
    runsOf(layerKinds.map(attends)).map(([text, first, last]) => {
      const layers = first === last ? `layer ${first}` : `layers ${first}-${last}`;
      return keyLine(layers, text);
    }).join("");
}

/** "theta 10000, yarn factor=4 …" */
function ropeText(theta: number, { kind, ...constants }: RopeScaling): string {
  const shown = (value: unknown) => Array.isArray(value) ? `${value[0]} … ${value.at(-1)}` : value;
  const named = Object.entries(constants).map(([key, value]) => ` ${key}=${shown(value)}`);
  return `theta ${theta}, ${kind}${named.join("")}`;
}

/** Groups equal neighbours, each group with its first and last index. */
function runsOf(texts: readonly string[]): [text: string, first: number, last: number][] {
  const runs: [string, number, number][] = [];
  texts.forEach((text, i) => {
    const run = runs.at(-1);
    if (run?.[0] === text) run[2] = i;
    else runs.push([text, i, i]);
  });
  return runs;
}
