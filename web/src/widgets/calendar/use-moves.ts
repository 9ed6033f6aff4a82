import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BookingPartsFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { announce } from "@/shared/lib/announce";
import { useFormat } from "@/shared/lib/format";
import { toast } from "@/shared/ui";

const MoveBooking = graphql(`
  mutation MoveBooking($input: MoveBookingInput!) {
    moveBooking(input: $input) { booking { ...BookingParts } userErrors { field code message } }
  }
`);

type Span = { start: Date; end: Date };

/**
 * Moving bookings. The new time is shown at once; a refusal puts the old one back and says why. After a move there is
 * a way back for ten seconds.
 */
export function useMoves(zone: string, onChanged: () => void) {
  const { t } = useTranslation();
  const format = useFormat();
  const action = useAction(MoveBooking);
  const [pending, setPending] = useState<ReadonlyMap<string, Span>>(new Map());

  /** `back`: offers no way back; `quiet`: a form says the reason of a refusal at its field. */
  async function move(
    booking: BookingPartsFragment,
    to: Span,
    options: { back?: boolean; quiet?: boolean } = {},
  ): Promise<boolean> {
    const from = { start: new Date(booking.start), end: new Date(booking.end) };
    const length = (span: Span) => span.end.getTime() - span.start.getTime();
    const resized = length(from) !== length(to);
    const started = from.start.getTime() !== to.start.getTime();
    if (!resized && !started) return true;
    setPending((before) => new Map(before).set(booking.id, to));
    const { data, refusals } = await action.run({
      input: { id: booking.id, start: to.start.toISOString(), end: resized ? to.end.toISOString() : undefined },
    });
    setPending((before) => {
      const after = new Map(before);
      after.delete(booking.id);
      return after;
    });
    if (!data) {
      const said = t("calendar.notMoved", { reason: refusals[0]?.message ?? t("errors.INTERNAL") });
      if (!options.quiet) toast(said, { bad: true });
      announce(said, "assertive");
      return false;
    }
    const moved = data.moveBooking.booking as BookingPartsFragment | null | undefined;
    const said = started
      ? t("calendar.movedTo", { when: format.dateTime(to.start, zone) })
      : t("calendar.lastsUntil", { when: format.time(to.end, zone) });
    toast(
      said,
      options.back
        ? {}
        : { action: { label: t("calendar.undo"), run: () => void move(moved ?? booking, from, { back: true }) } },
    );
    onChanged();
    return true;
  }

  /** The bookings with the times that they are about to have. */
  function shown(bookings: BookingPartsFragment[]): BookingPartsFragment[] {
    if (pending.size === 0) return bookings;
    return bookings
      .map((booking) => {
        const to = pending.get(booking.id);
        return to ? { ...booking, start: to.start.toISOString(), end: to.end.toISOString() } : booking;
      })
      .sort((left, right) => left.start.localeCompare(right.start));
  }

  return { move, shown, busy: action.busy, errorOf: action.errorOf };
}
