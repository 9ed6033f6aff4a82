import { describe, expect, it } from "vitest";
import { readBoot } from "./boot";
import { formatters } from "./format";
import { linkify } from "./linkify";
import { oneOf } from "./use-url-state";
import { newId, uuidv7 } from "./uuid";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("formatters", () => {
  it("writes money as each language does, as the assistant does", () => {
    expect(plain(formatters("es").money({ amount: "175.50", currency: "EUR" }))).toBe("175,50 €");
    expect(plain(formatters("ru").money({ amount: "158.00", currency: "EUR" }))).toBe("158,00 €");
    expect(plain(formatters("kk").money({ amount: "12000.00", currency: "KZT" }))).toBe("12 000 ₸");
  });

  it("keeps the places of a decimal", () => {
    expect(formatters("es").decimal("0.0042")).toBe("0,0042");
    expect(formatters("kk").decimal("3.10")).toBe("3,10");
    expect(formatters("en").decimal("7")).toBe("7");
  });

  it("keeps an amount readable when the currency is no currency", () => {
    expect(formatters("en").money({ amount: "5.00", currency: "?" })).toBe("5.00 ?");
  });

  it("writes Kazakh dates, whatever the browser knows of the language", () => {
    const kk = formatters("kk");
    const at = "2026-12-01T21:05:00Z";
    expect(kk.dateTime(at, "Asia/Almaty")).toBe("2 жел., 02:05");
    expect(kk.date(at, "Europe/Madrid")).toBe("2026 ж. 1 жел.");
    expect(kk.day({ year: 2026, month: 12, day: 1 })).toBe("1 желтоқсан, сейсенбі");
    expect(kk.day({ year: 2026, month: 11, day: 15 }, { month: "long", year: "numeric" })).toBe("2026 ж. қараша");
    expect(kk.day({ year: 2026, month: 11, day: 30 }, { weekday: "short" })).toBe("дс");
    const now = Date.parse(at);
    expect(
      ["2026-12-01T21:04:50Z", "2026-12-01T20:35:00Z", "2026-11-30T21:05:00Z"].map((one) => kk.ago(one, now)),
    ).toEqual(["қазір", "30 мин. бұрын", "кеше"]);
  });

  it("tells times on the clock of the company", () => {
    expect(formatters("ru").time("2026-11-21T21:05:00Z", "Asia/Almaty")).toBe("02:05");
  });
});

describe("linkify", () => {
  it("leaves the full stop after a link outside of it", () => {
    expect(linkify("Pay: https://pay.example.com/o/7f3k. Thank you")).toEqual([
      { text: "Pay: " },
      { text: "https://pay.example.com/o/7f3k", href: "https://pay.example.com/o/7f3k" },
      { text: ". Thank you" },
    ]);
  });

  it("makes no link of a script", () => {
    expect(linkify("javascript:alert(1)")).toEqual([{ text: "javascript:alert(1)" }]);
  });
});

describe("uuidv7", () => {
  it("carries the time in front, so that ids sort by it", () => {
    const early = uuidv7(1_700_000_000_000);
    const late = uuidv7(1_700_000_000_001);
    expect(early < late).toBe(true);
    expect(early).toMatch(/^018bcfe5-6800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("names its kind", () => {
    expect(newId("message")).toMatch(/^message:[0-9a-f-]{36}$/);
  });
});

describe("boot", () => {
  const page = (text: string) =>
    new DOMParser().parseFromString(`<script type="application/json" id="boot">${text}</script>`, "text/html");
  it("reads what the server wrote", () => expect(readBoot(page('{"locale":"kk"}')).locale).toBe("kk"));
  it("works when the block is empty or broken", () => {
    expect(readBoot(page(""))).toEqual({});
    expect(readBoot(page("{"))).toEqual({});
    expect(readBoot(page("3"))).toEqual({});
  });
});

describe("filters in the address", () => {
  it("take only what is allowed", () => {
    expect(oneOf("PAID", ["PAID", "OPEN"])).toBe("PAID");
    expect(oneOf("'; drop", ["PAID", "OPEN"])).toBeUndefined();
    expect(oneOf(null, ["PAID"])).toBeUndefined();
  });
});
