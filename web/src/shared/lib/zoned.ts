// Calendar days and wall clock times in a named time zone, by Intl alone.

/** A calendar day, without a time or a zone. */
export type Day = { year: number; month: number; day: number };
/** A wall clock reading in some zone. */
export type Wall = Day & { hour: number; minute: number };

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formatters.set(zone, found);
  }
  return found;
}

/** What a clock on the wall in `zone` shows at this instant. */
export function wallAt(instant: Date, zone: string): Wall {
  const parts: Record<string, number> = {};
  for (const part of formatter(zone).formatToParts(instant)) parts[part.type] = Number(part.value);
  return {
    year: parts.year ?? 0,
    month: parts.month ?? 0,
    day: parts.day ?? 0,
    hour: parts.hour ?? 0,
    minute: parts.minute ?? 0,
  };
}

/** The instant at which a clock in `zone` shows this; in a gap of summer time, the moment after the gap. */
export function instantOf(wall: Wall, zone: string): Date {
  const wanted = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
  let guess = wanted;
  for (let round = 0; round < 3; round++) {
    const seen = wallAt(new Date(guess), zone);
    const shown = Date.UTC(seen.year, seen.month - 1, seen.day, seen.hour, seen.minute);
    if (shown === wanted) break;
    guess += wanted - shown;
  }
  return new Date(guess);
}

/** The instant at which a day begins in `zone`. */
export function startOfDay(day: Day, zone: string): Date {
  return instantOf({ ...day, hour: 0, minute: 0 }, zone);
}

/** Days later (or earlier), over ends of months. */
export function addDays(day: Day, days: number): Day {
  const moved = new Date(Date.UTC(day.year, day.month - 1, day.day + days));
  return { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() };
}

/** Months later, kept within the month: 31 January + 1 = 28 or 29 February. */
export function addMonths(day: Day, months: number): Day {
  const first = new Date(Date.UTC(day.year, day.month - 1 + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return { year: first.getUTCFullYear(), month: first.getUTCMonth() + 1, day: Math.min(day.day, last) };
}

/** 1 = Monday … 7 = Sunday. */
export function weekday(day: Day): number {
  return new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay() || 7;
}

/** The Monday of its week. */
export function startOfWeek(day: Day): Day {
  return addDays(day, 1 - weekday(day));
}

/** `2026-03-09` */
export function dayKey(day: Day): string {
  return `${String(day.year).padStart(4, "0")}-${String(day.month).padStart(2, "0")}-${String(day.day).padStart(2, "0")}`;
}

/** Reads `2026-03-09`; null when it is no day. */
export function parseDay(text: string | null): Day | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? "");
  if (!match) return null;
  const day = { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
  return dayKey(addDays(day, 0)) === text ? day : null;
}

export function sameDay(left: Day, right: Day): boolean {
  return left.year === right.year && left.month === right.month && left.day === right.day;
}

/** Noon in UTC: a Date that formats as this day with `timeZone: "UTC"`. */
export function dayAsDate(day: Day): Date {
  return new Date(Date.UTC(day.year, day.month - 1, day.day, 12));
}
