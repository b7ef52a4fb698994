import type { Figure } from "./figure.ts";

/** Figures of a section, and the circumstances of its run. */
export interface SectionResult {
  readonly title: string;
  readonly command: string;
  /** Start of the run, UTC. */
  readonly began: string;
  readonly seconds: number;
  readonly commit: string;
  /** Load average at the start; above 0 if something else used the machine. */
  readonly load: number;
  readonly failure: string | null;
  readonly figures: readonly Figure[];
}

/** Content of results.json. */
export interface BenchResults {
  readonly machine: Readonly<Record<string, string>>;
  readonly sections: Readonly<Record<string, SectionResult>>;
}
