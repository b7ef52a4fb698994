import { posix } from "node:path";

/** An import or a re-export of another file. */
interface Import {
  /** Path of the imported file, from the root. */
  readonly target: string;
  /** Names that are taken; null where it is the whole module. */
  readonly names: readonly string[] | null;
}

const STATIC = /^(?:import|export)\s(?:type\s)?\s*(?:(\*|\w+|)[^"{;]*)(?:\{([^}]*)\}\s*)?(?:from\s*)?"(\.[^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*"(\.[^"]+)"\s*\)/g;

/** Finds the relative imports of a file: static, dynamic and of types. */
export function importsOf(path: string, text: string): Import[] {
  const at = (specifier: string) => posix.join(posix.dirname(path), specifier);
  const named = [...text.matchAll(STATIC)].map(([, whole, list, specifier]) => ({
    target: at(specifier),
    names: whole === "*" || list === undefined ? null : namesOf(list),
  }));
  // The names are taken from the module elsewhere, perhaps out of an array of modules: any word of the file may be one.
  const words = [...new Set(text.match(/[A-Za-z_$][\w$]*/g))];
  const dynamic = [...text.matchAll(DYNAMIC)].map(([, specifier]) => ({ target: at(specifier), names: words }));
  return [...named, ...dynamic];
}

/** Finds the names that a file exports, those of other files that it passes on included. */
export function exportsOf(text: string): string[] {
  const declared = text.matchAll(
    /^export (?:abstract |async |declare )*(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm,
  );
  const passedOn = text.matchAll(/^export (?:type )?\{([^}]*)\}/gm);
  return [
    ...new Set([...[...declared].map(([, name]) => name), ...[...passedOn].flatMap(([, list]) => givenNames(list))]),
  ];
}

/** The names before `as` of "a, type b as c". */
function namesOf(list: string): string[] {
  return clauses(list).map((clause) => clause.split(" as ")[0]);
}

/** The names after `as` of "a, type b as c". */
function givenNames(list: string): string[] {
  return clauses(list).map((clause) => clause.split(" as ").at(-1)!);
}

function clauses(list: string): string[] {
  const withoutComments = list.replaceAll(/\/\/.*$/gm, "");
  return withoutComments.split(",").map((clause) => clause.trim().replace(/^type\s+/, "")).filter((name) =>
    name !== ""
  );
}
