import type { Dice } from "./dice.ts";

/** Files of a case by name. */
export type Files = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

/** Input of a case. */
export interface FuzzInput {
  readonly files: Files;
  /** True if it means what the input that it was made of means, which must be taken, then. */
  readonly sound: boolean;
}

/** A kind of hostile input. */
export interface FuzzArea {
  /** Inputs that nobody has changed. */
  readonly originals: readonly Files[];
  /** Makes the input of a case. */
  make(dice: Dice): FuzzInput;
  /**
   * Feeds the program with files that lie in a directory, and holds what it makes of them against an account of its
   * own. Errors of the program pass, to be judged.
   *
   * @throws {Finding} if the program takes a lie
   */
  feed(directory: string, input: FuzzInput): Promise<void>;
  /** Names of which an error must say one; a part of its text is enough. */
  readonly subjects: readonly string[];
  /** Ends what was started for all cases. */
  close?(): Promise<void>;
}

/** A fault of the program, in a sentence. */
export class Finding extends Error {
  override readonly name = "Finding";
}

/** @throws {Finding} if a condition does not hold */
export function hold(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Finding(what);
}

/** Bytes of a text. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Text of bytes, wrong ones as U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
