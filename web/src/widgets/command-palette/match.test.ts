import { describe, expect, it } from "vitest";
import { best, rank } from "./match";

describe("rank", () => {
  it("puts the beginning of a text before that of a word, and that before the middle", () => {
    expect([rank("Calendar", "cal"), rank("Show the calendar", "cal"), rank("Local", "cal")]).toEqual([0, 1, 2]);
  });
  it("wants every word, in any order, whatever the case and the marks", () => {
    expect(rank("Día siguiente", "SIG dia")).not.toBeNull();
    expect(rank("Следующий день", "день след")).not.toBeNull();
    expect(rank("Month", "month year")).toBeNull();
  });
});

describe("best", () => {
  it("keeps the order when nothing is typed", () => expect(best(["b", "a"], " ", String)).toEqual(["b", "a"]));
  it("sorts by rank", () => expect(best(["Local", "Calendar"], "cal", String)).toEqual(["Calendar", "Local"]));
});
