import { graphql } from "@/shared/api/graphql";

export const BookingParts = graphql(`
  fragment BookingParts on Booking {
    id
    kind
    status
    start
    end
    expiresAt
    city
    title
    branch { id name timezone }
    order { id number name phone paymentStatus lines { key name quantity } }
  }
`);

/** What is booked, without the customer's name, which the calendar shows beside it. */
export function subjectOf(booking: { title: string; order: { name?: string | null } }): string {
  const behind = ` · ${booking.order.name}`;
  return booking.order.name && booking.title.endsWith(behind) ? booking.title.slice(0, -behind.length) : booking.title;
}
