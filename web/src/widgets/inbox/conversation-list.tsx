import { useVirtualizer } from "@tanstack/react-virtual";
import type { TFunction } from "i18next";
import { Bot, Inbox, Search, UserRound } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useCompany, useCompanyPath } from "@/entities/company/company";
import { CHANNEL_KINDS, ChannelIcon, useChannelName } from "@/entities/conversation/channel-icon";
import { useContactName } from "@/entities/conversation/contact-name";
import type { ChannelKind, ConversationFilter, ConversationRowFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useLive } from "@/shared/api/live";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { useDebounced } from "@/shared/lib/use-debounced";
import { usePaged } from "@/shared/lib/use-paged";
import { oneOf, useUrlState } from "@/shared/lib/use-url-state";
import { Avatar, buttonStyle, Empty, Failed, Input, Segments, Select, SkeletonRows } from "@/shared/ui";

const ConversationPage = graphql(`
  query ConversationPage($id: ID!, $filter: ConversationFilter, $after: String) {
    company(id: $id) {
      id
      conversations(first: 50, after: $after, filter: $filter) {
        nodes { ...ConversationRow }
        pageInfo { hasNextPage endCursor }
        totalCount
      }
    }
  }
`);

const VIEWS = ["open", "attention", "mine", "resolved"] as const;

/** The filter that an address asks for. */
export function filterOf(params: URLSearchParams, search: string): ConversationFilter {
  const view = oneOf(params.get("view"), VIEWS) ?? "open";
  const channel = oneOf(params.get("channel"), CHANNEL_KINDS);
  return {
    ...(view === "resolved" ? { status: "RESOLVED" as const } : { status: "OPEN" as const }),
    ...(view === "attention" ? { needsAttention: true } : {}),
    ...(view === "mine" ? { owner: "OPERATOR" as const } : {}),
    ...(channel ? { channelKind: channel } : {}),
    ...(search ? { search } : {}),
  };
}

export function ConversationList({ openId, onRows }: { openId?: string; onRows: (ids: string[]) => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const path = useCompanyPath();
  const channelName = useChannelName();
  const { params, change } = useUrlState();
  const search = useDebounced(params.get("q")?.trim() ?? "", 250);
  const view = oneOf(params.get("view"), VIEWS) ?? "open";
  const channel = oneOf(params.get("channel"), CHANNEL_KINDS);
  const list = usePaged(
    ConversationPage,
    { id: company.id, filter: filterOf(params, search) },
    (data) => data.company?.conversations,
  );
  useLive(["MESSAGE", "CONVERSATION", "ORDER"], list.refetch, { waitMs: 400 });
  const rows = (list.connection?.nodes ?? []) as ConversationRowFragment[];
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 86,
    overscan: 8,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const ids = rows.map((row) => row.id).join(" ");
  useEffect(() => onRows(ids ? ids.split(" ") : []), [ids, onRows]);
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks for more when the end comes into view
  useEffect(() => {
    if (rows.length > 0 && lastShown >= rows.length - 10) void list.loadMore();
  }, [lastShown, rows.length]);

  const filtered = view !== "open" || Boolean(channel) || Boolean(search);
  const query = params.toString();

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-col gap-2.5 border-b px-3 py-3">
        <div className="flex items-center gap-2">
          <h1 className="flex-1 text-lg font-semibold tracking-tight">{t("nav.inbox")}</h1>
          {list.connection?.totalCount != null && (
            <span className="num text-[0.8125rem] text-ink-3">
              {t("inbox.count", { count: list.connection.totalCount })}
            </span>
          )}
        </div>
        <div className="flex gap-2">
          <label className="relative min-w-0 flex-1">
            <span className="sr-only">{t("inbox.search")}</span>
            <Search
              className="pointer-events-none absolute start-2.5 top-1/2 size-4 -translate-y-1/2 text-ink-3"
              aria-hidden
            />
            <Input
              type="search"
              data-search
              defaultValue={params.get("q") ?? ""}
              onChange={(event) => change({ q: event.target.value })}
              placeholder={t("inbox.search")}
              className="text-ellipsis ps-8.5"
            />
          </label>
          <Select
            aria-label={t("inbox.channel")}
            value={channel ?? ""}
            onChange={(event) => change({ channel: event.target.value })}
            className="w-28 shrink-0"
          >
            <option value="">{t("inbox.allChannels")}</option>
            {CHANNEL_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {channelName(kind)}
              </option>
            ))}
          </Select>
        </div>
        <Segments
          label={t("inbox.view")}
          value={view}
          onChange={(next) => change({ view: next === "open" ? null : next })}
          options={VIEWS.map((one) => ({ value: one, label: t(`inbox.views.${one}`) }))}
          className="w-full overflow-x-auto [&>button]:px-1.5"
        />
      </div>
      {list.error ? (
        <Failed error={list.error} retry={list.refetch} />
      ) : list.loading ? (
        <SkeletonRows rows={7} className="h-16" />
      ) : rows.length === 0 ? (
        filtered ? (
          <Empty
            icon={<Search />}
            title={t("inbox.noMatch")}
            action={
              <Link to={path("inbox")} className={buttonStyle()}>
                {t("common.clearFilters")}
              </Link>
            }
          >
            {t("inbox.noMatchText")}
          </Empty>
        ) : (
          <Empty
            icon={<Inbox />}
            title={t("inbox.empty")}
            action={
              <Link to={path("try")} className={buttonStyle({ look: "primary" })}>
                {t("home.check.assistant_tried")}
              </Link>
            }
          >
            {t("inbox.emptyText")}
          </Empty>
        )
      ) : (
        <div ref={scroll} className={cx("min-h-0 flex-1 overflow-y-auto", list.dimmed && search && "opacity-60")}>
          <ul aria-label={t("nav.inbox")} className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index];
              if (!row) return null;
              return (
                <li
                  key={item.key}
                  className="absolute inset-x-0 top-0"
                  style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                >
                  <Row
                    row={row}
                    open={row.id === openId}
                    to={`${path(`inbox/${encodeURIComponent(row.id)}`)}${query ? `?${query}` : ""}`}
                  />
                </li>
              );
            })}
          </ul>
        </div>
      )}
    </div>
  );
}

function Row({ row, open, to }: { row: ConversationRowFragment; open: boolean; to: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useContactName()(row);
  return (
    <Link
      to={to}
      aria-current={open ? "true" : undefined}
      className={cx(
        "relative flex h-full gap-3 border-b px-3 py-2.5 transition-colors hover:bg-hover",
        open && "bg-accent-soft hover:bg-accent-soft",
      )}
    >
      <span className="relative self-start">
        <Avatar name={name} />
        <span className="absolute -end-1 -bottom-1 grid size-5 place-items-center rounded-full border bg-surface text-ink-2">
          <ChannelIcon kind={row.channel.kind as ChannelKind} className="size-3" />
        </span>
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <span className={cx("min-w-0 flex-1 truncate", row.unreadCount ? "font-semibold" : "font-medium")} dir="auto">
            {name}
          </span>
          <time dateTime={row.lastMessageAt} className="shrink-0 text-xs text-ink-3">
            {format.ago(row.lastMessageAt)}
          </time>
        </span>
        <span className="mt-0.5 flex items-center gap-1.5">
          <span
            className={cx("min-w-0 flex-1 truncate text-[0.8125rem]", row.unreadCount ? "text-ink" : "text-ink-2")}
            dir="auto"
          >
            {row.preview}
          </span>
          {row.unreadCount > 0 && (
            <span className="num grid h-5 min-w-5 place-items-center rounded-full bg-accent px-1.5 text-2xs font-semibold text-accent-ink">
              <span className="sr-only">{t("inbox.unread", { count: row.unreadCount })}</span>
              <span aria-hidden>{row.unreadCount}</span>
            </span>
          )}
        </span>
        <span className="mt-1 flex items-center gap-1 text-xs">
          {row.needsAttention ? (
            <span className="flex min-w-0 items-center gap-1 font-medium text-bad">
              <span className="size-1.5 shrink-0 rounded-full bg-bad" aria-hidden />
              <span className="truncate">{attentionText(t, row.attentionReason)}</span>
            </span>
          ) : (
            <span className="flex items-center gap-1 text-ink-3">
              {row.owner === "ASSISTANT" ? (
                <Bot className="size-3.5" aria-hidden />
              ) : (
                <UserRound className="size-3.5" aria-hidden />
              )}
              {t(`owner.${row.owner}`)}
            </span>
          )}
        </span>
      </span>
    </Link>
  );
}

export function attentionText(t: TFunction, reason: string | null | undefined): string {
  const general = t("attention.general");
  return reason ? t(`attention.${reason}`, { defaultValue: /^[a-z_]+$/.test(reason) ? general : reason }) : general;
}
