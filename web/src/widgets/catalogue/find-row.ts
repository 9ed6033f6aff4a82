/**
 * Where the row with this number stands, else the nearest before it. Numbers grow with the place but have gaps where rows
 * were deleted or do not match a search; each look fetches at most one window.
 */
export async function findRow(
  wanted: number,
  total: number,
  numberAt: (index: number) => Promise<number | undefined>,
): Promise<number> {
  let low = 0;
  let high = total - 1;
  // Without gaps the first guess is right.
  let at = Math.min(high, Math.max(low, wanted - ((await numberAt(0)) ?? 1)));
  while (low < high) {
    const number = await numberAt(at);
    if (number === undefined || number === wanted) return at;
    if (number < wanted) low = at;
    else high = Math.max(low, at - 1);
    at = Math.ceil((low + high) / 2);
    // Only the two ends of the stretch are left: the upper one when it is not beyond what is wanted.
    if (high - low === 1) return ((await numberAt(high)) ?? Number.POSITIVE_INFINITY) <= wanted ? high : low;
  }
  return low;
}
