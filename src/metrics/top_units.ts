/**
 * Returns the membership of each value in the k largest, [n], summing to k: 1 or 0; equal values at the border share
 * the places that are left.
 *
 * @throws {RangeError} if k is not 1 … n
 */
export function membershipOfTop(values: ArrayLike<number>, k: number): Float64Array {
  if (!(Number.isInteger(k) && k >= 1 && k <= values.length)) {
    throw new RangeError(`Cannot take the top units as k must be 1 … ${values.length}: got ${k}`);
  }
  const border = Float64Array.from(values).sort()[values.length - k];
  let [above, equal] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (values[i] > border) above++;
    else if (values[i] === border) equal++;
  }
  return Float64Array.from(
    { length: values.length },
    (_, i) => values[i] > border ? 1 : values[i] === border ? (k - above) / equal : 0,
  );
}
