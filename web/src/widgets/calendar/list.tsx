import { CalendarDays } from "lucide-react";
import { useTranslation } from "react-i18next";
import { subjectOf } from "@/entities/booking/booking";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { dayKey, sameDay, wallAt } from "@/shared/lib/zoned";
import { Empty } from "@/shared/ui";
import { styleOf, type ViewProps } from "./looks";

/** What is booked, day by day. */
export function List({ days, today, zone, bookings, onOpen }: ViewProps) {
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
                    data-booking={booking.id}
                    onClick={() => onOpen(booking)}
                    className="flex w-full items-center gap-x-4 gap-y-1 rounded-xl border bg-surface p-3 text-start shadow-card transition-colors hover:bg-hover max-sm:flex-wrap"
                  >
                    <span className={cx("h-10 w-1.5 shrink-0 rounded-full border", styleOf(booking))} aria-hidden />
                    <span className="num w-24 shrink-0 font-medium">
                      {format.time(booking.start, zone)}–{format.time(booking.end, zone)}
                    </span>
                    <span className="min-w-0 flex-1">
                      <span className="block truncate font-medium" dir="auto">
                        {subjectOf(booking)}
                      </span>
                      <span className="block truncate text-[0.8125rem] text-ink-2" dir="auto">
                        {[booking.order.name, booking.city === "online" ? t("order.online") : booking.city]
                          .filter(Boolean)
                          .join(" · ")}
                      </span>
                    </span>
                    <span
                      className={cx(
                        "text-[0.8125rem] max-sm:basis-full max-sm:ps-5.5",
                        booking.status === "HELD" ? "text-warn" : "text-ok max-sm:sr-only",
                      )}
                    >
                      {t(`bookingStatus.${booking.status}`)}
                      {booking.expiresAt && (
                        <span className="num block text-xs">
                          {t("calendar.expires", { when: format.dateTime(booking.expiresAt, zone) })}
                        </span>
                      )}
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
