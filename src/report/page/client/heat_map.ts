/// <reference lib="dom" />
import type { VNode } from "npm:preact@10";
import { useEffect, useRef, useState } from "npm:preact@10/hooks";
import { visibleText } from "../../text/visible_token.ts";
import { drawMap, layoutMap, type MapCell } from "./draw_map.ts";
import { html } from "./html.ts";

/** A map of signed values that is pointed at, and walked by the arrow keys. */
interface HeatMapProps {
  readonly name: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly values: readonly (readonly number[])[];
  readonly idle?: ReadonlySet<number>;
  /** The value of the strongest colour. */
  readonly scale: number;
  /** Row and column that are marked; null for none. */
  readonly row: number | null;
  readonly column: number | null;
  readonly onPoint: (cell: MapCell | null) => void;
  readonly onHold?: (cell: MapCell) => void;
}

/** Draws a map on a canvas, as fine as its cells have room. */
export function HeatMap(props: HeatMapProps): VNode {
  const { name, rows, columns, row, column, onPoint, onHold } = props;
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(() => setWidth(frame.current!.clientWidth));
    observer.observe(frame.current!);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => setTheme((count) => count + 1);
    dark.addEventListener("change", redraw);
    document.addEventListener("themechange", redraw);
    return () => {
      observer.disconnect();
      dark.removeEventListener("change", redraw);
      document.removeEventListener("themechange", redraw);
    };
  }, []);
  const labels = { rows: rows.map(visibleText), columns: columns.map(visibleText) };
  const layout = layoutMap(labels, width);
  useEffect(() => {
    if (width > 0) drawMap(canvas.current!, layout, { ...props, ...labels });
  }, [width, theme, row, column, props.values, props.scale]);
  const cellAt = (event: MouseEvent): MapCell | null => {
    const box = canvas.current!.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - layout.left, event.clientY - box.top - layout.top];
    const cell = { row: Math.floor(y / layout.high), column: Math.floor(x / layout.wide) };
    const inside = x >= 0 && y >= 0 && cell.row < rows.length && cell.column < columns.length;
    return inside ? cell : null;
  };
  const onKey = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const at = { row: row ?? 0, column: column ?? 0 };
    if (step !== undefined) {
      const within = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
      onPoint({ row: within(at.row + step[0], rows.length), column: within(at.column + step[1], columns.length) });
    } else if (event.key === "Enter" || event.key === " ") onHold?.(at);
    else if (event.key === "Escape") onPoint(null);
    else return;
    event.preventDefault();
  };
  return html`
    <div class="map" ref=${frame}>
      <canvas ref=${canvas} tabindex="0" role="img"
        aria-label=${`${name}: ${rows.length} rows, ${columns.length} columns; arrow keys move, Enter holds`}
        onPointerMove=${(event: MouseEvent) => onPoint(cellAt(event))} onPointerLeave=${() => onPoint(null)}
        onClick=${(event: MouseEvent) => {
          const cell = cellAt(event);
          if (cell !== null) onHold?.(cell);
        }} onKeyDown=${onKey}></canvas>
    </div>
  `;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
