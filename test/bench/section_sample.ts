import type { SectionResult } from "../../bench/bench_results.ts";
import type { Processor } from "../../bench/processor.ts";

/** A processor whose name others have, too. */
export const EPYC: Processor = {
  vendor: "AuthenticAMD",
  name: "AMD EPYC",
  family: "25",
  model: "17",
  instructions: ["avx2", "avx512f"],
  cores: 2,
};

/** The same with another instruction set. */
export const XEON: Processor = { ...EPYC, vendor: "GenuineIntel", name: "Intel Xeon", instructions: ["amx_tile"] };

/** A section with one figure. */
export function sectionSample(value: number, given: Partial<SectionResult> = {}): SectionResult {
  return {
    title: "Attributions against Captum",
    command: "deno run -A bench/peers/captum.ts",
    device: "webgpu",
    driver: "llvmpipe",
    tuning: "default",
    system: "linux x86_64",
    deno: "2.9.6",
    began: "2026-11-30T06:00:00.000Z",
    seconds: 60,
    commit: "abc",
    load: 0.1,
    failure: null,
    figures: [{ what: "feature ablation: Whence", value, unit: "s" }],
    ...given,
  };
}
