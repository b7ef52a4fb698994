import { ARCHITECTURES } from "../model/load/architectures.ts";
import type { LayerKind, ModelConfig } from "../model/load/model_config.ts";
import type { RopeScaling } from "../model/load/rope_scaling.ts";

/** What was understood of a configuration, a line each; layers that are alike and neighbours together. */
export function configText(config: ModelConfig): string {
  const { layerKinds, rope, ...rest } = config;
  const named = ARCHITECTURES[config.architecture].models;
  const attends = ({ window, rope }: LayerKind) =>
    `attends to ${window === null ? "all positions" : `the latest ${window} positions`}` +
    (config.rope.length > 1 ? `, rope ${rope}` : "");
  return Object.entries(rest)
    .map(([key, value]) => line(key, key === "architecture" ? `${value} (${named})` : String(value ?? "none")))
    .join("") +
    rope.map(({ theta, scaling }, i) => line(`rope ${i}`, ropeText(theta, scaling))).join("") +
    runsOf(layerKinds.map(attends)).map(([text, first, last]) => {
      const layers = first === last ? `layer ${first}` : `layers ${first}-${last}`;
      return line(layers, text);
    }).join("");
}

/** "theta 10000, yarn factor=4 …" */
function ropeText(theta: number, { kind, ...constants }: RopeScaling): string {
  const shown = (value: unknown) => Array.isArray(value) ? `${value[0]} … ${value.at(-1)}` : value;
  const named = Object.entries(constants).map(([key, value]) => ` ${key}=${shown(value)}`);
  return `theta ${theta}, ${kind}${named.join("")}`;
}

/** Equal neighbours together: what they are, and first and last index. */
function runsOf(texts: readonly string[]): [text: string, first: number, last: number][] {
  const runs: [string, number, number][] = [];
  texts.forEach((text, i) => {
    const run = runs.at(-1);
    if (run?.[0] === text) run[2] = i;
    else runs.push([text, i, i]);
  });
  return runs;
}

/** A key and its value. */
export function line(key: string, value: string): string {
  return `${key.padEnd(18)}${value}\n`;
}
