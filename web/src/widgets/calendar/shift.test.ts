import { describe, expect, it } from "vitest";
import { wallAt } from "@/shared/lib/zoned";
import { byDays, byMinutes, dropped, longerBy, sameSpan, snap, stretched } from "./shift";

const zone = "Europe/Madrid";
const visit = { start: new Date("2026-03-27T09:00:00Z"), end: new Date("2026-03-27T10:30:00Z") };
const iso = (span: { start: Date; end: Date }) => [span.start.toISOString(), span.end.toISOString()];

describe("a move", () => {
  it("by days keeps the wall clock over the change to summer time, and the length", () => {
    const later = byDays(visit, 3, zone);
    expect(wallAt(later.start, zone)).toMatchObject({ day: 30, hour: 10, minute: 0 });
    expect(iso(later)).toEqual(["2026-03-30T08:00:00.000Z", "2026-03-30T09:30:00.000Z"]);
  });

  it("into the hour that summer time leaves out ends after it", () => {
    const night = dropped(visit, { year: 2026, month: 3, day: 29 }, 2 * 60 + 30, zone);
    expect(night.end.getTime() - night.start.getTime()).toBe(90 * 60_000);
    expect(wallAt(night.start, zone)).toMatchObject({ day: 29 });
  });

  it("by minutes keeps the length", () =>
    expect(iso(byMinutes(visit, -15))).toEqual(["2026-03-27T08:45:00.000Z", "2026-03-27T10:15:00.000Z"]));

  it("to a day of the month view keeps the time", () => {
    expect(iso(dropped(visit, { year: 2026, month: 3, day: 20 }, undefined, zone))[0]).toBe("2026-03-20T09:00:00.000Z");
    expect(sameSpan(dropped(visit, { year: 2026, month: 3, day: 27 }, undefined, zone), visit)).toBe(true);
  });

  it("falls on quarters of an hour within the day", () =>
    expect([snap(-5), snap(607), snap(1439)]).toEqual([0, 600, 1425]));
});

describe("a new length", () => {
  it("is never less than a step", () => {
    expect(iso(longerBy(visit, 15))[1]).toBe("2026-03-27T10:45:00.000Z");
    expect(iso(longerBy(visit, -600))[1]).toBe("2026-03-27T09:15:00.000Z");
    expect(iso(stretched(visit, { year: 2026, month: 3, day: 27 }, 0, zone))[1]).toBe("2026-03-27T09:15:00.000Z");
    expect(iso(stretched(visit, { year: 2026, month: 3, day: 27 }, 1440, zone))[1]).toBe("2026-03-27T23:00:00.000Z");
  });
});
