import type { Agreement } from "../../../metrics/agreement.ts";

/** Agreement with null for measures that do not exist, such as the correlation of a constant. */
export type AgreementNumbers = { readonly [measure in keyof Agreement]: number | null };

/** Returns an agreement with null in place of NaN. */
export function agreementNumbers(found: Agreement): AgreementNumbers {
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [name, finiteOrNull(value)]),
  ) as AgreementNumbers;
}

/** Returns a number, or null if it is not finite. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
