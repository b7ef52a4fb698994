import assert from "node:assert/strict";
import { type Dice, diceOf } from "../fuzz/dice.ts";
import { differentFiles, readResults } from "./read_results.ts";
import { cellsThat, REAL_SWEEP, runSweep, type SweepProcess } from "./sweep_process.ts";

/** Sum of what kills did. */
interface KillReport {
  readonly kills: number;
  /** Kills before the first cell of a process had begun. */
  readonly early: number;
  /** Sweeps that came to their end, each with the results of one that nothing disturbed. */
  readonly sweeps: number;
  readonly cells: number;
}

/** Output directory, and the number of cells of sweep.yaml. */
const [OUT, CELLS] = ["out", 30];
/** Milliseconds after a line, and after the start of a process that is killed before its first line. */
const [AFTER, BEFORE] = [250, 1500];
/** Lines that a process says at most, beyond those about stored cells: two a cell. */
const MOST_LINES = 9;

/**
 * Kills processes of a sweep of the embedded model at random moments, under a clock that jumps, and goes on in the same
 * directory, until each sweep is done. No cell that was stored may be computed again, and the results must be those of
 * a sweep that nothing disturbed, to the byte.
 *
 * @param directory in which the sweeps write; removed by the caller
 * @param onSweep called when a sweep is done
 */
export async function killSweeps(
  kills: number,
  directory: string,
  seed = 1,
  onSweep: (report: KillReport) => void = () => {},
): Promise<KillReport> {
  const place = async (name: string) => {
    await Deno.mkdir(`${directory}/${name}`);
    return `${directory}/${name}`;
  };
  const undisturbed = await place("whole");
  const whole = await runSweep({ script: REAL_SWEEP, args: [OUT], cwd: undisturbed });
  assert.equal(whole.code, 0, whole.errors);
  const expected = await readResults(`${undisturbed}/${OUT}`);
  assert.equal(Object.keys(expected).filter((name) => name.startsWith("cells/")).length, CELLS);
  const dice = diceOf("kills", seed, 0);
  let report: KillReport = { kills: 0, early: 0, sweeps: 0, cells: 0 };
  while (report.kills < kills) {
    const cwd = await place(String(report.sweeps));
    const computed: string[] = [];
    let stored = 0;
    for (let done = false; !done;) {
      const doomed = report.kills < kills;
      const args = [OUT, String(1 + dice.below(1e9))];
      const doom = doomed ? momentOf(stored, dice) : undefined;
      const end = await runSweep({ script: REAL_SWEEP, args, cwd, doom });
      computed.push(...cellsThat("computed", end));
      stored = Math.max(stored, cellsThat("stored", end).length + cellsThat("computed", end).length);
      assert.deepEqual(cellsThat("failed", end), []);
      assert.ok(end.killed || end.code === 0, end.errors);
      done = !end.killed;
      const early = end.lines.length === 0 ? 1 : 0;
      if (end.killed) report = { ...report, kills: report.kills + 1, early: report.early + early };
    }
    assert.equal(new Set(computed).size, computed.length, "no stored cell is computed again");
    assert.deepEqual(differentFiles(await readResults(`${cwd}/${OUT}`), expected), []);
    await Deno.remove(cwd, { recursive: true });
    report = { ...report, sweeps: report.sweeps + 1, cells: report.cells + computed.length };
    onSweep(report);
  }
  return report;
}

/** Chooses a moment: once in four before the first cell, else among those that are to be computed. */
function momentOf(stored: number, dice: Dice): NonNullable<SweepProcess["doom"]> {
  if (dice.oneIn(4)) return { lines: 0, milliseconds: dice.below(BEFORE) };
  return { lines: 2 * stored + dice.below(MOST_LINES), milliseconds: dice.below(AFTER) };
}
