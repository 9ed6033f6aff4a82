import { useTranslation } from "react-i18next";
import type { BookingPartsFragment } from "@/shared/api/gql/graphql";
import { useFormat } from "@/shared/lib/format";
import type { Day } from "@/shared/lib/zoned";

/** A time that a booking may get: shown where it would be until it is decided. */
export type Ghost = { booking: BookingPartsFragment; start: Date; end: Date };

export type ViewProps = {
  days: Day[];
  today: Day;
  zone: string;
  bookings: BookingPartsFragment[];
  onOpen: (booking: BookingPartsFragment) => void;
};

/** What the views need for moving: where a booking would go, and the beginnings of a move by pointer and by key. */
export type Moving = {
  ghost: Ghost | null;
  onPointerDown: (event: React.PointerEvent, booking: BookingPartsFragment, part: "all" | "end") => void;
  onKeyDown: (event: React.KeyboardEvent, booking: BookingPartsFragment) => void;
};

/** Colours of a booking: hatched while it is held and unpaid. */
export function styleOf(booking: BookingPartsFragment): string {
  if (booking.status === "HELD") return "border-dashed border-warn bg-warn-soft text-warn hatched";
  return booking.kind === "DELIVERY" ? "border-accent bg-accent-soft text-accent-text" : "border-ok bg-ok-soft text-ok";
}

/** Whether it can be made longer or shorter: a delivery has the window that the customer was told. */
export function hasLength(booking: BookingPartsFragment): boolean {
  return booking.kind === "APPOINTMENT" && booking.status !== "CANCELLED";
}

/** What the colours and the place of a booking say, for those who do not see them. */
export function useUnseen(zone: string): (booking: BookingPartsFragment) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return (booking) =>
    t("calendar.unseen", {
      kind: t(`bookingKind.${booking.kind}`),
      to: format.time(booking.end, zone),
      status: t(`bookingStatus.${booking.status}`),
    });
}
