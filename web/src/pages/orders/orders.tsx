import { Search, WalletCards } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useCompany, useCompanyPath } from "@/entities/company/company";
import { ChannelIcon } from "@/entities/conversation/channel-icon";
import { OrderBadge, PaymentBadge } from "@/entities/order/order";
import type { OrderRowFragment, OrderStatus, PaymentStatus } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useLive } from "@/shared/api/live";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { useDebounced } from "@/shared/lib/use-debounced";
import { usePaged } from "@/shared/lib/use-paged";
import { oneOf, useUrlState } from "@/shared/lib/use-url-state";
import { Button, buttonStyle, Empty, Failed, Input, PageHeader, Segments, Select, SkeletonRows } from "@/shared/ui";
import { OrderSheet } from "@/widgets/orders/order-sheet";

const OrderPage = graphql(`
  query OrderPage($id: ID!, $filter: OrderFilter, $after: String) {
    company(id: $id) {
      id
      orders(first: 50, after: $after, filter: $filter) {
        nodes { ...OrderRow }
        pageInfo { hasNextPage endCursor }
        totalCount
      }
    }
  }
`);

const PAYMENTS: PaymentStatus[] = ["PAYMENT_LINK_SENT", "PAID", "NO_PAYMENT_LINK"];
const STATUSES: OrderStatus[] = ["OPEN", "CONFIRMED", "BOOKED", "PUT_ASIDE", "EXPIRED", "CANCELLED", "REFUNDED"];

export default function OrdersPage() {
  const { t } = useTranslation();
  const company = useCompany();
  const path = useCompanyPath();
  const format = useFormat();
  const { params, change } = useUrlState();
  const search = useDebounced(params.get("q")?.trim() ?? "", 250);
  const payment = oneOf(params.get("payment"), PAYMENTS);
  const status = oneOf(params.get("status"), STATUSES);
  const list = usePaged(
    OrderPage,
    {
      id: company.id,
      filter: {
        ...(payment ? { paymentStatus: payment } : {}),
        ...(status ? { status } : {}),
        ...(search ? { search } : {}),
      },
    },
    (data) => data.company?.orders,
  );
  useLive(["ORDER"], list.refetch, { waitMs: 400 });
  const orders = (list.connection?.nodes ?? []) as OrderRowFragment[];
  const filtered = Boolean(payment || status || search);
  // The total of what is loaded, and only when it is all in one currency.
  const sum = orders.reduce((total, order) => total + Number(order.total.amount), 0);

  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-4 p-4 sm:p-6">
      <PageHeader
        title={t("nav.orders")}
        description={t("orders.text")}
        actions={
          orders.length > 0 && (
            <p className="num flex items-baseline gap-x-3 text-ink-2 sm:block sm:text-end">
              {t("orders.count", { count: list.connection?.totalCount ?? orders.length })}
              {!list.connection?.pageInfo.hasNextPage && (
                <span className="block text-lg font-semibold text-ink">
                  {format.money({ amount: sum.toFixed(2), currency: company.currency })}
                </span>
              )}
            </p>
          )
        }
      />
      <div className="flex flex-wrap gap-2">
        <Segments
          label={t("orders.payment")}
          value={payment ?? ""}
          onChange={(value) => change({ payment: value || null })}
          options={[
            { value: "", label: t("orders.all") },
            ...PAYMENTS.map((one) => ({ value: one, label: t(`payment.${one}`) })),
          ]}
          className="max-w-full overflow-x-auto"
        />
        <Select
          aria-label={t("orders.status")}
          value={status ?? ""}
          onChange={(event) => change({ status: event.target.value })}
          className="w-44"
        >
          <option value="">{t("orders.anyStatus")}</option>
          {STATUSES.map((one) => (
            <option key={one} value={one}>
              {t(`orderStatus.${one}`)}
            </option>
          ))}
        </Select>
        <label className="relative min-w-48 flex-1">
          <span className="sr-only">{t("orders.search")}</span>
          <Search
            className="pointer-events-none absolute start-2.5 top-1/2 size-4 -translate-y-1/2 text-ink-3"
            aria-hidden
          />
          <Input
            type="search"
            data-search
            defaultValue={params.get("q") ?? ""}
            onChange={(event) => change({ q: event.target.value })}
            placeholder={t("orders.search")}
            className="ps-8.5"
          />
        </label>
      </div>

      <section className="overflow-hidden rounded-xl border bg-surface shadow-card" aria-label={t("nav.orders")}>
        {list.error ? (
          <Failed error={list.error} retry={list.refetch} />
        ) : list.loading ? (
          <SkeletonRows rows={8} className="h-12" />
        ) : orders.length === 0 ? (
          filtered ? (
            <Empty
              icon={<Search />}
              title={t("orders.noMatch")}
              action={
                <Link to={path("orders")} className={buttonStyle()}>
                  {t("common.clearFilters")}
                </Link>
              }
            />
          ) : (
            <Empty
              icon={<WalletCards />}
              title={t("orders.empty")}
              action={
                <Link to={path("try")} className={buttonStyle({ look: "primary" })}>
                  {t("home.check.assistant_tried")}
                </Link>
              }
            >
              {t("orders.emptyText")}
            </Empty>
          )
        ) : (
          <table className={cx("w-full text-start max-md:block", list.dimmed && filtered && "opacity-60")}>
            <thead className="border-b bg-sunken text-xs text-ink-3 max-md:sr-only">
              <tr className="[&>th]:px-4 [&>th]:py-2.5 [&>th]:text-start [&>th]:font-medium">
                <th scope="col">{t("orders.number")}</th>
                <th scope="col">{t("orders.customer")}</th>
                <th scope="col">{t("order.lines")}</th>
                <th scope="col">{t("orders.payment")}</th>
                <th scope="col">{t("orders.status")}</th>
                <th scope="col" className="text-end!">
                  {t("order.total")}
                </th>
                <th scope="col" className="text-end!">
                  {t("orders.created")}
                </th>
              </tr>
            </thead>
            <tbody className="divide-y max-md:block">
              {orders.map((order) => (
                <tr
                  key={order.id}
                  className="relative transition-colors hover:bg-hover has-focus-visible:bg-hover max-md:grid max-md:grid-cols-[auto_minmax(0,1fr)_auto] max-md:items-center max-md:gap-x-3 max-md:gap-y-1 max-md:px-4 max-md:py-3 md:[&>td]:px-4 md:[&>td]:py-3"
                >
                  <td className="num font-medium">
                    {/* The whole row opens the order: the link is stretched over it. */}
                    <button
                      type="button"
                      className="after:absolute after:inset-0"
                      onClick={() => change({ order: order.id }, { push: true })}
                    >
                      {t("order.short", { number: order.number })}
                    </button>
                  </td>
                  <td className="max-w-48 truncate max-md:max-w-none max-md:order-1" dir="auto">
                    <span className="flex items-center gap-2">
                      {order.conversation && (
                        <ChannelIcon kind={order.conversation.channel.kind} className="text-ink-3" />
                      )}
                      <span className="truncate">{order.name ?? t("inbox.visitor")}</span>
                    </span>
                  </td>
                  <td
                    className="max-w-72 truncate text-ink-2 max-md:order-4 max-md:col-span-2 max-md:max-w-none"
                    dir="auto"
                  >
                    {order.lines.map((line) => `${format.number(line.quantity)} × ${line.name}`).join(", ")}
                  </td>
                  <td className="max-md:order-5">
                    <PaymentBadge status={order.paymentStatus} />
                  </td>
                  <td className="max-md:hidden">
                    <OrderBadge status={order.status} />
                  </td>
                  <td className="num text-end font-medium max-md:order-2">{format.money(order.total)}</td>
                  <td className="num text-end text-[0.8125rem] whitespace-nowrap text-ink-3 max-md:hidden">
                    {format.dateTime(order.createdAt, company.timezone)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {list.connection?.pageInfo.hasNextPage && (
          <div className="border-t p-3 text-center">
            <Button busy={list.loadingMore} onClick={() => void list.loadMore()}>
              {t("common.more")}
            </Button>
          </div>
        )}
      </section>
      <OrderSheet orderId={params.get("order")} onClose={() => change({ order: null })} />
    </div>
  );
}
