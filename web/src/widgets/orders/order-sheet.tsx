import {
  Bell,
  CalendarCheck,
  CircleX,
  Copy,
  CreditCard,
  ExternalLink,
  MessagesSquare,
  ReceiptText,
  Send,
  Undo2,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useQuery } from "urql";
import { useCompany, useCompanyPath } from "@/entities/company/company";
import { ChannelIcon } from "@/entities/conversation/channel-icon";
import { OrderBadge, PaymentBadge } from "@/entities/order/order";
import type { OrderSheetQuery } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useLive } from "@/shared/api/live";
import { useAction } from "@/shared/api/use-action";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { Button, buttonStyle, Dialog, Empty, Failed, SkeletonRows, toast } from "@/shared/ui";

const OrderSheetQueryDocument = graphql(`
  query OrderSheet($id: ID!) {
    order(id: $id) {
      ...OrderRow
      address
      language
      freeDelivery
      paymentUrl
      products { amount currency }
      delivery { amount currency }
      lines {
        key
        sku
        name
        kind
        quantity
        unitPrice { amount currency }
        total { amount currency }
      }
      contact { id name phone }
      payments { id provider status createdAt paidAt refundedAt amount { amount currency } }
      bookings { id kind status start end city title }
      reminders { id kind dueAt sentAt cancelledAt cancelReason }
    }
  }
`);
const CancelOrder = graphql(`
  mutation CancelOrder($input: OrderInput!) {
    cancelOrder(input: $input) { order { ...OrderRow } userErrors { field code message } }
  }
`);
const ResendLink = graphql(`
  mutation ResendLink($input: OrderInput!) {
    resendPaymentLink(input: $input) { order { ...OrderRow } userErrors { field code message } }
  }
`);
const RefundOrder = graphql(`
  mutation RefundOrder($input: OrderInput!) {
    refundOrder(input: $input) { order { ...OrderRow } userErrors { field code message } }
  }
`);

type Order = NonNullable<OrderSheetQuery["order"]>;

export function OrderSheet({ orderId, onClose }: { orderId: string | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: OrderSheetQueryDocument,
    variables: { id: orderId ?? "" },
    pause: !orderId,
  });
  const refresh = () => refetch({ requestPolicy: "network-only" });
  useLive(["ORDER", "BOOKING"], () => orderId && refresh(), { waitMs: 250 });
  const order = data?.order?.id === orderId ? data?.order : undefined;
  return (
    <Dialog
      open={Boolean(orderId)}
      onClose={onClose}
      shape="sheet"
      title={order ? t("order.number", { number: order.number }) : t("nav.orders")}
      description={
        order && (
          <span className="flex flex-wrap gap-1.5">
            <PaymentBadge status={order.paymentStatus} />
            <OrderBadge status={order.status} />
          </span>
        )
      }
    >
      {order ? (
        <Details order={order} onChanged={refresh} />
      ) : error ? (
        <Failed error={error} retry={refresh} />
      ) : fetching || !data ? (
        <SkeletonRows rows={4} className="h-16" />
      ) : (
        <Empty title={t("order.gone")} />
      )}
    </Dialog>
  );
}

function Details({ order, onChanged }: { order: Order; onChanged: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const path = useCompanyPath();
  const cancel = useAction(CancelOrder);
  const resend = useAction(ResendLink);
  const refund = useAction(RefundOrder);
  const [asking, setAsking] = useState<"cancel" | "refund" | null>(null);
  const unpaid = order.paymentStatus === "PAYMENT_LINK_SENT";
  const paid = order.paymentStatus === "PAID" && order.status !== "REFUNDED";
  const ended = ["CANCELLED", "REFUNDED"].includes(order.status);
  const facts: [string, ReactNode][] = [
    [t("order.name"), order.name ?? order.contact.name],
    [t("order.phone"), order.phone ?? order.contact.phone],
    [t("order.city"), order.city === "online" ? t("order.online") : order.city],
    [t("order.address"), order.address],
  ];

  async function act(action: typeof cancel | typeof resend | typeof refund, done: string) {
    const { data, refusals } = await action.run({ input: { id: order.id } });
    setAsking(null);
    if (data) {
      toast(done);
      onChanged();
    } else toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
  }

  return (
    <div className="flex flex-col gap-6">
      <section aria-label={t("order.lines")}>
        <ul className="flex flex-col gap-2.5">
          {order.lines.map((line) => (
            <li key={line.key} className="flex items-baseline justify-between gap-4">
              <span className="min-w-0" dir="auto">
                {line.name}
                <span className="num block text-[0.8125rem] text-ink-3">
                  {format.number(line.quantity)} × {format.money(line.unitPrice)}
                  {line.sku && ` · ${line.sku}`}
                </span>
              </span>
              <span className="num shrink-0">{format.money(line.total)}</span>
            </li>
          ))}
        </ul>
        <dl className="num mt-3 flex flex-col gap-1 border-t pt-3 text-ink-2 [&>div]:flex [&>div]:justify-between">
          <div>
            <dt>{t("order.products")}</dt>
            <dd>{format.money(order.products)}</dd>
          </div>
          <div>
            <dt>{t("order.delivery")}</dt>
            <dd>
              {order.freeDelivery || Number(order.delivery.amount) === 0
                ? t("order.free")
                : format.money(order.delivery)}
            </dd>
          </div>
          <div className="text-base font-semibold text-ink">
            <dt>{t("order.total")}</dt>
            <dd>{format.money(order.total)}</dd>
          </div>
        </dl>
      </section>

      <div className="flex flex-wrap gap-2">
        {order.conversation && (
          <Link to={path(`inbox/${encodeURIComponent(order.conversation.id)}`)} className={buttonStyle({ size: "sm" })}>
            <MessagesSquare aria-hidden />
            {t("order.openTalk")}
          </Link>
        )}
        {order.paymentUrl && unpaid && (
          <>
            <a
              href={order.paymentUrl}
              target="_blank"
              rel="noopener noreferrer"
              className={buttonStyle({ size: "sm" })}
            >
              <CreditCard aria-hidden />
              {t("order.openPayPage")}
              <ExternalLink aria-hidden className="size-3.5!" />
            </a>
            <Button
              size="sm"
              onClick={() => {
                void navigator.clipboard?.writeText(order.paymentUrl ?? "");
                toast(t("common.copied"));
              }}
            >
              <Copy aria-hidden />
              {t("order.copyLink")}
            </Button>
          </>
        )}
        {unpaid && (
          <Button size="sm" busy={resend.busy} onClick={() => void act(resend, t("order.resent"))}>
            <Send aria-hidden />
            {t("order.resend")}
          </Button>
        )}
        {paid && (
          <Button size="sm" look="danger" onClick={() => setAsking("refund")}>
            <Undo2 aria-hidden />
            {t("order.refund")}
          </Button>
        )}
        {!paid && !ended && (
          <Button size="sm" look="danger" onClick={() => setAsking("cancel")}>
            <CircleX aria-hidden />
            {t("order.cancel")}
          </Button>
        )}
      </div>

      <section aria-label={t("contact.title")}>
        <h3 className="mb-2 font-semibold">{t("contact.title")}</h3>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-5 gap-y-1.5">
          {facts
            .filter(([, value]) => value)
            .map(([label, value]) => (
              <div key={label} className="contents">
                <dt className="text-ink-3">{label}</dt>
                <dd dir="auto">{value}</dd>
              </div>
            ))}
          {order.conversation && (
            <>
              <dt className="text-ink-3">{t("order.channel")}</dt>
              <dd className="flex items-center gap-1.5">
                <span aria-hidden>
                  <ChannelIcon kind={order.conversation.channel.kind} />
                </span>
                {t(`channel.${order.conversation.channel.kind}`)}
              </dd>
            </>
          )}
        </dl>
      </section>

      <section aria-label={t("order.timeline")}>
        <h3 className="mb-3 font-semibold">{t("order.timeline")}</h3>
        <Timeline order={order} zone={company.timezone} />
      </section>

      <Dialog
        open={asking !== null}
        onClose={() => setAsking(null)}
        title={
          asking === "refund"
            ? t("order.refundTitle", { amount: format.money(order.total) })
            : t("order.cancelTitle", { number: order.number })
        }
        description={
          asking === "refund" ? t("order.refundText") : t("order.cancelText", { count: order.bookings.length })
        }
        footer={
          <>
            <Button onClick={() => setAsking(null)}>{t("common.back")}</Button>
            <Button
              look="danger"
              busy={cancel.busy || refund.busy}
              onClick={() =>
                void (asking === "refund" ? act(refund, t("order.refunded")) : act(cancel, t("order.cancelled")))
              }
            >
              {asking === "refund" ? t("order.refund") : t("order.cancel")}
            </Button>
          </>
        }
      />
    </div>
  );
}

type Moment = { at: string; text: string; icon: ReactNode; future?: boolean; tone?: string };

/** What happened to this order, in time; what is still due stands at the end, paler. */
function Timeline({ order, zone }: { order: Order; zone: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const path = useCompanyPath();
  const moments: Moment[] = [{ at: order.createdAt, text: t("timeline.created"), icon: <ReceiptText /> }];
  for (const payment of order.payments) {
    moments.push({
      at: payment.createdAt,
      text: t("timeline.linkSent", { amount: format.money(payment.amount) }),
      icon: <Send />,
    });
    if (payment.paidAt)
      moments.push({
        at: payment.paidAt,
        text: t("timeline.paid", { amount: format.money(payment.amount) }),
        icon: <CreditCard />,
        tone: "text-ok bg-ok-soft",
      });
    if (payment.refundedAt)
      moments.push({
        at: payment.refundedAt,
        text: t("timeline.refunded"),
        icon: <Undo2 />,
        tone: "text-bad bg-bad-soft",
      });
    if (payment.status === "failed")
      moments.push({
        at: payment.createdAt,
        text: t("timeline.failed"),
        icon: <CircleX />,
        tone: "text-bad bg-bad-soft",
      });
  }
  for (const reminder of order.reminders) {
    const kind = t(`reminder.${reminder.kind}`, { defaultValue: t("reminder.other") });
    if (reminder.sentAt) moments.push({ at: reminder.sentAt, text: t("timeline.reminded", { kind }), icon: <Bell /> });
    else if (reminder.cancelledAt)
      moments.push({ at: reminder.cancelledAt, text: t("timeline.reminderEnded", { kind }), icon: <Bell /> });
    else moments.push({ at: reminder.dueAt, text: t("timeline.reminderDue", { kind }), icon: <Bell />, future: true });
  }
  if (order.linkExpiresAt && order.paymentStatus === "PAYMENT_LINK_SENT")
    moments.push({ at: order.linkExpiresAt, text: t("timeline.linkEnds"), icon: <CircleX />, future: true });
  moments.sort(
    (left, right) => Number(left.future ?? false) - Number(right.future ?? false) || left.at.localeCompare(right.at),
  );
  return (
    <ol className="flex flex-col">
      {moments.map((moment, index) => (
        <li
          key={`${moment.at}${moment.text}`}
          className={cx("relative flex gap-3 pb-4", moment.future && "text-ink-3")}
        >
          {index < moments.length + order.bookings.length - 1 && (
            <span className="absolute start-3.5 top-7 bottom-0 w-px bg-line" aria-hidden />
          )}
          <span
            aria-hidden
            className={cx(
              "grid size-7 shrink-0 place-items-center rounded-full bg-sunken text-ink-2 ring-1 ring-line ring-inset [&_svg]:size-3.5",
              moment.tone,
              moment.future && "border border-dashed border-line-strong bg-transparent ring-0",
            )}
          >
            {moment.icon}
          </span>
          <span className="min-w-0 flex-1 pt-0.5">
            <span className="block font-medium">{moment.text}</span>
            <time dateTime={moment.at} className="num block text-[0.8125rem] text-ink-3">
              {format.dateTime(moment.at, zone)}
            </time>
          </span>
        </li>
      ))}
      {order.bookings.map((booking) => (
        <li key={booking.id} className="flex gap-3 pb-2">
          <span
            aria-hidden
            className={cx(
              "grid size-7 shrink-0 place-items-center rounded-full [&_svg]:size-3.5",
              booking.status === "CONFIRMED" ? "bg-ok-soft text-ok" : "hatched bg-warn-soft text-warn",
            )}
          >
            <CalendarCheck />
          </span>
          <Link
            to={path(`calendar?booking=${encodeURIComponent(booking.id)}&day=${booking.start.slice(0, 10)}`)}
            className="min-w-0 flex-1 pt-0.5 font-medium underline-offset-2 hover:underline"
          >
            {t(`bookingLine.${booking.kind}`, {
              when: format.dateTime(booking.start, zone),
              status: t(`bookingStatus.${booking.status}`),
            })}
          </Link>
        </li>
      ))}
    </ol>
  );
}
