import { describe, expect, it } from "vitest";
import { inOrder } from "./use-thread";

const at = (id: string, second: number) => ({ id, createdAt: `2026-11-21T10:00:0${second}.000001Z` });

describe("the order of a talk", () => {
  it("turns the server's newest first into the order of reading, also within one moment", () => {
    expect(inOrder([at("c", 2), at("b", 1), at("a", 1)], []).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  it("keeps what was seen before and has left the page", () => {
    const fresh = [at("d", 4), at("c", 3)];
    expect(inOrder(fresh, [at("a", 1), at("b", 2), at("c", 3)]).map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
  });
});
