import { describe, expect, it } from "vitest";
import { filterOf } from "./conversation-list";

const of = (query: string, search = "") => filterOf(new URLSearchParams(query), search);

describe("filterOf", () => {
  it("shows open conversations first", () => expect(of("")).toEqual({ status: "OPEN" }));
  it("joins view, channel and search", () =>
    expect(of("view=attention&channel=TELEGRAM", "rosas")).toEqual({
      status: "OPEN",
      needsAttention: true,
      channelKind: "TELEGRAM",
      search: "rosas",
    }));
  it("ignores what is no view and no channel", () => expect(of("view=all&channel=FAX")).toEqual({ status: "OPEN" }));
});
