/** A cell of the grid by its place. */
export type Place = { row: number; column: number };
/** A rectangle of cells, its edges included. */
export type Range = { top: number; bottom: number; left: number; right: number };

/** The rectangle between two cells. */
export function rangeOf(anchor: Place, active: Place): Range {
  return {
    top: Math.min(anchor.row, active.row),
    bottom: Math.max(anchor.row, active.row),
    left: Math.min(anchor.column, active.column),
    right: Math.max(anchor.column, active.column),
  };
}

export function sizeOf(range: Range): { rows: number; columns: number; cells: number } {
  const rows = range.bottom - range.top + 1;
  const columns = range.right - range.left + 1;
  return { rows, columns, cells: rows * columns };
}

/**
 * Reads what a spreadsheet puts on the clipboard: rows by lines, cells by tabs; a cell with tabs, line ends or quotes in
 * it stands in quotes, and quotes in it are doubled. The line end after the last row is no row.
 */
export function readBlock(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let at = 0;
  const source = text.replace(/\r\n?/g, "\n");
  while (at < source.length) {
    const character = source[at];
    if (character === '"' && cell === "") {
      const end = quoteEnd(source, at + 1);
      // A quote that nothing closes is a letter like others: 12" pipe.
      if (end > 0) {
        cell = source.slice(at + 1, end).replaceAll('""', '"');
        at = end + 1;
        continue;
      }
    }
    if (character === "\t") {
      row.push(cell);
      cell = "";
    } else if (character === "\n") {
      rows.push([...row, cell]);
      row = [];
      cell = "";
    } else cell += character;
    at++;
  }
  if (cell !== "" || row.length > 0) rows.push([...row, cell]);
  return rows;
}

/** Where the quote closes: before a tab, a line end or the end of the text; 0 when it does not. */
function quoteEnd(source: string, from: number): number {
  for (let at = from; at < source.length; at++) {
    if (source[at] !== '"') continue;
    if (source[at + 1] === '"') at++;
    else return at + 1 === source.length || /[\t\n]/.test(source[at + 1] ?? "") ? at : 0;
  }
  return 0;
}

/** Writes cells as a spreadsheet reads them. */
export function writeBlock(rows: readonly (readonly string[])[]): string {
  return rows
    .map((row) => row.map((cell) => (/[\t\n\r"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join("\t"))
    .join("\n");
}

/** What a block puts into which cell; one value fills all that is selected. Cells beyond the table are left out. */
export function spread(
  block: readonly (readonly string[])[],
  range: Range,
  rows: number,
  columns: number,
): { places: (Place & { value: string })[]; cut: boolean } {
  const only = block.length === 1 && block[0]?.length === 1 ? block[0][0] : undefined;
  const places: (Place & { value: string })[] = [];
  if (only !== undefined) {
    for (let row = range.top; row <= range.bottom; row++)
      for (let column = range.left; column <= range.right; column++) places.push({ row, column, value: only });
    return { places, cut: false };
  }
  let cut = false;
  for (const [down, line] of block.entries())
    for (const [across, value] of line.entries()) {
      const place = { row: range.top + down, column: range.left + across, value };
      if (place.row < rows && place.column < columns) places.push(place);
      else cut = true;
    }
  return { places, cut };
}
