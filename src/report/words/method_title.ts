import { findMethod } from "../../explain/methods/method_table.ts";

/** Title of a method; of one that this version does not know, its name: `Integrated gradients`. */
export function methodTitle(name: string): string {
  return findMethod(name)?.title ?? sentenceCase(name.replaceAll("-", " "));
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
