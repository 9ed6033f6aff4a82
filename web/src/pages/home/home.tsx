import {
  ArrowRight,
  CalendarDays,
  Check,
  CircleAlert,
  Inbox,
  MessageCircle,
  TriangleAlert,
  WalletCards,
} from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useQuery } from "urql";
import { useCompany, useCompanyPath } from "@/entities/company/company";
import { ChannelIcon } from "@/entities/conversation/channel-icon";
import { useContactName } from "@/entities/conversation/contact-name";
import { graphql } from "@/shared/api/graphql";
import { useLive } from "@/shared/api/live";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { wallAt } from "@/shared/lib/zoned";
import { Avatar, buttonStyle, Card, Failed, PageHeader, Progress, Skeleton, SkeletonRows } from "@/shared/ui";
import { attentionText } from "@/widgets/inbox/conversation-list";

const HomeQuery = graphql(`
  query Home($id: ID!, $from: DateTime!, $to: DateTime!) {
    company(id: $id) {
      id
      checklist { key done }
      summary {
        conversationsOpen
        conversationsNeedAttention
        messagesToday
        ordersUnpaid
        ordersPaidToday
        bookingsToday
        jobsDead
        revenueToday { amount currency }
      }
      conversations(first: 6, filter: { needsAttention: true }) { nodes { ...ConversationRow } pageInfo { hasNextPage endCursor } }
      bookings(from: $from, to: $to, last: 6) { nodes { ...BookingParts } }
      channels { id kind name status lastError }
    }
  }
`);

const STEPS: Record<string, string> = {
  catalogue_imported: "catalogue",
  catalogue_published: "catalogue",
  assistant_tried: "try",
  order_paid: "try",
  channel_added: "settings",
};

export default function HomePage() {
  const { t } = useTranslation();
  const company = useCompany();
  const path = useCompanyPath();
  const format = useFormat();
  // The start of this hour keeps the question, and with it the cached answer, the same between visits.
  const from = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000);
  const to = new Date(from.getTime() + 7 * 86_400_000);
  const [{ data, error }, refetch] = useQuery({
    query: HomeQuery,
    variables: { id: company.id, from: from.toISOString(), to: to.toISOString() },
  });
  const refresh = () => refetch({ requestPolicy: "network-only" });
  useLive(["MESSAGE", "CONVERSATION", "ORDER", "BOOKING", "CATALOGUE", "JOB"], refresh, { waitMs: 1000 });
  const view = data?.company;
  const hour = wallAt(new Date(), company.timezone).hour;
  const greeting = hour < 5 ? "night" : hour < 12 ? "morning" : hour < 18 ? "day" : "evening";
  const left = view?.checklist.filter((step) => !step.done) ?? [];

  if (error && !view) return <Failed error={error} retry={refresh} className="h-full justify-center" />;
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-6 p-4 sm:p-6 lg:py-8">
      <PageHeader title={t(`home.greeting.${greeting}`)} description={t("home.text", { company: company.name })} />
      {view && left.length > 0 && <Checklist steps={view.checklist} />}
      <section aria-label={t("home.numbers")}>
        <h2 className="sr-only">{t("home.numbers")}</h2>
        {view ? (
          <ul className="grid grid-cols-2 gap-3 lg:grid-cols-4">
            <Tile
              to={path("orders?payment=PAID")}
              icon={<WalletCards />}
              label={t("home.revenue")}
              value={format.money(view.summary.revenueToday)}
            >
              {t("home.paidToday", { count: view.summary.ordersPaidToday })}
            </Tile>
            <Tile
              to={path("inbox")}
              icon={<MessageCircle />}
              label={t("home.open")}
              value={format.number(view.summary.conversationsOpen)}
            >
              {t("home.messages", { count: view.summary.messagesToday })}
            </Tile>
            <Tile
              to={path("orders?payment=PAYMENT_LINK_SENT")}
              icon={<CircleAlert />}
              label={t("home.unpaid")}
              value={format.number(view.summary.ordersUnpaid)}
            >
              {t("home.unpaidText")}
            </Tile>
            <Tile
              to={path("calendar")}
              icon={<CalendarDays />}
              label={t("home.bookings")}
              value={format.number(view.summary.bookingsToday)}
            >
              {t("home.bookingsText")}
            </Tile>
          </ul>
        ) : (
          <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
            {["a", "b", "c", "d"].map((key) => (
              <Skeleton key={key} className="h-28 rounded-xl" />
            ))}
          </div>
        )}
      </section>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[repeat(2,minmax(0,1fr))]">
        <NeedsYou
          rows={view?.conversations.nodes}
          jobsDead={view?.summary.jobsDead ?? 0}
          broken={view?.channels.filter((channel) => channel.status === "ERROR") ?? []}
        />
        <Card label={t("home.next")}>
          <header className="flex items-center justify-between border-b px-4 py-3">
            <h2 className="font-semibold">{t("home.next")}</h2>
            <Link to={path("calendar")} className={buttonStyle({ look: "quiet", size: "sm" })}>
              {t("nav.calendar")}
              <ArrowRight aria-hidden />
            </Link>
          </header>
          {!view ? (
            <SkeletonRows rows={3} className="h-10" />
          ) : view.bookings.nodes.filter((booking) => booking.status !== "CANCELLED").length === 0 ? (
            <p className="px-4 py-8 text-center text-ink-3">{t("home.noBookings")}</p>
          ) : (
            <ul className="divide-y">
              {view.bookings.nodes
                .filter((booking) => booking.status !== "CANCELLED")
                .sort((left, right) => left.start.localeCompare(right.start))
                .map((booking) => (
                  <li key={booking.id}>
                    <Link
                      to={path(`calendar?booking=${encodeURIComponent(booking.id)}&day=${booking.start.slice(0, 10)}`)}
                      className="flex items-center gap-3 px-4 py-2.5 hover:bg-hover"
                    >
                      <span
                        aria-hidden
                        className={cx(
                          "h-8 w-1 rounded-full",
                          booking.status === "HELD" ? "bg-warn" : booking.kind === "DELIVERY" ? "bg-accent" : "bg-ok",
                        )}
                      />
                      <span className="num w-28 shrink-0 text-[0.8125rem] text-ink-2">
                        {format.dateTime(booking.start, company.timezone)}
                      </span>
                      <span className="min-w-0 flex-1 truncate font-medium" dir="auto">
                        {booking.title}
                      </span>
                      <span className="text-[0.8125rem] text-ink-3 max-sm:hidden">
                        {t(`bookingStatus.${booking.status}`)}
                      </span>
                    </Link>
                  </li>
                ))}
            </ul>
          )}
        </Card>
      </div>
    </div>
  );
}

function Checklist({ steps }: { steps: { key: string; done: boolean }[] }) {
  const { t } = useTranslation();
  const path = useCompanyPath();
  const done = steps.filter((step) => step.done).length;
  const next = steps.find((step) => !step.done);
  return (
    <Card label={t("home.setup")} className="overflow-hidden">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 pt-4 pb-3 sm:px-5">
        <div className="min-w-0 flex-1">
          <h2 className="text-base font-semibold tracking-tight">{t("home.setup")}</h2>
          <p className="text-ink-2">{t("home.setupText")}</p>
        </div>
        <div className="w-40">
          <p className="num mb-1 text-end text-xs font-medium text-ink-2">
            {t("home.setupDone", { done, count: steps.length })}
          </p>
          <Progress value={done / steps.length} label={t("home.setup")} />
        </div>
      </div>
      <ol className="grid border-t sm:grid-cols-2 lg:grid-cols-5 lg:divide-x">
        {steps.map((step, index) => {
          const here = step === next;
          return (
            <li key={step.key} className="max-lg:border-b">
              <Link
                to={path(STEPS[step.key] ?? "home")}
                aria-current={here ? "step" : undefined}
                className={cx(
                  "flex h-full items-start gap-3 px-4 py-3.5 transition-colors hover:bg-hover sm:px-5 lg:flex-col lg:gap-2",
                  here && "bg-accent-soft hover:bg-accent-soft",
                )}
              >
                <span
                  className={cx(
                    "num grid size-6 shrink-0 place-items-center rounded-full text-xs font-semibold",
                    step.done
                      ? "bg-ok-soft text-ok"
                      : here
                        ? "bg-accent text-accent-ink"
                        : "bg-sunken text-ink-3 ring-1 ring-line-strong ring-inset",
                  )}
                >
                  {step.done ? (
                    <>
                      <Check className="size-3.5" aria-hidden />
                      <span className="sr-only">{t("home.stepDone")}</span>
                    </>
                  ) : (
                    index + 1
                  )}
                </span>
                <span className={cx("font-medium", step.done && "text-ink-3")}>
                  {t(`home.check.${step.key}`, { defaultValue: step.key })}
                </span>
              </Link>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

function Tile({
  to,
  icon,
  label,
  value,
  children,
}: {
  to: string;
  icon: ReactNode;
  label: string;
  value: string;
  children: ReactNode;
}) {
  return (
    <li>
      <Link
        to={to}
        className="flex h-full flex-col rounded-xl border bg-surface p-4 shadow-card transition-colors hover:border-line-strong"
      >
        <span className="flex items-center gap-2 text-[0.8125rem] font-medium text-ink-2 [&_svg]:size-4 [&_svg]:text-ink-3">
          <span aria-hidden>{icon}</span>
          {label}
        </span>
        <span className="num mt-2 text-2xl/8 font-semibold tracking-tight">{value}</span>
        <span className="num mt-0.5 text-[0.8125rem] text-ink-3">{children}</span>
      </Link>
    </li>
  );
}

type Row = Parameters<ReturnType<typeof useContactName>>[0] & {
  id: string;
  preview: string;
  lastMessageAt: string;
  attentionReason?: string | null;
  channel: { kind: Parameters<typeof ChannelIcon>[0]["kind"] };
};

function NeedsYou({
  rows,
  jobsDead,
  broken,
}: {
  rows?: Row[];
  jobsDead: number;
  broken: { id: string; name: string; lastError?: string | null }[];
}) {
  const { t } = useTranslation();
  const path = useCompanyPath();
  const format = useFormat();
  const contactName = useContactName();
  const quiet = rows?.length === 0 && jobsDead === 0 && broken.length === 0;
  return (
    <Card label={t("home.needsYou")}>
      <header className="flex items-center justify-between border-b px-4 py-3">
        <h2 className="font-semibold">{t("home.needsYou")}</h2>
        <Link to={path("inbox?view=attention")} className={buttonStyle({ look: "quiet", size: "sm" })}>
          {t("nav.inbox")}
          <ArrowRight aria-hidden />
        </Link>
      </header>
      {!rows ? (
        <SkeletonRows rows={3} className="h-12" />
      ) : quiet ? (
        <p className="flex flex-col items-center gap-2 px-4 py-8 text-center text-ink-3">
          <Inbox className="size-6" aria-hidden />
          {t("home.calm")}
        </p>
      ) : (
        <ul className="divide-y">
          {rows.map((row) => (
            <li key={row.id}>
              <Link
                to={path(`inbox/${encodeURIComponent(row.id)}`)}
                className="flex items-center gap-3 px-4 py-2.5 hover:bg-hover"
              >
                <Avatar name={contactName(row)} />
                <span className="min-w-0 flex-1">
                  <span className="flex items-center gap-1.5 font-medium">
                    <span className="truncate" dir="auto">
                      {contactName(row)}
                    </span>
                    <ChannelIcon kind={row.channel.kind} className="size-3.5 text-ink-3" />
                  </span>
                  <span className="block truncate text-[0.8125rem] text-bad">
                    {attentionText(t, row.attentionReason)}
                  </span>
                </span>
                <time dateTime={row.lastMessageAt} className="text-xs text-ink-3">
                  {format.ago(row.lastMessageAt)}
                </time>
              </Link>
            </li>
          ))}
          {jobsDead > 0 && (
            <li>
              <Link
                to={path("jobs?status=DEAD")}
                className="flex items-center gap-3 px-4 py-3 font-medium hover:bg-hover"
              >
                <TriangleAlert className="size-5 text-bad" aria-hidden />
                {t("home.jobsDead", { count: jobsDead })}
              </Link>
            </li>
          )}
          {broken.map((channel) => (
            <li key={channel.id}>
              <Link to={path("settings")} className="flex items-center gap-3 px-4 py-3 hover:bg-hover">
                <TriangleAlert className="size-5 text-bad" aria-hidden />
                <span className="min-w-0 flex-1">
                  <span className="block font-medium">{t("home.channelBroken", { name: channel.name })}</span>
                  <span className="block truncate text-[0.8125rem] text-ink-2">{channel.lastError}</span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
