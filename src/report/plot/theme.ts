import type { Config } from "npm:vega-lite@6";
import { FONT_STACK } from "./font.ts";

/**
 * Blue raises the score, orange lowers it: told apart with every common colour blindness, and the two ends of Vega's
 * diverging scheme `blueorange`.
 */
export const POSITIVE = "#2b7bba";
export const NEGATIVE = "#d8720f";
/** Labels of frozen tokens, and the column behind them. */
export const FROZEN = "#9a9a9a";
export const FROZEN_COLUMN = "#e8e8e8";
export const INK = "#1a1a1a";

/** From most negative through white to most positive, equally spaced in lightness on both sides. */
export const DIVERGING = [
  "#7f3b08",
  "#c96a11",
  "#f0a95a",
  "#fadbb5",
  "#ffffff",
  "#c6dcee",
  "#7fb2d9",
  "#3478b4",
  "#0d3f73",
];

/** Okabe and Ito's palette without yellow, then two more: lines told apart with every common colour blindness. */
export const CATEGORIES = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#1a1a1a"];

/** Fonts, colours and spacing of all plots. */
const THEME: Config = {
  background: "white",
  font: FONT_STACK,
  padding: 12,
  title: {
    anchor: "start",
    fontSize: 13,
    fontWeight: "bold",
    color: INK,
    subtitleFontSize: 11,
    subtitleColor: "#4d4d4d",
    offset: 12,
    subtitlePadding: 5,
    frame: "bounds",
  },
  axis: {
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    labelColor: INK,
    titleColor: INK,
    gridColor: "#e6e6e6",
    domainColor: "#808080",
    tickColor: "#808080",
  },
  legend: { labelFontSize: 11, titleFontSize: 11, titleFontWeight: "normal", labelColor: INK, titleColor: INK },
  header: { labelFontSize: 11, titleFontSize: 11, labelColor: INK, titleColor: INK },
  view: { stroke: null },
};

/** Start of every plot's specification. */
export const PLOT_BASE = { $schema: "https://vega.github.io/schema/vega-lite/v6.json", config: THEME } as const;
