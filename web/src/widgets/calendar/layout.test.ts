import { describe, expect, it } from "vitest";
import { dayKey } from "@/shared/lib/zoned";
import { monthDays, placeDay } from "./layout";

const zone = "Europe/Madrid";
const day = { year: 2026, month: 11, day: 21 };
const at = (start: string, end: string) => ({ start: `2026-11-21T${start}:00Z`, end: `2026-11-21T${end}:00Z` });

describe("placeDay", () => {
  it("puts what overlaps side by side, and what does not at full width", () => {
    const placed = placeDay([at("09:00", "10:00"), at("09:30", "10:30"), at("12:00", "13:00")], day, zone);
    expect(placed.map(({ from, lane, lanes }) => [from, lane, lanes])).toEqual([
      [600, 0, 2],
      [630, 1, 2],
      [780, 0, 1],
    ]);
  });

  it("uses a free lane again", () => {
    const placed = placeDay([at("09:00", "12:00"), at("09:00", "10:00"), at("10:00", "11:00")], day, zone);
    expect(Math.max(...placed.map((one) => one.lanes))).toBe(2);
  });

  it("cuts a booking over midnight at the day's edges", () => {
    const night = { start: "2026-11-20T22:00:00Z", end: "2026-11-21T01:00:00Z" };
    expect(placeDay([night], day, zone)).toMatchObject([{ from: 0, to: 120 }]);
    expect(placeDay([night], { ...day, day: 20 }, zone)).toMatchObject([{ from: 23 * 60, to: 24 * 60 }]);
    expect(placeDay([night], { ...day, day: 22 }, zone)).toEqual([]);
  });
});

describe("monthDays", () => {
  it("shows six weeks from a Monday", () => {
    const days = monthDays(day);
    expect(days).toHaveLength(42);
    expect(dayKey(days[0] ?? day)).toBe("2026-10-26");
  });
});
