import { CreditCard, ExternalLink, FastForward, MessagesSquare, Sparkles } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useQuery } from "urql";
import { useCompany, useCompanyPath } from "@/entities/company/company";
import { CartCard } from "@/entities/conversation/cart-card";
import { ThreadTurns } from "@/entities/conversation/documents";
import { Reasons } from "@/entities/conversation/reasons";
import { useThread } from "@/entities/conversation/use-thread";
import { OrderBadge, PaymentBadge } from "@/entities/order/order";
import type { ChannelKind } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useLive } from "@/shared/api/live";
import { useAction } from "@/shared/api/use-action";
import { useFormat } from "@/shared/lib/format";
import { Button, buttonStyle, Card, Empty, toast } from "@/shared/ui";

const TrialState = graphql(`
  query TrialState($id: ID!) {
    conversation(id: $id) {
      id
      owner
      cart { ...CartParts }
      order {
        id
        number
        status
        paymentStatus
        paymentUrl
        linkExpiresAt
        total { amount currency }
        bookings { id status start end kind }
        reminders { id kind dueAt sentAt cancelledAt }
      }
    }
  }
`);

const AdvanceClock = graphql(`
  mutation AdvanceClock($input: AdvanceClockInput!) {
    advanceClock(input: $input) { now jobsRun userErrors { field code message } }
  }
`);

/** Beside the phone: the order as it stands, the clock, and the reasons of each reply. */
export function TrialSide({ kind, conversationId }: { kind: ChannelKind; conversationId: string | null }) {
  const { t } = useTranslation();
  const company = useCompany();
  const path = useCompanyPath();
  const format = useFormat();
  const id = conversationId ?? "";
  const [{ data }, refetchState] = useQuery({ query: TrialState, variables: { id }, pause: !conversationId });
  const [{ data: turnData }, refetchTurns] = useQuery({
    query: ThreadTurns,
    variables: { id },
    pause: !conversationId,
  });
  const thread = useThread(conversationId ?? undefined);
  const clock = useAction(AdvanceClock);

  function refresh() {
    if (!conversationId) return;
    refetchState({ requestPolicy: "network-only" });
    refetchTurns({ requestPolicy: "network-only" });
  }
  useLive(["MESSAGE", "CONVERSATION", "ORDER", "BOOKING"], refresh, { waitMs: 250 });

  const talk = data?.conversation?.id === conversationId ? data?.conversation : undefined;
  const turns = turnData?.conversation?.id === conversationId ? (turnData?.conversation?.turns.nodes ?? []) : [];
  const order = talk?.order;
  const dueReminder = order?.reminders.find((one) => !one.sentAt && !one.cancelledAt);
  const sentReminder = order?.reminders.find((one) => one.sentAt);

  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Card className="flex flex-wrap items-center gap-x-5 gap-y-3 p-4">
        <div className="min-w-0 flex-1 basis-64">
          <h2 className="font-semibold">{t("try.clockTitle")}</h2>
          <p className="text-[0.8125rem]/5 text-ink-2">{t("try.clockText")}</p>
        </div>
        <Button
          busy={clock.busy}
          onClick={async () => {
            const { data: moved, refusals } = await clock.run({ input: { companyId: company.id, minutes: 180 } });
            if (moved) {
              const jobs = moved.advanceClock.jobsRun;
              toast(
                `${t("try.clockNow", { time: format.dateTime(moved.advanceClock.now, company.timezone) })} ${t("try.jobsRun", { count: jobs })}`,
              );
              thread.refetch();
              refresh();
            } else toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
          }}
        >
          <FastForward aria-hidden />
          {t("try.later")}
        </Button>
      </Card>

      {talk?.cart && !(order && order.paymentStatus !== "NO_PAYMENT_LINK") && talk.cart.lines.length > 0 && (
        <Card className="p-4" label={t("order.cart")}>
          <h2 className="mb-3 font-semibold">{t("order.cart")}</h2>
          <CartCard cart={talk.cart} />
        </Card>
      )}

      {order && (
        <Card className="p-4" label={t("order.number", { number: order.number })}>
          <div className="flex flex-wrap items-center gap-2">
            <h2 className="font-semibold">
              <Link className="hover:underline" to={path(`orders?order=${encodeURIComponent(order.id)}`)}>
                {t("order.number", { number: order.number })}
              </Link>
            </h2>
            <PaymentBadge status={order.paymentStatus} />
            {order.status !== "OPEN" && <OrderBadge status={order.status} />}
            <span className="num ms-auto text-lg font-semibold">{format.money(order.total)}</span>
          </div>
          <ul className="mt-2 flex flex-col gap-1 text-[0.8125rem] text-ink-2">
            {order.bookings.map((booking) => (
              <li key={booking.id}>
                <Link
                  className="underline-offset-2 hover:underline"
                  to={path(`calendar?booking=${encodeURIComponent(booking.id)}&day=${booking.start.slice(0, 10)}`)}
                >
                  {t(`bookingLine.${booking.kind}`, {
                    when: format.dateTime(booking.start, company.timezone),
                    status: t(`bookingStatus.${booking.status}`),
                  })}
                </Link>
              </li>
            ))}
            {sentReminder?.sentAt && (
              <li>{t("order.reminderSent", { when: format.dateTime(sentReminder.sentAt, company.timezone) })}</li>
            )}
            {dueReminder && (
              <li>{t("order.reminderDue", { when: format.dateTime(dueReminder.dueAt, company.timezone) })}</li>
            )}
          </ul>
          {order.paymentUrl && order.paymentStatus === "PAYMENT_LINK_SENT" && (
            <a
              href={order.paymentUrl}
              target="_blank"
              rel="noopener noreferrer"
              className={buttonStyle({ look: "primary", className: "mt-3" })}
            >
              <CreditCard aria-hidden />
              {t("order.openPayPage")}
              <ExternalLink aria-hidden className="size-3.5!" />
            </a>
          )}
        </Card>
      )}

      <Card label={t("reasons.title")}>
        <header className="flex items-center gap-2.5 border-b px-4 py-3">
          <Sparkles className="size-4.5 text-accent-text" aria-hidden />
          <h2 className="flex-1 font-semibold">{t("reasons.title")}</h2>
          {conversationId && (
            <Link
              to={path(`inbox/${encodeURIComponent(conversationId)}`)}
              className={buttonStyle({ look: "quiet", size: "sm" })}
            >
              <MessagesSquare aria-hidden />
              {t("try.openInbox")}
            </Link>
          )}
        </header>
        {turns.length === 0 ? (
          <Empty title={t("reasons.emptyTitle")} className="py-10">
            {t("reasons.empty")}
          </Empty>
        ) : (
          <ol className="divide-y" data-testid="reasons">
            {turns.map((turn, index) => {
              const reply = thread.messages.find(
                (message) => message.turnId === turn.id && message.direction === "OUTBOUND",
              );
              return (
                <li key={turn.id}>
                  <details open={index === 0} className="group">
                    <summary className="flex cursor-pointer list-none items-center gap-3 px-4 py-3 hover:bg-hover">
                      <span className="min-w-0 flex-1 truncate text-ink-2" dir="auto">
                        {reply?.text ?? t(`turnStatus.${turn.status}`)}
                      </span>
                      <time className="num shrink-0 text-xs text-ink-3" dateTime={turn.startedAt}>
                        {format.time(turn.startedAt, company.timezone)}
                      </time>
                    </summary>
                    <div className="px-4 pb-4">
                      <Reasons turn={turn} />
                    </div>
                  </details>
                </li>
              );
            })}
          </ol>
        )}
        <span className="sr-only">{t("try.channelNow", { channel: t(`channel.${kind}`) })}</span>
      </Card>
    </div>
  );
}
