import * as vega from "npm:vega@6";
import { compile, type TopLevelSpec } from "npm:vega-lite@6";
import { FONT_FAMILY, plotFont } from "./font.ts";

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

/** An SVG of ours as PNG bytes, drawn with the packaged font; fonts of the system only fill in for missing glyphs. */
export async function rasterize(svg: string): Promise<Uint8Array> {
  // A native library, which asks for permissions as soon as it is loaded.
  const { Resvg } = await import("npm:@resvg/resvg-js@2");
  const resvg = new Resvg(svg, {
    fitTo: { mode: "zoom", value: PNG_ZOOM },
    background: "white",
    font: {
      fontFiles: [plotFont(false).path, plotFont(true).path],
      defaultFontFamily: FONT_FAMILY,
      sansSerifFamily: FONT_FAMILY,
      loadSystemFonts: !isCovered(svg),
    },
  });
  return new Uint8Array(resvg.render().asPng());
}

function isCovered(text: string): boolean {
  const { metrics } = plotFont(false);
  return Array.from(text).every((character) => character < " " || metrics.has(character.codePointAt(0)!));
}
