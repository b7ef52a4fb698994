import { fileURLToPath } from "node:url";
import { adapterKind } from "../../src/gpu/device.ts";
import { codeFor, SUBGROUP_PROBE } from "../../src/gpu/subgroups.ts";
import { allKernels } from "./all_kernels.ts";
import { compileByTint } from "./compile_by_tint.ts";
import { componentStores } from "./component_stores.ts";
import { swiftShader, wideVectors } from "./drivers.ts";

/** One way in which other devices differ from the one that is here. */
export interface ConformanceCheck {
  readonly name: string;
  /** True if it is left to `--all`. */
  readonly long: boolean;
  /** Returns what the machine lacks for it; null if nothing. */
  missing(): Promise<string | null>;
  /**
   * Returns what was found, in words.
   *
   * @throws {Error} if a kernel fails
   */
  run(): Promise<string>;
}

const HERE = fileURLToPath(new URL("./", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** All checks, the cheapest first. */
export const CHECKS: readonly ConformanceCheck[] = [
  {
    name: "kernels under Tint",
    long: false,
    missing: () => Promise.resolve(null),
    async run() {
      const kernels = allKernels();
      const [control] = await compileByTint([{ label: "control", code: codeFor("naga", SUBGROUP_PROBE) }]);
      if (!/uniform control flow/.test(control?.message ?? "")) throw new Error("Tint takes what it should refuse");
      const refused = await compileByTint(kernels);
      if (refused.length > 0) {
        const shown = refused.slice(0, 20).map(({ label, message }) => `  ${label}: ${message}`);
        throw new Error([`${refused.length} of ${kernels.length} are refused`, ...shown].join("\n"));
      }
      return `${kernels.length} compile`;
    },
  },
  {
    name: "stores that write whole vectors",
    long: false,
    missing: noAdapter,
    async run() {
      const stores = allKernels().flatMap(({ code }) => componentStores(code));
      if (stores.length === 0) return "no kernel stores a single component, so nothing differs";
      return await testOps({ preloads: ["whole_vector_stores"] });
    },
  },
  {
    name: "ops as on a GPU without subgroups",
    long: false,
    missing: noAdapter,
    run: () => testOps({ preloads: ["as_hardware", "without_subgroups"] }),
  },
  {
    name: "ops as on a GPU with subgroups",
    long: true,
    missing: noAdapter,
    run: () => testOps({ preloads: ["as_hardware"] }),
  },
  {
    name: "ops in software without subgroups",
    long: true,
    missing: noAdapter,
    run: () => testOps({ preloads: ["without_subgroups"] }),
  },
  {
    name: "ops on 16 lanes",
    long: true,
    missing: async () => await noAdapter() ?? await wideVectors(),
    run: () => testOps({ env: { LP_NATIVE_VECTOR_WIDTH: "512" } }),
  },
  {
    name: "ops on SwiftShader",
    long: true,
    missing: async () => (await swiftShader()).missing,
    run: async () => testOps({ env: (await swiftShader()).env }),
  },
];

async function noAdapter(): Promise<string | null> {
  return await adapterKind() === "none" ? "no WebGPU adapter answers" : null;
}

/** Tests of ops that see no adapter, and one whose reference takes a minute. */
const ELSEWHERE = ["attention/lowered_attention", "attention/long_attention", "formats/lowered_weight", "op_table"];

/** Runs the tests of ops in a process that sees another device. */
async function testOps(
  { preloads = [], env = {} }: { preloads?: readonly string[]; env?: Record<string, string> },
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "-A", "--no-check", "--parallel", "--reporter=dot"],
      ...preloads.map((name) => `--preload=${HERE}preload/${name}.ts`),
      `--ignore=${ELSEWHERE.map((name) => `${ROOT}test/ops/${name}_test.ts`).join(",")}`,
      `${ROOT}test/ops`,
    ],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (code !== 0) throw new Error(`${output}\n${errors}`.slice(-6000));
  return /\d+ passed/.exec(output)?.[0] ?? "passed";
}
