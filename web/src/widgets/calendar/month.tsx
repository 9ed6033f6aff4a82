import { useTranslation } from "react-i18next";
import type { BookingPartsFragment } from "@/shared/api/gql/graphql";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { type Day, dayKey, sameDay, wallAt } from "@/shared/lib/zoned";
import { type Moving, styleOf, useUnseen, type ViewProps } from "./looks";

/** Six weeks; of a full day the first three bookings, and how many more there are. */
export function Month({
  days,
  month,
  today,
  zone,
  bookings,
  moving,
  onOpen,
  onDay,
}: ViewProps & { month: number; moving: Moving; onDay: (day: Day) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const unseen = useUnseen(zone);
  const { ghost } = moving;
  const byDay = new Map<string, BookingPartsFragment[]>();
  for (const booking of bookings) {
    const key = dayKey(wallAt(new Date(booking.start), zone));
    byDay.set(key, [...(byDay.get(key) ?? []), booking]);
  }
  const target = ghost && dayKey(wallAt(ghost.start, zone));
  return (
    <div className={cx("flex min-h-full flex-col bg-surface", ghost && "select-none")}>
      <div className="grid grid-cols-7 border-b text-center text-xs font-medium text-ink-3">
        {days.slice(0, 7).map((day) => (
          <span key={dayKey(day)} className="py-2">
            {format.day(day, { weekday: "short" })}
          </span>
        ))}
      </div>
      <ol className="grid min-h-0 flex-1 grid-cols-7 grid-rows-6">
        {days.map((day) => {
          const key = dayKey(day);
          const here = byDay.get(key) ?? [];
          const now = sameDay(day, today);
          return (
            <li
              key={key}
              data-day={key}
              className={cx(
                "flex min-h-32 min-w-0 flex-col gap-0.5 border-e border-b p-1",
                day.month !== month && "bg-canvas",
                target === key && "outline-2 -outline-offset-2 outline-accent",
              )}
            >
              <button
                type="button"
                onClick={() => onDay(day)}
                aria-label={format.day(day)}
                aria-current={now ? "date" : undefined}
                className={cx(
                  "num grid size-6 place-items-center self-end rounded-full text-xs font-medium hover:bg-hover",
                  day.month === month ? "text-ink-2" : "text-ink-3",
                  now && "bg-accent text-accent-ink hover:bg-accent",
                )}
              >
                {day.day}
              </button>
              {here.slice(0, 3).map((booking) => (
                <button
                  key={booking.id}
                  type="button"
                  data-booking={booking.id}
                  onClick={() => onOpen(booking)}
                  onPointerDown={(event) => moving.onPointerDown(event, booking, "all")}
                  onKeyDown={(event) => moving.onKeyDown(event, booking)}
                  className={cx(
                    "num min-h-6 select-none truncate rounded border px-1 text-start text-2xs/4.5 font-medium",
                    styleOf(booking),
                    ghost?.booking.id === booking.id && "opacity-40",
                  )}
                >
                  {format.time(booking.start, zone)}{" "}
                  <span className="max-sm:hidden">{booking.order.name ?? booking.title}</span>
                  <span className="sr-only">{unseen(booking)}</span>
                </button>
              ))}
              {ghost && target === key && (
                <span
                  aria-hidden
                  data-testid="ghost"
                  className="num pointer-events-none min-h-6 truncate rounded border-2 border-accent bg-raised px-1 text-2xs/4.5 font-semibold"
                >
                  {format.time(ghost.start, zone)} {ghost.booking.order.name ?? ghost.booking.title}
                </span>
              )}
              {here.length > 3 && (
                <button
                  type="button"
                  onClick={() => onDay(day)}
                  className="min-h-6 rounded px-1 text-start text-2xs text-ink-2 hover:bg-hover"
                >
                  {t("calendar.moreHere", { count: here.length - 3 })}
                </button>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
