/** A matrix. */
type Matrix = readonly (readonly number[])[];

/** Prompt and target as they are drawn: pieces, each of one token or of those that share a character. */
export interface PageText {
  readonly prompt: readonly string[];
  readonly target: readonly string[];
  /** Pieces of the prompt that a template added or that are frozen. */
  readonly frozen: readonly number[];
  /** Numbers of tokens of pieces that have more than one, by piece. */
  readonly joined: Readonly<Record<string, number>>;
}

/** A target token or unit: its score, and what is known of its error. */
export interface PageScore {
  readonly input: number;
  readonly baseline: number | null;
  readonly delta: number | null;
  readonly certificate: number | null;
}

/** Attributions in one division of the texts: columns of the prompt, rows of the target. */
export interface PageLevel {
  /** Texts of columns and rows; null if they are the pieces. */
  readonly columns: readonly string[] | null;
  readonly rows: readonly string[] | null;
  /** The column of each piece of the prompt, and the row of each of the target; null if they are the pieces. */
  readonly columnOf: readonly number[] | null;
  readonly rowOf: readonly number[] | null;
  /** Columns that nothing is attributed to. */
  readonly idle: readonly number[];
  readonly sequence: readonly number[];
  readonly errors: readonly number[] | null;
  readonly scores: readonly PageScore[];
  readonly matrix: Matrix | null;
  readonly entryErrors: Matrix | null;
  /** Shares of the target's own pieces, if these moved: of the sequence, and of each row. */
  readonly prefix: { readonly sequence: readonly number[]; readonly matrix: Matrix | null } | null;
}

/** A table of texts. */
export interface PageTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Conductance of each part of the network. */
export interface PageInside {
  readonly firstLayer: number;
  readonly parts: readonly string[];
  /** [layers][parts], the residual stream left out */
  readonly sums: readonly (readonly number[])[];
  readonly positions: readonly string[];
  /** [layers][positions] of the residual stream */
  readonly stream: Matrix;
  readonly note: string;
}

/** Chains through the target to the answer. */
export interface PageChains {
  readonly title: string;
  /** Pieces of the target that are the answer. */
  readonly answer: readonly number[];
  /** Share of the chains that pass each piece of the target; null outside spans. */
  readonly reach: readonly (number | null)[];
  /** The span of each piece of the target; null outside. */
  readonly spanOf: readonly (number | null)[];
  readonly ways: readonly {
    readonly label: string;
    readonly text: string | null;
    readonly reach: number | null;
    /** By piece of the prompt. */
    readonly values: readonly number[];
  }[];
  readonly spans: PageTable;
}

/** Documents that a prompt is about, and the target tokens that depend on them. */
export interface PageContext {
  readonly title: string;
  /** Divergence of each piece of the target with the documents from without, and the one that it is. */
  readonly dependence: readonly number[];
  readonly by: string;
  /** Each piece of the target as the model would rather write it without the documents. */
  readonly without: readonly string[];
  /** Pieces of the target that depend on the documents, one for each row of `attribution`. */
  readonly dependent: readonly number[];
  readonly documents: readonly { readonly name: string; readonly parts: readonly number[] }[];
  /** Texts of the parts. */
  readonly parts: readonly string[];
  /** Attribution of the parts: of the sequence, and of the dependent pieces or the target; null if there is none. */
  readonly sequence: readonly number[];
  readonly attribution: Matrix | null;
  readonly table: PageTable;
}

/** A curve of a metric, the mean of random orders, and their deviation. */
export interface PageCurve {
  readonly title: string;
  readonly counts: readonly number[];
  readonly scores: readonly number[];
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** All that the page shows of one attribution. */
export interface PageCell {
  readonly title: string;
  readonly model: string;
  /** Sum, gap, error and certificate in words. */
  readonly errors: string;
  readonly unit: string;
  /** 1, or −1 if what supports the target is negative; 0 if attributions are sizes without a sign. */
  readonly sign: 1 | -1 | 0;
  readonly certificate: { readonly value: number | null; readonly met: boolean | null } | null;
  readonly advice: readonly string[];
  /** Position of its `PageText`. */
  readonly text: number;
  readonly tokens: PageLevel;
  readonly units: PageLevel | null;
  /** True if a matrix was left out, as the page would be too large. */
  readonly isCut: boolean;
  readonly inside: PageInside | null;
  readonly chains: PageChains | null;
  readonly context: PageContext | null;
  readonly metrics: PageTable | null;
  readonly curves: readonly PageCurve[];
  /** Options, model, device and cost, by name. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** A column of the table of cells. Texts are numbered, as most occur often. */
export type PageColumn =
  | {
    readonly kind: "text";
    readonly name: string;
    readonly words: readonly string[];
    readonly at: readonly number[];
    /** True if it is part of what a cell was asked for, not of what was found. */
    readonly isSetting: boolean;
  }
  | {
    readonly kind: "number" | "share";
    readonly name: string;
    readonly values: readonly (number | null)[];
  };

/** Index of a page: its cells stand compressed, one after another, in another element. */
export interface PageIndex {
  readonly title: string;
  readonly ids: readonly string[];
  /** Columns of the table; none for a page of one record. */
  readonly columns: readonly PageColumn[];
  /** Cell that is shown first. */
  readonly first: number;
  /** Numbers of characters of the compressed texts, then of the cells. */
  readonly texts: readonly number[];
  readonly cells: readonly number[];
  /** Cells with the same text, by which two may be subtracted: the text of each cell. */
  readonly textOf: readonly number[];
}
