/** Letters without their marks, in lower case. */
function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * How well a text answers what was typed, the lower the better; null when a typed word is not in it.
 * Words count at the beginning of a word before they count within one.
 */
export function rank(text: string, typed: string): number | null {
  const folded = fold(text);
  let worst = 0;
  for (const word of fold(typed).split(/\s+/).filter(Boolean)) {
    const at = folded.indexOf(word);
    if (at < 0) return null;
    const starts = at === 0 || folded.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word));
    worst = Math.max(worst, at === 0 ? 0 : starts ? 1 : 2);
  }
  return worst;
}

/** Those that answer what was typed, the best first; all of them, as they stand, when nothing was typed. */
export function best<Item>(items: readonly Item[], typed: string, textOf: (item: Item) => string): Item[] {
  return items
    .map((item, at) => ({ item, at, rank: rank(textOf(item), typed) }))
    .filter((one) => one.rank !== null)
    .sort((left, right) => (left.rank ?? 0) - (right.rank ?? 0) || left.at - right.at)
    .map((one) => one.item);
}
