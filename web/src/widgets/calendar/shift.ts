import { addDays, type Day, instantOf, sameDay, type Wall, wallAt } from "@/shared/lib/zoned";

/** Steps of a move, in minutes. */
export const STEP = 15;

type Span = { start: Date; end: Date };

const MINUTE = 60_000;

/** The same span so many minutes later. */
export function byMinutes(span: Span, minutes: number): Span {
  return {
    start: new Date(span.start.getTime() + minutes * MINUTE),
    end: new Date(span.end.getTime() + minutes * MINUTE),
  };
}

/** The same time on the wall so many days later; over a change of summer time the wall clock stays, and the length. */
export function byDays(span: Span, days: number, zone: string): Span {
  const wall = wallAt(span.start, zone);
  return startingAt(span, { ...wall, ...addDays(wall, days) }, zone);
}

/** The same length, starting when the wall clock shows this. */
export function startingAt(span: Span, wall: Wall, zone: string): Span {
  const start = instantOf(wall, zone);
  return { start, end: new Date(start.getTime() + span.end.getTime() - span.start.getTime()) };
}

/** The same start, so many minutes longer; never shorter than one step. */
export function longerBy(span: Span, minutes: number): Span {
  const end = Math.max(span.end.getTime() + minutes * MINUTE, span.start.getTime() + STEP * MINUTE);
  return { start: span.start, end: new Date(end) };
}

/** Minutes of a day, put on the nearest step within it. */
export function snap(minutes: number): number {
  return Math.min(24 * 60 - STEP, Math.max(0, Math.round(minutes / STEP) * STEP));
}

/** Where a dragged booking would go: on that day, at that minute of it, else at the time it had. */
export function dropped(span: Span, day: Day, minutes: number | undefined, zone: string): Span {
  const wall = wallAt(span.start, zone);
  if (minutes === undefined) return sameDay(wall, day) ? span : startingAt(span, { ...wall, ...day }, zone);
  return startingAt(span, { ...day, hour: Math.floor(minutes / 60), minute: minutes % 60 }, zone);
}

/** Where its end would go when the lower edge is dragged. */
export function stretched(span: Span, day: Day, minutes: number, zone: string): Span {
  const whole = Math.round(minutes / STEP) * STEP;
  const end = instantOf(
    { ...addDays(day, Math.floor(whole / 1440)), hour: Math.floor((whole % 1440) / 60), minute: whole % 60 },
    zone,
  );
  return { start: span.start, end: new Date(Math.max(end.getTime(), span.start.getTime() + STEP * MINUTE)) };
}

export function sameSpan(left: Span, right: Span): boolean {
  return left.start.getTime() === right.start.getTime() && left.end.getTime() === right.end.getTime();
}
