import type { AdaptiveRound } from "../attribution/adaptive.ts";
import type { LoadOptions } from "../model/model.ts";
import { percentText } from "../report/text/number_text.ts";
import { escapeHtml } from "../report/text/escape_html.ts";
import { durationText } from "../time/time_text.ts";
import { startStopwatch } from "../time/stopwatch.ts";
import type { AttributionRecord } from "../explain/record/record.ts";
import { completenessText } from "../report/words/completeness_text.ts";
import type { ManyProgress } from "./attribute_many.ts";

/** Seconds between two updates: a notebook keeps every one that it is sent. */
const PAUSE = 0.1;

/** Listeners that show progress in one place of a notebook. */
export interface NotebookProgress {
  /** For `loadModel`: the weights that are loaded. */
  readonly onLoad: NonNullable<LoadOptions["onLoad"]>;
  /** For `loadModel`: a file that is downloaded. */
  readonly onDownload: NonNullable<LoadOptions["onDownload"]>;
  /** For `attribute`: the rounds of an adaptive quadrature. */
  readonly onRound: (round: AdaptiveRound) => void;
  /** For `attribute`: its end. */
  readonly onEnd: (record: AttributionRecord) => void;
  /** For `attributeMany`: the texts, and nothing of each. */
  readonly onProgress: (progress: ManyProgress) => void;
}

/** A state to show. */
interface Shown {
  /** From 0 to 1; null if the end is not known. */
  readonly share: number | null;
  readonly text: string;
}

/** Shows forms of a value at a place of the notebook, instead of what stands there if it is an update. */
export type Display = (forms: Record<string, string>, isUpdate: boolean) => void;

/**
 * Makes listeners that show progress in a notebook, below its cell and in place. Elsewhere they show nothing.
 *
 * @param display shows it; Jupyter's if left out
 */
export function notebookProgress(display: Display | null = jupyterDisplay()): NotebookProgress {
  const seconds = startStopwatch();
  let last = -Infinity;
  let hasTexts = false;
  const show = ({ share, text }: Shown, isEnd: boolean) => {
    if (display === null || !isEnd && seconds() - last < PAUSE) return;
    const isUpdate = last !== -Infinity;
    last = seconds();
    const bar = share === null ? "<progress></progress>" : `<progress value="${share}"></progress>`;
    display({ "text/plain": text, "text/html": `${bar} ${escapeHtml(text)}` }, isUpdate);
  };
  return {
    onLoad: (share) => show({ share, text: `${percentText(share)} of the weights` }, share === 1),
    onDownload: ({ file, bytes, total, state }) =>
      show({ share: total === null ? null : bytes / total, text: `${file}, ${state}` }, state === "done"),
    onRound({ points, certificate, tolerance }) {
      if (hasTexts) return;
      const text = `${points} path points, κ ${percentText(certificate)}, to reach ${percentText(tolerance)}`;
      show({ share: null, text }, false);
    },
    onEnd(record) {
      if (!hasTexts) {
        show({ share: 1, text: `${completenessText(record)}, ${durationText(record.cost.seconds)}` }, true);
      }
    },
    onProgress(progress) {
      hasTexts = true;
      show(ofTexts(progress, seconds()), progress.done === 0 || progress.done === progress.total);
    },
  };
}

function ofTexts({ done, failed, total }: ManyProgress, seconds: number): Shown {
  const failures = failed === 0 ? "" : `, ${failed} failed`;
  const goesOn = total !== null && done > 0 && done < total;
  const time = goesOn ? `${durationText(seconds * (total - done) / done)} left` : durationText(seconds);
  const count = total === null ? `${done} texts` : `${done} of ${total} texts`;
  return { share: total === null ? null : total === 0 ? 1 : done / total, text: `${count}${failures}, ${time}` };
}

/** Null outside of Jupyter. */
function jupyterDisplay(): Display | null {
  const jupyter = jupyterOf();
  if (jupyter === null) return null;
  const id = crypto.randomUUID();
  // An update that comes too late, as the notebook is closed, is of no use to anybody.
  return (forms, update) => void jupyter.display(forms, { raw: true, display_id: id, update }).catch(() => {});
}

/** The part of `Deno.jupyter` that is used; not every library of types has it. */
interface Jupyter {
  display(
    forms: Record<string, string>,
    options: { readonly raw: true; readonly display_id: string; readonly update: boolean },
  ): Promise<void>;
}

function jupyterOf(): Jupyter | null {
  try {
    return (Deno as unknown as { readonly jupyter?: Jupyter }).jupyter ?? null;
  } catch {
    // Deno refuses to name it outside of its kernel.
    return null;
  }
}
