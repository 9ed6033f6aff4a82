import {
  ArrowDown,
  Bot,
  Check,
  CheckCheck,
  CircleAlert,
  Clock3,
  LoaderCircle,
  NotebookPen,
  Sparkles,
} from "lucide-react";
import { Fragment, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { useCompany } from "@/entities/company/company";
import { Attachments } from "@/entities/conversation/attachments";
import { ThreadTurns } from "@/entities/conversation/documents";
import { MessageText } from "@/entities/conversation/message-text";
import { Reasons } from "@/entities/conversation/reasons";
import type { useThread } from "@/entities/conversation/use-thread";
import type { MessagePartsFragment, TurnPartsFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useLive } from "@/shared/api/live";
import { useAction } from "@/shared/api/use-action";
import { announce } from "@/shared/lib/announce";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { addDays, dayKey, sameDay, wallAt } from "@/shared/lib/zoned";
import { Button, Failed, Skeleton, toast } from "@/shared/ui";

const FetchAttachment = graphql(`
  mutation FetchAttachment($input: RetryMessageInput!) {
    fetchAttachment(input: $input) { message { ...MessageParts } userErrors { field code message } }
  }
`);
const RetryMessage = graphql(`
  mutation RetryMessage($input: RetryMessageInput!) {
    retryMessage(input: $input) { message { id status error } userErrors { field code message } }
  }
`);

export type Outgoing = { id: string; text: string; note: boolean; at: string; failed?: string };

/** The talk itself: days, bubbles, delivery, and under each reply of the assistant where its numbers come from. */
export function Thread({
  conversationId,
  thread,
  outgoing,
  onSendAgain,
}: {
  conversationId: string;
  thread: ReturnType<typeof useThread>;
  outgoing: Outgoing[];
  onSendAgain: (message: Outgoing) => void;
}) {
  const { t } = useTranslation();
  const company = useCompany();
  const format = useFormat();
  const [{ data: turnData }, refetchTurns] = useQuery({ query: ThreadTurns, variables: { id: conversationId } });
  useLive(["MESSAGE"], () => refetchTurns({ requestPolicy: "network-only" }), {
    only: (event) => event.conversationId === conversationId,
  });
  const turns = useMemo(() => {
    const nodes = turnData?.conversation?.id === conversationId ? turnData.conversation.turns.nodes : [];
    return new Map(nodes.map((turn) => [turn.id, turn as TurnPartsFragment]));
  }, [turnData, conversationId]);

  // The steps stand under the reply; under the question only when no reply was given.
  function turnOf(message: MessagePartsFragment) {
    const turn = message.turnId ? turns.get(message.turnId) : undefined;
    return message.direction === "INBOUND" && turn?.status !== "SILENT" ? undefined : turn;
  }

  const scroll = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [unseen, setUnseen] = useState(0);
  const { messages } = thread;
  const known = new Set(messages.map((message) => message.id));
  const waiting = outgoing.filter((message) => !known.has(message.id));
  const newest = waiting.at(-1)?.id ?? messages.at(-1)?.id;
  const oldest = messages[0]?.id;
  const height = useRef(0);
  const seen = useRef<{ newest?: string; oldest?: string; talk?: string }>({});

  // Older pages must not move what is being read; new messages follow only a reader who is at the end.
  // biome-ignore lint/correctness/useExhaustiveDependencies: reacts to what was added, at either end
  useLayoutEffect(() => {
    const box = scroll.current;
    if (!box) return;
    const before = seen.current;
    if (before.talk !== conversationId || !before.newest) {
      box.scrollTop = box.scrollHeight;
      atEnd.current = true;
      setUnseen(0);
    } else if (before.oldest !== oldest && before.newest === newest) {
      box.scrollTop += box.scrollHeight - height.current;
    } else if (before.newest !== newest) {
      const mine = waiting.some((message) => message.id === newest);
      if (atEnd.current || mine) box.scrollTop = box.scrollHeight;
      else setUnseen((count) => count + 1);
      const last = messages.at(-1);
      if (last?.direction === "INBOUND" && last.id === newest) announce(t("thread.newMessage", { text: last.text }));
    }
    height.current = box.scrollHeight;
    seen.current = { newest, oldest, talk: conversationId };
  }, [newest, oldest, conversationId, messages.length]);

  useEffect(() => {
    const box = scroll.current;
    if (!box) return;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTop = box.scrollHeight;
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, []);

  if (thread.error) return <Failed error={thread.error} retry={thread.refetch} className="flex-1 justify-center" />;
  if (!thread.known)
    return (
      <div className="flex flex-1 flex-col justify-end gap-3 p-5">
        <Skeleton className="h-12 w-3/5 rounded-2xl" />
        <Skeleton className="h-16 w-1/2 self-end rounded-2xl" />
        <Skeleton className="h-10 w-2/5 rounded-2xl" />
      </div>
    );

  const now = new Date();
  const today = wallAt(now, company.timezone);
  function dayLabel(at: string): string {
    const day = wallAt(new Date(at), company.timezone);
    if (sameDay(day, today)) return t("thread.today");
    if (sameDay(day, addDays(today, -1))) return t("thread.yesterday");
    return format.day(day, {
      weekday: "short",
      day: "numeric",
      month: "long",
      ...(day.year === today.year ? {} : { year: "numeric" }),
    });
  }

  let previousDay = "";
  let previousAuthor = "";
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroll}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t("thread.label")}
        className="flex h-full flex-col overflow-y-auto px-4 py-4 sm:px-6"
        onScroll={(event) => {
          const box = event.currentTarget;
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
          if (atEnd.current && unseen) setUnseen(0);
          if (box.scrollTop < 120 && thread.hasOlder && !thread.older.busy && !thread.older.failed)
            void thread.loadOlder();
        }}
      >
        <div className="mt-auto" />
        {thread.hasOlder && (
          <div className="flex justify-center pb-3">
            <Button size="sm" look="quiet" busy={thread.older.busy} onClick={() => void thread.loadOlder()}>
              {t("thread.older")}
            </Button>
          </div>
        )}
        {messages.map((message) => {
          const key = dayKey(wallAt(new Date(message.createdAt), company.timezone));
          const newDay = key !== previousDay;
          const grouped = !newDay && previousAuthor === message.author + message.direction;
          previousDay = key;
          previousAuthor = message.author + message.direction;
          return (
            <Fragment key={message.id}>
              {newDay && (
                <p className="my-3 flex items-center gap-3 text-xs font-medium text-ink-3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
                  <time dateTime={message.createdAt}>{dayLabel(message.createdAt)}</time>
                </p>
              )}
              <Message message={message} grouped={grouped} turn={turnOf(message)} />
            </Fragment>
          );
        })}
        {waiting.map((message) => (
          <div key={message.id} className="mt-3 flex max-w-[78%] flex-col items-end gap-1 self-end">
            <div
              className={cx(
                "rounded-2xl rounded-ee-md px-3.5 py-2 text-[0.9375rem]/6",
                message.note ? "border border-note-line bg-note" : "bg-bubble-out",
                message.failed ? "ring-1 ring-bad" : "opacity-75",
              )}
            >
              <MessageText text={message.text} />
            </div>
            {message.failed ? (
              <p className="flex items-center gap-2 text-xs text-bad" role="alert">
                {message.failed}
                <button
                  type="button"
                  className="font-semibold underline underline-offset-2"
                  onClick={() => onSendAgain(message)}
                >
                  {t("thread.sendAgain")}
                </button>
              </p>
            ) : (
              <p className="flex items-center gap-1 text-xs text-ink-3">
                <LoaderCircle className="size-3 shrink-0 animate-spin" aria-hidden />
                {t("status.SENDING")}
              </p>
            )}
          </div>
        ))}
      </div>
      {unseen > 0 && (
        <Button
          look="primary"
          size="sm"
          className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full"
          onClick={() => scroll.current?.scrollTo({ top: scroll.current.scrollHeight, behavior: "smooth" })}
        >
          <ArrowDown aria-hidden />
          {t("thread.unseen", { count: unseen })}
        </Button>
      )}
    </div>
  );
}

function Message({
  message,
  grouped,
  turn,
}: {
  message: MessagePartsFragment;
  grouped: boolean;
  turn?: TurnPartsFragment;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const fetchAgain = useAction(FetchAttachment);
  if (message.author === "SYSTEM")
    return (
      <p
        className="my-2 self-center rounded-full bg-sunken px-3 py-1 text-center text-xs text-ink-2 ring-1 ring-line ring-inset"
        dir="auto"
      >
        {message.text}
        {unsent(message.status) && <Unsent message={message} />}
      </p>
    );
  const note = message.direction === "NOTE";
  const ours = message.direction !== "INBOUND";
  const failed = unsent(message.status);
  return (
    <div
      className={cx(
        "flex max-w-[min(78%,40rem)] flex-col",
        ours ? "items-end self-end" : "items-start self-start",
        grouped ? "mt-1" : "mt-3",
      )}
    >
      {!grouped && ours && (
        <p className="mb-1 flex items-center gap-1 px-1 text-xs font-medium text-ink-3">
          {note ? (
            <NotebookPen className="size-3.5" aria-hidden />
          ) : message.author === "ASSISTANT" ? (
            <Bot className="size-3.5" aria-hidden />
          ) : null}
          {note ? t("thread.note") : t(`author.${message.author}`)}
        </p>
      )}
      <div
        className={cx(
          "rounded-2xl px-3.5 py-2 text-[0.9375rem]/6",
          note
            ? "rounded-ee-md border border-note-line bg-note"
            : ours
              ? "rounded-ee-md bg-bubble-out"
              : "rounded-es-md bg-bubble-in",
          failed && "ring-1 ring-bad",
        )}
        lang={message.language?.toLowerCase()}
      >
        {!ours && <span className="sr-only">{t("author.CUSTOMER")}</span>}
        <MessageText text={message.text} />
        <Attachments
          items={message.attachments}
          onFetch={async () => {
            const { refusals } = await fetchAgain.run({ input: { id: message.id } });
            if (refusals[0]) toast(refusals[0].message, { bad: true });
          }}
        />
        {message.buttons.length > 0 && (
          <p className="mt-1.5 flex flex-wrap gap-1" title={t("attached.buttons")}>
            {message.buttons.map(({ label }) => (
              <span key={label} className="rounded-md border border-current/25 px-2 text-xs/5 font-medium">
                {label}
              </span>
            ))}
          </p>
        )}
      </div>
      <p className={cx("num mt-1 flex items-center gap-1 px-1 text-xs text-ink-3", failed && "text-bad")}>
        <time dateTime={message.createdAt}>{format.time(message.createdAt, company.timezone)}</time>
        {ours && !note && <Delivery status={message.status} />}
        {failed && <Unsent message={message} />}
      </p>
      {turn && turn.reasons.length > 0 && (
        <details className="group mt-1 w-full max-w-md self-end">
          <summary className="flex cursor-pointer list-none items-center justify-end gap-1.5 rounded px-1 text-xs font-medium text-accent-text hover:underline">
            <Sparkles className="size-3.5" aria-hidden />
            {t("reasons.short")}
          </summary>
          <div className="mt-2 rounded-xl border bg-surface p-3.5 text-start shadow-card">
            <Reasons turn={turn} />
          </div>
        </details>
      )}
    </div>
  );
}

const unsent = (status: MessagePartsFragment["status"]) => status === "FAILED" || status === "UNKNOWN";

/** Why a message did not arrive, or that nobody knows; a person decides whether it goes out once more. */
function Unsent({ message }: { message: MessagePartsFragment }) {
  const { t } = useTranslation();
  const retry = useAction(RetryMessage);
  return (
    <>
      {message.error && <span lang="en">· {message.error}</span>}
      <button
        type="button"
        className="ms-1 rounded px-1 font-medium text-accent-text hover:underline disabled:opacity-50"
        disabled={retry.busy}
        onClick={async () => {
          const { refusals } = await retry.run({ input: { id: message.id } });
          if (refusals[0]) toast(refusals[0].message, { bad: true });
        }}
      >
        {t("thread.sendAgain")}
      </button>
    </>
  );
}

function Delivery({ status }: { status: MessagePartsFragment["status"] }) {
  const { t } = useTranslation();
  const label = t(`status.${status}`);
  const Icon = {
    RECEIVED: Check,
    QUEUED: Clock3,
    SENDING: Clock3,
    SENT: Check,
    DELIVERED: CheckCheck,
    READ: CheckCheck,
    FAILED: CircleAlert,
    UNKNOWN: CircleAlert,
  }[status];
  return (
    <span title={label} className="inline-flex items-center gap-1">
      <Icon className={cx("size-3.5", status === "READ" && "text-accent-text")} aria-hidden />
      <span className={status === "FAILED" || status === "UNKNOWN" ? undefined : "sr-only"}>{label}</span>
    </span>
  );
}
