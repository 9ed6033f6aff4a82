import { describe, expect, it } from "vitest";
import { addDays, addMonths, dayKey, instantOf, parseDay, startOfDay, startOfWeek, wallAt, weekday } from "./zoned";

const madrid = "Europe/Madrid";

describe("zoned", () => {
  it("reads the wall clock of a zone", () => {
    expect(wallAt(new Date("2026-03-29T00:30:00Z"), madrid)).toEqual({
      year: 2026,
      month: 3,
      day: 29,
      hour: 1,
      minute: 30,
    });
    expect(wallAt(new Date("2026-03-29T01:30:00Z"), madrid).hour).toBe(3);
    expect(wallAt(new Date("2026-11-21T23:30:00Z"), "Asia/Almaty")).toMatchObject({ day: 22, hour: 4 });
  });

  it("finds the instant of a wall clock, over both changes of the clock", () => {
    for (const instant of [
      "2026-03-28T12:00:00Z",
      "2026-03-29T12:00:00Z",
      "2026-10-25T12:00:00Z",
      "2026-07-01T22:15:00Z",
    ]) {
      const wall = wallAt(new Date(instant), madrid);
      expect(instantOf(wall, madrid).toISOString()).toBe(new Date(instant).toISOString());
    }
  });

  it("gives a day of 23 hours when the clock goes forward", () => {
    const day = { year: 2026, month: 3, day: 29 };
    const hours = (startOfDay(addDays(day, 1), madrid).getTime() - startOfDay(day, madrid).getTime()) / 3_600_000;
    expect(hours).toBe(23);
  });

  it("counts days over months and years", () => {
    expect(addDays({ year: 2026, month: 12, day: 31 }, 1)).toEqual({ year: 2027, month: 1, day: 1 });
    expect(addMonths({ year: 2024, month: 1, day: 31 }, 1)).toEqual({ year: 2024, month: 2, day: 29 });
    expect(weekday({ year: 2026, month: 11, day: 22 })).toBe(7);
    expect(dayKey(startOfWeek({ year: 2026, month: 11, day: 22 }))).toBe("2026-11-16");
  });

  it("refuses days that do not exist", () => {
    expect(parseDay("2026-02-30")).toBeNull();
    expect(parseDay("yesterday")).toBeNull();
    expect(parseDay("2026-02-28")).toEqual({ year: 2026, month: 2, day: 28 });
  });
});
