import { describe, expect, it } from "vitest";
import { rangeOf, readBlock, sizeOf, spread, writeBlock } from "./block";

describe("readBlock", () => {
  it("reads what Excel copies, its last line end left out", () =>
    expect(readBlock("a\tb\r\n1\t\r\n")).toEqual([
      ["a", "b"],
      ["1", ""],
    ]));
  it("keeps tabs, lines and quotes of quoted cells", () =>
    expect(readBlock('"two\nlines"\t"say ""hi"""\tplain')).toEqual([["two\nlines", 'say "hi"', "plain"]]));
  it("takes a quote that nothing closes for a letter", () => {
    expect(readBlock('12" pipe\tx')).toEqual([['12" pipe', "x"]]);
    expect(readBlock('"open\tx')).toEqual([['"open', "x"]]);
    expect(readBlock('"a" b\tx')).toEqual([['"a" b', "x"]]);
  });
  it("keeps empty rows within, and reads nothing from nothing", () => {
    expect(readBlock("a\n\nb")).toEqual([["a"], [""], ["b"]]);
    expect(readBlock("")).toEqual([]);
  });
  it("reads what it writes", () => {
    const cells = [
      ['5" "x"', "a\tb", ""],
      ["line\nline", '"', "z"],
    ];
    expect(readBlock(writeBlock(cells))).toEqual(cells);
  });
});

describe("spread", () => {
  const one = rangeOf({ row: 4, column: 2 }, { row: 2, column: 1 });
  it("begins at the first selected cell", () => {
    const { places, cut } = spread([["a", "b"], ["c"]], one, 100, 100);
    expect(places).toEqual([
      { row: 2, column: 1, value: "a" },
      { row: 2, column: 2, value: "b" },
      { row: 3, column: 1, value: "c" },
    ]);
    expect(cut).toBe(false);
  });
  it("fills the selection with a single value", () => {
    expect(sizeOf(one)).toEqual({ rows: 3, columns: 2, cells: 6 });
    expect(spread([["x"]], one, 100, 100).places).toHaveLength(6);
  });
  it("leaves out what lies beyond the table, and says so", () => {
    const { places, cut } = spread(
      [
        ["a", "b"],
        ["c", "d"],
      ],
      rangeOf({ row: 9, column: 1 }, { row: 9, column: 1 }),
      10,
      2,
    );
    expect(places).toEqual([{ row: 9, column: 1, value: "a" }]);
    expect(cut).toBe(true);
  });
});
