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
