import { cpus } from "node:os";

/** The processor of a machine, as far as its system tells; null for the rest. */
export interface Processor {
  /** "AuthenticAMD", "GenuineIntel", or on ARM the implementer's number. */
  readonly vendor: string | null;
  readonly name: string;
  /** Family and model within the vendor's; on ARM the architecture and the part. */
  readonly family: string | null;
  readonly model: string | null;
  /** Instruction sets for vectors and matrices, as the system names them. */
  readonly instructions: readonly string[] | null;
  /** Processors that the system shows, threads of a core counted one by one. */
  readonly cores: number;
}

/** The flags that decide how fast products can be, on x86 and on ARM. */
const INSTRUCTIONS =
  /^(?:sse4_2|avx|avx2|fma|f16c|avx_vnni\w*|avx512\w+|amx_\w+|asimd|asimdhp|asimddp|asimdfhm|sve\w*|sme(?!p)\w*|bf16|i8mm)$/;

/** Reads the processor of this machine. */
export function readProcessor(): Processor {
  if (Deno.build.os === "linux") return parseCpuInfo(Deno.readTextFileSync("/proc/cpuinfo"));
  const all = cpus();
  const name = all[0]?.model.trim() ?? "unknown";
  return { vendor: null, name, family: null, model: null, instructions: null, cores: all.length };
}

/** Reads Linux's /proc/cpuinfo. All processors are taken to be like the first. */
export function parseCpuInfo(text: string): Processor {
  const [first, ...others] = text.split(/\n\s*\n/).map(fieldsOf).filter((fields) => fields.has("processor"));
  const value = (...names: string[]) => names.map((name) => first?.get(name)).find((found) => found) ?? null;
  const flags = value("flags", "Features");
  const vendor = value("vendor_id", "CPU implementer");
  const model = value("model", "CPU part");
  return {
    vendor,
    name: value("model name") ?? ([vendor, model].filter((part) => part !== null).join(" ") || "unknown"),
    family: value("cpu family", "CPU architecture"),
    model,
    instructions: flags?.split(/\s+/).filter((flag) => INSTRUCTIONS.test(flag)).sort() ?? null,
    cores: first === undefined ? 0 : 1 + others.length,
  };
}

/** Reads the lines "name : value" of one processor. */
function fieldsOf(lines: string): ReadonlyMap<string, string> {
  return new Map(
    lines.split("\n").map((line) => {
      const [name, ...value] = line.split(":");
      return [name.trim(), value.join(":").trim()];
    }),
  );
}

/** Names a processor so that few others have the name. */
export function processorName({ name, family, model }: Processor): string {
  return [name, ...family === null ? [] : [`family ${family}`], ...model === null ? [] : [`model ${model}`]].join(", ");
}
