import * as vega from "npm:vega@6";
import { compile, type TopLevelSpec } from "npm:vega-lite@6";
import { FONT_FAMILY, plotFont } from "./font.ts";
import { missingGlyphs, uncoveredCharacters } from "./missing_glyphs.ts";

/** Twice the nominal size: sharp at a paper's column width. */
const PNG_ZOOM = 2;

/** Fields of a text item that Vega lays out. */
interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
  /** Wider texts are cut, in pixels; 0 for none. */
  readonly limit?: number;
}

// There is no canvas here, and Vega's own estimate of 0.8 em a character is half again too wide: the advance widths
// of the font that resvg draws with are exact. Vega's types leave the hook out.
(vega as unknown as { textMetrics: { width: (item: TextItem, text: unknown) => number } }).textMetrics.width = (
  item,
  text,
) => {
  const bold = item.fontWeight === "bold" || Number(item.fontWeight) >= 600;
  const width = plotFont(bold).metrics.width(String(text ?? "").trim()) * (item.fontSize ?? 11);
  return item.limit ? Math.min(item.limit, width) : width;
};

/** A Vega-Lite specification as SVG text. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: "none", logLevel: vega.Error });
  try {
    await view.runAsync();
    // Gradients and clips are numbered over the process: from 0 in each plot, the same plot gives the same bytes.
    vega.resetSVGDefIds();
    return await view.toSVG() + "\n";
  } finally {
    view.finalize();
  }
}

/**
 * An SVG of ours as PNG bytes, drawn with the packaged font; fonts of the system fill in for missing glyphs.
 *
 * @param onHint is told which characters no font has
 */
export async function rasterize(svg: string, onHint?: (sentence: string) => void): Promise<Uint8Array> {
  // A native library, which asks for permissions as soon as it is loaded.
  const { Resvg } = await import("npm:@resvg/resvg-js@2");
  const uncovered = uncoveredCharacters(svg);
  const font = {
    fontFiles: [plotFont(false).path, plotFont(true).path],
    defaultFontFamily: FONT_FAMILY,
    sansSerifFamily: FONT_FAMILY,
    loadSystemFonts: uncovered.length > 0,
  };
  const draw = (text: string, zoom: number) =>
    new Resvg(text, { fitTo: { mode: "zoom", value: zoom }, background: "white", font }).render();
  if (onHint !== undefined) {
    const missing = missingGlyphs(uncovered, (sheet) => draw(sheet, 1));
    if (missing.length > 0) onHint(missingText(missing));
  }
  return new Uint8Array(draw(svg, PNG_ZOOM).asPng());
}

/** Characters that a hint names. */
const NAMED = 12;

function missingText(missing: readonly string[]): string {
  const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : "";
  return `No font here has ${
    missing.slice(0, NAMED).join(" ")
  }${more}: the PNG shows boxes in their places. Install a ` +
    "font that has them, such as Noto, or take an SVG.";
}
