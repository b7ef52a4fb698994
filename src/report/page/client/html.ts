import htm from "npm:htm@3";
import { type ComponentType, h, type VNode } from "npm:preact@10";

type Html = (strings: TemplateStringsArray, ...values: unknown[]) => VNode;

// The package's types say that its module is an object; it is the function.
const bound = (htm as unknown as { bind(make: unknown): Html }).bind(
  (type: string | ComponentType, props: null, ...children: VNode[]) => h(type as ComponentType, props, ...children),
);

/** Elements by their HTML: `<p class=${name}>${children}</p>`. Texts are texts; nothing is parsed as HTML. */
export const html: Html = bound;
