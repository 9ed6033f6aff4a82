import { ChevronLeft, ChevronRight, Rss } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { useCompany } from "@/entities/company/company";
import type { BookingPartsFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useLive } from "@/shared/api/live";
import { cx } from "@/shared/lib/cx";
import { useFormat, zoneLabel } from "@/shared/lib/format";
import { useCommands } from "@/shared/lib/hotkeys";
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
} from "@/shared/lib/zoned";
import { Button, Dialog, Failed, IconButton, Input, PageHeader, Segments, Skeleton, toast } from "@/shared/ui";
import { BookingSheet } from "@/widgets/calendar/booking-sheet";
import { monthDays } from "@/widgets/calendar/layout";
import { List } from "@/widgets/calendar/list";
import { Month } from "@/widgets/calendar/month";
import { TimeGrid } from "@/widgets/calendar/time-grid";
import { useMoves } from "@/widgets/calendar/use-moves";
import { useMoving } from "@/widgets/calendar/use-moving";

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

  const moves = useMoves(zone, refresh);
  const moving = useMoving({
    zone,
    onMove: (ghost) => void moves.move(ghost.booking, ghost),
    onFollow: (start) => {
      const there = wallAt(start, zone);
      if (!days.some((one) => sameDay(one, there))) change({ day: dayKey(there) });
    },
  });
  const shown = moves.shown(bookings);

  useCommands({
    "calendar.month": () => change({ view: "month" }),
    "calendar.week": () => change({ view: "week" }),
    "calendar.day": () => change({ view: "day" }),
    "calendar.list": () => change({ view: "list" }),
    "calendar.today": () => change({ day: null }),
    "calendar.previous": () => go(-1),
    "calendar.next": () => go(1),
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
            <Button onClick={() => setFeed(true)} className="max-sm:w-11 max-sm:px-0">
              <Rss aria-hidden />
              <span className="max-sm:sr-only">{t("calendar.feed")}</span>
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
            className="min-w-44 flex-1 truncate text-base font-semibold tracking-tight first-letter:uppercase"
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
        <Legend movable={view !== "list"} />
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
        <div
          data-scroller
          className={cx(
            "min-h-80 flex-1 overflow-y-auto sm:min-h-0",
            list.dimmed && "opacity-70 transition-opacity delay-150",
          )}
        >
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
              bookings={shown}
              moving={moving}
              onOpen={show}
              onDay={(one) => change({ view: "day", day: dayKey(one) })}
            />
          ) : view === "list" ? (
            <List days={days} today={today} zone={zone} bookings={shown} onOpen={show} />
          ) : (
            <TimeGrid
              days={days}
              today={today}
              zone={zone}
              bookings={shown}
              moving={moving}
              hours={data?.company?.branches[0]?.openingHours ?? []}
              onOpen={show}
              onDay={(one) => change({ view: "day", day: dayKey(one) })}
            />
          )}
        </div>
      )}
      <BookingSheet
        booking={open}
        moves={moves}
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

function Legend({ movable }: { movable: boolean }) {
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
      {movable && <li className="ms-auto hidden text-ink-3 lg:block">{t("calendar.moveHint")}</li>}
    </ul>
  );
}
