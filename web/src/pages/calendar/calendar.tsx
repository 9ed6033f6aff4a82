import { CalendarDays, ChevronLeft, ChevronRight, Rss } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { useCompany } from "@/entities/company/company";
import type { BookingPartsFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useLive } from "@/shared/api/live";
import { cx } from "@/shared/lib/cx";
import { useFormat, zoneLabel } from "@/shared/lib/format";
import { useHotkeys } from "@/shared/lib/hotkeys";
import { useMedia } from "@/shared/lib/media";
import { usePaged } from "@/shared/lib/use-paged";
import { oneOf, useUrlState } from "@/shared/lib/use-url-state";
import {
  addDays,
  addMonths,
  type Day,
  dayKey,
  parseDay,
  sameDay,
  startOfDay,
  startOfWeek,
  wallAt,
  weekday,
} from "@/shared/lib/zoned";
import { Button, Dialog, Empty, Failed, IconButton, Input, PageHeader, Segments, Skeleton, toast } from "@/shared/ui";
import { BookingSheet } from "@/widgets/calendar/booking-sheet";
import { monthDays, placeDay } from "@/widgets/calendar/layout";

const CalendarQuery = graphql(`
  query Calendar($id: ID!, $from: DateTime!, $to: DateTime!, $after: String) {
    company(id: $id) {
      id
      calendarFeedUrl
      branches { id name openingHours { weekday opens closes } }
      bookings(from: $from, to: $to, first: 100, after: $after) {
        nodes { ...BookingParts }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

// Bookings come the latest first, so the last one is the next to come.
const NextBooking = graphql(`
  query NextBooking($id: ID!, $from: DateTime!, $to: DateTime!) {
    company(id: $id) {
      id
      bookings(from: $from, to: $to, last: 1) { nodes { id start title } }
    }
  }
`);

const VIEWS = ["month", "week", "day", "list"] as const;
type View = (typeof VIEWS)[number];
const HOUR = 48;

export default function CalendarPage() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const zone = company.timezone;
  const phone = useMedia("(max-width: 47.99rem)");
  const { params, change } = useUrlState();
  const today = wallAt(new Date(), zone);
  const view: View = oneOf(params.get("view"), VIEWS) ?? (phone ? "list" : "week");
  const day: Day = parseDay(params.get("day")) ?? today;
  const [feed, setFeed] = useState(false);

  const days: Day[] = useMemo(() => {
    if (view === "month") return monthDays(day);
    if (view === "week") return Array.from({ length: 7 }, (_, index) => addDays(startOfWeek(day), index));
    if (view === "day") return [day];
    return Array.from({ length: 30 }, (_, index) => addDays(day, index));
  }, [view, day]);
  const first = days[0] ?? day;
  const last = days.at(-1) ?? day;
  const list = usePaged(
    CalendarQuery,
    {
      id: company.id,
      from: startOfDay(first, zone).toISOString(),
      to: startOfDay(addDays(last, 1), zone).toISOString(),
    },
    (data) => data.company?.bookings,
  );
  const { data, error, refetch: refresh } = list;
  const fetching = list.loading || list.dimmed;
  // A calendar shows all of its period, however many pages that takes.
  const unfinished = list.connection?.pageInfo.hasNextPage ? list.connection.pageInfo.endCursor : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: one fetch for each page
  useEffect(() => {
    if (unfinished && !list.loadingMore) void list.loadMore();
  }, [unfinished, list.loadingMore]);
  useLive(["BOOKING", "ORDER"], refresh, { waitMs: 400 });
  const bookings = useMemo(
    () =>
      ((data?.company?.bookings.nodes ?? []) as BookingPartsFragment[])
        .filter((booking) => booking.status !== "CANCELLED")
        .sort((left, right) => left.start.localeCompare(right.start)),
    [data],
  );
  const openId = params.get("booking");
  const open = bookings.find((booking) => booking.id === openId);
  const step = view === "month" ? 0 : view === "week" ? 7 : view === "day" ? 1 : 30;
  const go = (direction: 1 | -1) =>
    change({ day: dayKey(step ? addDays(day, direction * step) : addMonths(day, direction)) });
  const show = (booking: BookingPartsFragment) => change({ booking: booking.id }, { push: true });

  useHotkeys({
    KeyM: () => change({ view: "month" }),
    KeyW: () => change({ view: "week" }),
    KeyD: () => change({ view: "day" }),
    KeyL: () => change({ view: "list" }),
    KeyT: () => change({ day: null }),
    ArrowLeft: () => go(-1),
    ArrowRight: () => go(1),
  });

  const title =
    view === "day"
      ? format.day(day)
      : view === "month"
        ? format.day({ ...day, day: 15 }, { month: "long", year: "numeric" })
        : `${format.day(first, { day: "numeric", month: "short" })} – ${format.day(last, { day: "numeric", month: "short", year: "numeric" })}`;

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-col gap-3 border-b bg-surface px-4 pt-4 pb-3 sm:px-6">
        <PageHeader
          title={t("nav.calendar")}
          description={t("calendar.zone", { zone: zoneLabel(zone, i18n.language) })}
          actions={
            <Button onClick={() => setFeed(true)}>
              <Rss aria-hidden />
              {t("calendar.feed")}
            </Button>
          }
        />
        <div className="flex flex-wrap items-center gap-2">
          <div className="flex items-center gap-1">
            <Button onClick={() => change({ day: null })} disabled={sameDay(day, today)}>
              {t("thread.today")}
            </Button>
            <IconButton label={t("calendar.previous")} onClick={() => go(-1)}>
              <ChevronLeft aria-hidden />
            </IconButton>
            <IconButton label={t("calendar.next")} onClick={() => go(1)}>
              <ChevronRight aria-hidden />
            </IconButton>
          </div>
          <h2
            className="min-w-0 flex-1 truncate text-base font-semibold tracking-tight first-letter:uppercase"
            aria-live="polite"
          >
            {title}
          </h2>
          <Segments
            label={t("calendar.view")}
            value={view}
            onChange={(value) => change({ view: value })}
            options={VIEWS.map((one) => ({ value: one, label: t(`calendar.views.${one}`) }))}
          />
        </div>
        <Legend />
      </div>
      {error && !data ? (
        <Failed error={error} retry={refresh} />
      ) : !data && fetching ? (
        <div className="grid grid-cols-7 gap-2 p-4">
          {["a", "b", "c", "d", "e", "f", "g"].map((key) => (
            <Skeleton key={key} className="h-96" />
          ))}
        </div>
      ) : (
        <div className={cx("min-h-0 flex-1 overflow-y-auto", fetching && "transition-opacity")}>
          {data && bookings.length === 0 && view !== "list" && (
            <NextHint
              key={dayKey(last)}
              after={startOfDay(addDays(last, 1), zone)}
              zone={zone}
              onGo={(at) => change({ day: dayKey(wallAt(at, zone)) })}
            />
          )}
          {view === "month" ? (
            <Month
              days={days}
              month={day.month}
              today={today}
              zone={zone}
              bookings={bookings}
              onOpen={show}
              onDay={(one) => change({ view: "day", day: dayKey(one) })}
            />
          ) : view === "list" ? (
            <List days={days} today={today} zone={zone} bookings={bookings} onOpen={show} />
          ) : (
            <TimeGrid
              days={days}
              today={today}
              zone={zone}
              bookings={bookings}
              hours={data?.company?.branches[0]?.openingHours ?? []}
              onOpen={show}
              onDay={(one) => change({ view: "day", day: dayKey(one) })}
            />
          )}
        </div>
      )}
      <BookingSheet
        booking={open}
        onClose={() => change({ booking: null })}
        onChanged={refresh}
        onStep={(direction) => {
          const at = bookings.findIndex((booking) => booking.id === openId);
          const next = bookings[at + direction];
          if (next) change({ booking: next.id, day: dayKey(wallAt(new Date(next.start), zone)) });
          else {
            go(direction);
            change({ booking: null });
          }
        }}
      />
      <Dialog
        open={feed}
        onClose={() => setFeed(false)}
        title={t("calendar.feed")}
        description={t("calendar.feedText")}
      >
        <div className="flex gap-2">
          <Input
            readOnly
            aria-label={t("calendar.feedUrl")}
            value={data?.company?.calendarFeedUrl ?? ""}
            onFocus={(event) => event.target.select()}
          />
          <Button
            look="primary"
            onClick={() => {
              void navigator.clipboard?.writeText(data?.company?.calendarFeedUrl ?? "");
              toast(t("common.copied"));
            }}
          >
            {t("common.copy")}
          </Button>
        </div>
      </Dialog>
    </div>
  );
}

/** In a period without bookings: when the next one is, and the way there. */
function NextHint({ after, zone, onGo }: { after: Date; zone: string; onGo: (at: Date) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const [{ data }] = useQuery({
    query: NextBooking,
    variables: {
      id: company.id,
      from: after.toISOString(),
      to: new Date(after.getTime() + 180 * 86_400_000).toISOString(),
    },
  });
  const next = data?.company?.bookings.nodes[0];
  if (!next) return null;
  return (
    <p className="sticky top-0 z-20 flex flex-wrap items-center justify-center gap-x-3 gap-y-1 border-b bg-accent-soft px-4 py-1.5 text-[0.8125rem]">
      <span>{t("calendar.nextAt", { when: format.dateTime(next.start, zone) })}</span>
      <Button size="sm" look="quiet" onClick={() => onGo(new Date(next.start))}>
        {t("calendar.goThere")}
      </Button>
    </p>
  );
}

function Legend() {
  const { t } = useTranslation();
  const items = [
    ["border-accent bg-accent-soft text-accent-text", t("bookingKind.DELIVERY")],
    ["border-ok bg-ok-soft text-ok", t("bookingKind.APPOINTMENT")],
    ["border-dashed border-warn bg-warn-soft text-warn hatched", t("calendar.unpaid")],
  ] as const;
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2">
      {items.map(([style, label]) => (
        <li key={label} className="flex items-center gap-1.5">
          <span className={cx("size-3 rounded-sm border", style)} aria-hidden />
          {label}
        </li>
      ))}
    </ul>
  );
}

function styleOf(booking: BookingPartsFragment): string {
  if (booking.status === "HELD") return "border-dashed border-warn bg-warn-soft text-warn hatched";
  return booking.kind === "DELIVERY" ? "border-accent bg-accent-soft text-accent-text" : "border-ok bg-ok-soft text-ok";
}

/** What the colours and the place of a booking say, for those who do not see them. */
function useUnseen(zone: string): (booking: BookingPartsFragment) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return (booking) =>
    t("calendar.unseen", {
      kind: t(`bookingKind.${booking.kind}`),
      to: format.time(booking.end, zone),
      status: t(`bookingStatus.${booking.status}`),
    });
}

type ViewProps = {
  days: Day[];
  today: Day;
  zone: string;
  bookings: BookingPartsFragment[];
  onOpen: (booking: BookingPartsFragment) => void;
};

function Month({
  days,
  month,
  today,
  zone,
  bookings,
  onOpen,
  onDay,
}: ViewProps & { month: number; onDay: (day: Day) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const unseen = useUnseen(zone);
  const byDay = new Map<string, BookingPartsFragment[]>();
  for (const booking of bookings) {
    const key = dayKey(wallAt(new Date(booking.start), zone));
    byDay.set(key, [...(byDay.get(key) ?? []), booking]);
  }
  return (
    <div className="flex min-h-full flex-col bg-surface">
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
              className={cx(
                "flex min-h-32 min-w-0 flex-col gap-0.5 border-e border-b p-1",
                day.month !== month && "bg-canvas",
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
                  onClick={() => onOpen(booking)}
                  className={cx(
                    "num min-h-6 truncate rounded border px-1 text-start text-2xs/4.5 font-medium",
                    styleOf(booking),
                  )}
                >
                  {format.time(booking.start, zone)}{" "}
                  <span className="max-sm:hidden">{booking.order.name ?? booking.title}</span>
                  <span className="sr-only">{unseen(booking)}</span>
                </button>
              ))}
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

function minutes(text: string): number {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return hour * 60 + minute;
}

function TimeGrid({
  days,
  today,
  zone,
  bookings,
  hours,
  onOpen,
  onDay,
}: ViewProps & { hours: { weekday: number; opens: string; closes: string }[]; onDay: (day: Day) => void }) {
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
  return (
    <div
      ref={scroll}
      tabIndex={0}
      role="region"
      aria-label={t("nav.calendar")}
      className="h-full overflow-auto bg-surface"
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
                  className="absolute p-px"
                  style={{
                    top: (from / 60) * HOUR,
                    height: Math.max(22, ((to - from) / 60) * HOUR),
                    insetInlineStart: `${(lane / lanes) * 100}%`,
                    width: `${100 / lanes}%`,
                  }}
                >
                  <button
                    type="button"
                    onClick={() => onOpen(item)}
                    className={cx(
                      "flex size-full flex-col overflow-hidden rounded-md border border-s-3 px-1.5 py-0.5 text-start text-xs/4 transition-shadow hover:shadow-card",
                      styleOf(item),
                    )}
                  >
                    <span className="truncate font-semibold">{item.order.name ?? item.title}</span>
                    <span className="num truncate opacity-90">
                      {format.time(item.start, zone)} · {item.title}
                    </span>
                    <span className="sr-only">{unseen(item)}</span>
                  </button>
                </li>
              ))}
            </ol>
          );
        })}
      </div>
    </div>
  );
}

function List({ days, today, zone, bookings, onOpen }: ViewProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const groups = days
    .map((day) => ({ day, items: bookings.filter((booking) => sameDay(wallAt(new Date(booking.start), zone), day)) }))
    .filter((group) => group.items.length > 0);
  if (groups.length === 0)
    return (
      <Empty icon={<CalendarDays />} title={t("calendar.empty")}>
        {t("calendar.emptyText")}
      </Empty>
    );
  return (
    <div className="h-full overflow-y-auto" tabIndex={0} role="region" aria-label={t("nav.calendar")}>
      <div className="mx-auto flex max-w-3xl flex-col gap-6 p-4 sm:p-6">
        {groups.map(({ day, items }) => (
          <section key={dayKey(day)} aria-label={format.day(day)}>
            <h3 className={cx("mb-2 font-semibold first-letter:uppercase", sameDay(day, today) && "text-accent-text")}>
              {format.day(day)}
            </h3>
            <ul className="flex flex-col gap-2">
              {items.map((booking) => (
                <li key={booking.id}>
                  <button
                    type="button"
                    onClick={() => onOpen(booking)}
                    className="flex w-full items-center gap-4 rounded-xl border bg-surface p-3 text-start shadow-card transition-colors hover:bg-hover"
                  >
                    <span className={cx("h-10 w-1.5 shrink-0 rounded-full border", styleOf(booking))} aria-hidden />
                    <span className="num w-24 shrink-0 font-medium">
                      {format.time(booking.start, zone)}–{format.time(booking.end, zone)}
                    </span>
                    <span className="min-w-0 flex-1">
                      <span className="block truncate font-medium" dir="auto">
                        {booking.title}
                      </span>
                      <span className="block truncate text-[0.8125rem] text-ink-2" dir="auto">
                        {[booking.order.name, booking.city].filter(Boolean).join(" · ")}
                      </span>
                    </span>
                    <span
                      className={cx(
                        "text-[0.8125rem] max-sm:sr-only",
                        booking.status === "HELD" ? "text-warn" : "text-ok",
                      )}
                    >
                      {t(`bookingStatus.${booking.status}`)}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}
