import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { subjectOf } from "@/entities/booking/booking";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { type Day, dayKey, sameDay, wallAt, weekday } from "@/shared/lib/zoned";
import { placeDay } from "./layout";
import { hasLength, type Moving, styleOf, useUnseen, type ViewProps } from "./looks";

const HOUR = 48;

function minutes(text: string): number {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return hour * 60 + minute;
}

/** Days side by side with their hours: what overlaps stands in lanes, closed hours are shaded. */
export function TimeGrid({
  days,
  today,
  zone,
  bookings,
  hours,
  moving,
  onOpen,
  onDay,
}: ViewProps & {
  hours: { weekday: number; opens: string; closes: string }[];
  moving: Moving;
  onDay: (day: Day) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const unseen = useUnseen(zone);
  const scroll = useRef<HTMLDivElement>(null);
  const [now, setNow] = useState(() => wallAt(new Date(), zone));
  useEffect(() => {
    const timer = setInterval(() => setNow(wallAt(new Date(), zone)), 60_000);
    return () => clearInterval(timer);
  }, [zone]);
  useEffect(() => {
    scroll.current?.scrollTo({ top: HOUR * 7.5 });
  }, []);
  const { ghost } = moving;
  const ghosts = ghost ? [{ start: ghost.start.toISOString(), end: ghost.end.toISOString() }] : [];
  return (
    <div
      ref={scroll}
      tabIndex={0}
      role="region"
      aria-label={t("nav.calendar")}
      data-scroller
      className={cx("h-full overflow-auto bg-surface", ghost && "select-none")}
    >
      <div
        className="grid"
        style={{
          gridTemplateColumns: `3.5rem repeat(${days.length}, minmax(${days.length > 1 ? "7rem" : "12rem"}, 1fr))`,
        }}
      >
        <div className="sticky start-0 top-0 z-30 border-e border-b bg-surface" />
        {days.map((day) => (
          <div key={dayKey(day)} className="sticky top-0 z-20 border-e border-b bg-surface px-2 py-2 text-center">
            <button
              type="button"
              onClick={() => onDay(day)}
              aria-current={sameDay(day, today) ? "date" : undefined}
              className={cx(
                "inline-flex items-baseline gap-1.5 rounded-full px-2 py-0.5 text-[0.8125rem] font-medium text-ink-2 hover:bg-hover",
                sameDay(day, today) && "bg-accent-soft text-accent-text",
              )}
            >
              {format.day(day, { weekday: "short" })}
              <span className="num text-base font-semibold text-ink">{day.day}</span>
            </button>
          </div>
        ))}
        <div className="sticky start-0 z-10 border-e bg-surface" style={{ height: HOUR * 24 }} aria-hidden>
          {Array.from({ length: 23 }, (_, hour) => hour + 1).map((hour) => (
            <span
              key={hour}
              className="num absolute end-2 -translate-y-1/2 text-2xs text-ink-3"
              style={{ top: hour * HOUR }}
            >
              {`${String(hour).padStart(2, "0")}:00`}
            </span>
          ))}
        </div>
        {days.map((day) => {
          const open = hours.filter((interval) => interval.weekday === weekday(day));
          return (
            <ol
              key={dayKey(day)}
              aria-label={format.day(day)}
              data-day={dayKey(day)}
              data-timed
              className="relative border-e bg-canvas"
              style={{ height: HOUR * 24 }}
            >
              <li aria-hidden className="pointer-events-none absolute inset-0">
                {open.map((interval) => (
                  <span
                    key={interval.opens}
                    className="absolute inset-x-0 bg-surface"
                    style={{
                      top: (minutes(interval.opens) / 60) * HOUR,
                      height: ((minutes(interval.closes) - minutes(interval.opens)) / 60) * HOUR,
                    }}
                  />
                ))}
                <span
                  className="absolute inset-0"
                  style={{
                    backgroundImage: `repeating-linear-gradient(to bottom, transparent 0 ${HOUR - 1}px, var(--line) ${HOUR - 1}px ${HOUR}px)`,
                  }}
                />
                {sameDay(day, now) && (
                  <span
                    className="absolute inset-x-0 z-10 h-0.5 bg-bad before:absolute before:-start-1 before:-top-1 before:size-2.5 before:rounded-full before:bg-bad"
                    style={{ top: ((now.hour * 60 + now.minute) / 60) * HOUR }}
                  />
                )}
              </li>
              {placeDay(bookings, day, zone).map(({ item, from, to, lane, lanes }) => (
                <li
                  key={item.id}
                  className={cx("group absolute p-px", ghost?.booking.id === item.id && "opacity-40")}
                  style={{
                    top: (from / 60) * HOUR,
                    height: Math.max(22, ((to - from) / 60) * HOUR),
                    insetInlineStart: `${(lane / lanes) * 100}%`,
                    width: `${100 / lanes}%`,
                  }}
                >
                  <button
                    type="button"
                    data-booking={item.id}
                    onClick={() => onOpen(item)}
                    onPointerDown={(event) => moving.onPointerDown(event, item, "all")}
                    onKeyDown={(event) => moving.onKeyDown(event, item)}
                    className={cx(
                      "flex size-full select-none flex-col overflow-hidden rounded-md border border-s-3 px-1.5 py-0.5 text-start text-xs/4 transition-shadow hover:shadow-card",
                      styleOf(item),
                    )}
                  >
                    <span className="truncate font-semibold">{item.order.name ?? item.title}</span>
                    <span className="num truncate opacity-90">
                      {format.time(item.start, zone)} · {subjectOf(item)}
                    </span>
                    {item.expiresAt && to - from >= 45 && (
                      <span className="num truncate opacity-90">
                        {t("calendar.expires", { when: format.dateTime(item.expiresAt, zone) })}
                      </span>
                    )}
                    <span className="sr-only">{unseen(item)}</span>
                  </button>
                  {hasLength(item) && (
                    <span
                      aria-hidden
                      data-resize
                      onPointerDown={(event) => moving.onPointerDown(event, item, "end")}
                      className="absolute inset-x-2 bottom-0 h-2 cursor-ns-resize after:absolute after:inset-x-0 after:bottom-0.5 after:mx-auto after:h-0.5 after:w-6 after:rounded-full after:bg-current after:opacity-0 group-hover:after:opacity-50 pointer-coarse:hidden"
                    />
                  )}
                </li>
              ))}
              {placeDay(ghosts, day, zone).map(({ from, to }) => (
                <li
                  key="ghost"
                  aria-hidden
                  data-testid="ghost"
                  ref={(element) => element?.scrollIntoView({ block: "nearest", inline: "nearest" })}
                  className="pointer-events-none absolute inset-x-0 z-20 scroll-mt-14 p-px"
                  style={{ top: (from / 60) * HOUR, height: Math.max(22, ((to - from) / 60) * HOUR) }}
                >
                  <span className="num flex size-full flex-col overflow-hidden rounded-md border-2 border-accent bg-raised/90 px-1.5 text-xs/5 font-semibold text-ink shadow-pop">
                    {ghost && `${format.time(ghost.start, zone)}–${format.time(ghost.end, zone)}`}
                    <span className="truncate font-normal text-ink-2">
                      {ghost?.booking.order.name ?? ghost?.booking.title}
                    </span>
                  </span>
                </li>
              ))}
            </ol>
          );
        })}
      </div>
    </div>
  );
}
