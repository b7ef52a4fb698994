import type { CallArguments, Expression } from "./nodes.ts";
import type { TokenStream } from "./token_stream.ts";

/** Parses one expression. */
type Parse = (stream: TokenStream) => Expression;

/** Parses the items of a list, behind its bracket. */
export function parseItems(stream: TokenStream, parse: Parse): Expression[] {
  const items: Expression[] = [];
  while (!stream.is("operator", "]")) {
    if (items.length > 0) stream.expect("operator", ",");
    if (stream.is("operator", "]")) break;
    items.push(parse(stream));
  }
  stream.expect("operator", "]");
  return items;
}

/** Parses the entries of a dict, behind its bracket. */
export function parsePairs(stream: TokenStream, parse: Parse): [Expression, Expression][] {
  const pairs: [Expression, Expression][] = [];
  while (!stream.is("operator", "}")) {
    if (pairs.length > 0) stream.expect("operator", ",");
    if (stream.is("operator", "}")) break;
    const key = parse(stream);
    stream.expect("operator", ":");
    pairs.push([key, parse(stream)]);
  }
  stream.expect("operator", "}");
  return pairs;
}

/** Parses the arguments of a call, brackets included. */
export function parseArguments(stream: TokenStream, parse: Parse): CallArguments {
  const { line } = stream.expect("operator", "(");
  const positional: Expression[] = [];
  const named: [string, Expression][] = [];
  let spread: Expression | null = null;
  let spreadNamed: Expression | null = null;
  const ensure = (holds: boolean) => {
    if (!holds) throw stream.fail("invalid syntax for function call expression", line);
  };
  for (let first = true; !stream.is("operator", ")"); first = false) {
    if (!first) stream.expect("operator", ",");
    if (stream.is("operator", ")")) break;
    if (stream.skip("operator", "*")) {
      ensure(spread === null && spreadNamed === null);
      spread = parse(stream);
    } else if (stream.skip("operator", "**")) {
      ensure(spreadNamed === null);
      spreadNamed = parse(stream);
    } else if (stream.is("name") && stream.following.type === "operator" && stream.following.text === "=") {
      ensure(spreadNamed === null);
      const name = stream.next().text;
      stream.next();
      ensure(!named.some(([other]) => other === name));
      named.push([name, parse(stream)]);
    } else {
      ensure(spread === null && spreadNamed === null && named.length === 0);
      positional.push(parse(stream));
    }
  }
  stream.expect("operator", ")");
  return { positional, named, spread, spreadNamed };
}

/** Parses the name of a filter or test. */
export function dottedName(stream: TokenStream): string {
  let name = stream.expect("name").text;
  while (stream.skip("operator", ".")) name += `.${stream.expect("name").text}`;
  return name;
}
