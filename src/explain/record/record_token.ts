/** One prompt or target token of a record. */
export interface RecordToken {
  /** Token id. */
  readonly id: number;
  /** Readable text; a leading space is kept. */
  readonly text: string;
  /**
   * UTF-16 offset of its first character in the prompt's or target's text; −1 if it holds none of it or that is
   * unknown.
   */
  readonly start?: number;
  /** Offset behind its last character; −1 as `start`. */
  readonly end?: number;
}
