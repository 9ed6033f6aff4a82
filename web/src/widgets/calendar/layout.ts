import { addDays, type Day, dayKey, sameDay, startOfWeek, wallAt } from "@/shared/lib/zoned";

/** A booking placed in a day column: minutes from midnight, and which of how many lanes. */
export type Placed<Item> = { item: Item; from: number; to: number; lane: number; lanes: number };

type Timed = { start: string; end: string };

/** The bookings of one day as the wall clock of `zone` shows them; those that overlap stand side by side. */
export function placeDay<Item extends Timed>(items: readonly Item[], day: Day, zone: string): Placed<Item>[] {
  const placed: Placed<Item>[] = [];
  for (const item of items) {
    const start = wallAt(new Date(item.start), zone);
    const end = wallAt(new Date(item.end), zone);
    const startsHere = sameDay(start, day);
    const endsHere = sameDay(end, day);
    const spans = dayKey(start) < dayKey(day) && dayKey(end) > dayKey(day);
    if (!startsHere && !endsHere && !spans) continue;
    const from = startsHere ? start.hour * 60 + start.minute : 0;
    const to = endsHere ? end.hour * 60 + end.minute : 24 * 60;
    if (to <= from && !startsHere) continue;
    placed.push({ item, from, to: Math.max(to, from + 20), lane: 0, lanes: 1 });
  }
  placed.sort((left, right) => left.from - right.from || right.to - left.to);
  let cluster: Placed<Item>[] = [];
  let clusterEnd = -1;
  const close = () => {
    const lanes = Math.max(1, ...cluster.map((one) => one.lane + 1));
    for (const one of cluster) one.lanes = lanes;
    cluster = [];
  };
  for (const one of placed) {
    if (one.from >= clusterEnd) close();
    const taken = new Set(cluster.filter((other) => other.to > one.from).map((other) => other.lane));
    while (taken.has(one.lane)) one.lane++;
    cluster.push(one);
    clusterEnd = Math.max(clusterEnd, one.to);
  }
  close();
  return placed;
}

/** The six weeks that show a month, from the Monday on or before its first day. */
export function monthDays(day: Day): Day[] {
  const first = startOfWeek({ ...day, day: 1 });
  return Array.from({ length: 42 }, (_, index) => addDays(first, index));
}
