import { describe, expect, it } from "vitest";
import { byRow } from "./use-edits";

describe("byRow", () => {
  it("puts the cells of a row together, in the order of the rows", () => {
    const cell = (index: number, column: string) => ({ index, column });
    expect(byRow([cell(7, "a"), cell(2, "a"), cell(7, "b")])).toEqual([[cell(2, "a")], [cell(7, "a"), cell(7, "b")]]);
  });
});
