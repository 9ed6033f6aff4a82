import { useTranslation } from "react-i18next";
import type { OrderStatus, PaymentStatus } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { Badge, type Tone } from "@/shared/ui/bits";

export const OrderRow = graphql(`
  fragment OrderRow on Order {
    id
    number
    status
    paymentStatus
    name
    phone
    city
    createdAt
    paidAt
    linkExpiresAt
    total { amount currency }
    lines { key name quantity }
    conversation { id channel { id kind } }
  }
`);

const paymentTone: Record<PaymentStatus, Tone> = { NO_PAYMENT_LINK: "plain", PAYMENT_LINK_SENT: "warn", PAID: "ok" };
const statusTone: Record<OrderStatus, Tone> = {
  OPEN: "accent",
  PUT_ASIDE: "plain",
  EXPIRED: "plain",
  CONFIRMED: "ok",
  BOOKED: "ok",
  REFUNDED: "bad",
  CANCELLED: "bad",
};

export function PaymentBadge({ status }: { status: PaymentStatus }) {
  const { t } = useTranslation();
  return <Badge tone={paymentTone[status]}>{t(`payment.${status}`)}</Badge>;
}

export function OrderBadge({ status }: { status: OrderStatus }) {
  const { t } = useTranslation();
  return <Badge tone={statusTone[status]}>{t(`orderStatus.${status}`)}</Badge>;
}
