import type { MeasuredDevice } from "./device.ts";
import type { Figure } from "./figure.ts";
import { type Processor, processorName } from "./processor.ts";

/** Figures of a section, and the circumstances of its run. */
export interface SectionResult {
  readonly title: string;
  readonly command: string;
  readonly device: MeasuredDevice;
  /** The device's own description of its driver or processor. */
  readonly driver: string;
  /** Kernels in use; null if the device has none to choose from. */
  readonly tuning: string | null;
  readonly system: string;
  readonly deno: string;
  /** Start of the run, UTC. */
  readonly began: string;
  readonly seconds: number;
  readonly commit: string;
  /** Load average at the start; above 0 if something else used the machine. */
  readonly load: number;
  readonly failure: string | null;
  readonly figures: readonly Figure[];
}

/** Figures of one machine, by `sectionKey`. */
export interface MachineResults {
  readonly processor: Processor;
  readonly sections: Readonly<Record<string, SectionResult>>;
}

/** Content of results.json: machines by name. No run changes the figures of another machine. */
export interface BenchResults {
  readonly machines: Readonly<Record<string, MachineResults>>;
}

/** Names a section on a device. */
export function sectionKey(name: string, device: MeasuredDevice): string {
  return `${name} on ${device}`;
}

/**
 * Finds the name under which a processor's figures are kept: a given one, or its own.
 *
 * @throws {RangeError} if figures of another processor have the name
 */
export function machineName({ machines }: BenchResults, processor: Processor, given?: string): string {
  const name = given ?? processorName(processor);
  const known = Object.hasOwn(machines, name) ? machines[name].processor : undefined;
  if (known === undefined) return name;
  const others = differences(known, processor);
  if (others.length > 0) {
    throw new RangeError(
      `Cannot write figures of this machine as "${name}" must be the same processor: got ${others.join("; ")}. ` +
        "Name this machine with --machine NAME",
    );
  }
  return name;
}

/** Adds a section to a machine, or replaces the one that it has. */
export function withSection(
  { machines }: BenchResults,
  machine: string,
  processor: Processor,
  [key, section]: readonly [key: string, section: SectionResult],
): BenchResults {
  machineName({ machines }, processor, machine);
  const sections = { ...machines[machine]?.sections, [key]: section };
  return { machines: { ...machines, [machine]: { processor, sections } } };
}

/** Facts in which a processor is not the known one, in words. */
function differences(known: Processor, processor: Processor): string[] {
  const facts = Object.keys(processor) as (keyof Processor)[];
  const text = (fact: Processor[keyof Processor]) => Array.isArray(fact) ? fact.join(" ") : String(fact ?? "unknown");
  return facts.filter((fact) => text(known[fact]) !== text(processor[fact]))
    .map((fact) => `${fact} ${text(processor[fact])} where it has ${text(known[fact])}`);
}
