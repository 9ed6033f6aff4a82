import { ArrowUp, Bot, RotateCcw } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { useCompany } from "@/entities/company/company";
import { Attachments } from "@/entities/conversation/attachments";
import { CHANNEL_LIMITS, useChannelName } from "@/entities/conversation/channel-icon";
import { MessageText } from "@/entities/conversation/message-text";
import { useThread } from "@/entities/conversation/use-thread";
import type { ChannelKind, MessagePartsFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { announce } from "@/shared/lib/announce";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { newId } from "@/shared/lib/uuid";
import { IconButton } from "@/shared/ui/button";
import { LOOKS } from "./looks";

const TryMessage = graphql(`
  mutation TryMessage($input: TryMessageInput!) {
    tryMessage(input: $input) {
      conversation { id owner messages(first: 50) { nodes { ...MessageParts } pageInfo { hasNextPage endCursor } } }
      userErrors { field code message }
    }
  }
`);

const TrialChannels = graphql(`
  query TrialChannels($id: ID!) {
    company(id: $id) { id channels { id kind maxChars quietPeriodMs } catalogue { id published { id rowCount } } }
  }
`);

/** A number that no line has: the customer of the trial writes from it. */
const TRIAL_NUMBER = "+447700900100";

type Pending = { id: string; text: string; at: string; failed?: string };

/** A phone that plays one channel: its colours, the length its replies may have, the pause before they come. */
export function PhoneFrame({
  kind,
  conversationId,
  onConversation,
}: {
  kind: ChannelKind;
  conversationId: string | null;
  onConversation: (id: string | null) => void;
}) {
  const { t } = useTranslation();
  const company = useCompany();
  const format = useFormat();
  const channelName = useChannelName();
  const look = LOOKS[kind];
  const [{ data }] = useQuery({ query: TrialChannels, variables: { id: company.id } });
  const channel = data?.company?.channels.find((one) => one.kind === kind);
  const limit = channel?.maxChars ?? CHANNEL_LIMITS[kind];
  const thread = useThread(conversationId ?? undefined);
  const send = useAction(TryMessage);
  const [pending, setPending] = useState<Pending[]>([]);
  const [fresh, setFresh] = useState(false);
  const [text, setText] = useState("");
  const [typing, setTyping] = useState(false);
  const scroll = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);

  const stored = fresh ? [] : thread.messages.filter((message) => message.direction !== "NOTE");
  const known = new Set(stored.map((message) => message.id));
  const waiting = pending.filter((message) => !known.has(message.id));
  const last = stored.at(-1);
  const answered = last?.direction === "OUTBOUND";
  const unpublished = data?.company && !data.company.catalogue.published;

  // A conversation that is gone (another database, an erased contact) is forgotten here too.
  useEffect(() => {
    if (thread.missing) onConversation(null);
  }, [thread.missing, onConversation]);

  useEffect(() => {
    if (!typing) return;
    if (answered && waiting.length === 0) {
      setTyping(false);
      announce(last?.text ?? "");
      return;
    }
    // A person may have taken over: the assistant then stays silent.
    const timer = setTimeout(() => setTyping(false), 30_000);
    return () => clearTimeout(timer);
  }, [typing, answered, waiting.length, last?.text]);

  const height = stored.length + waiting.length + (typing ? 1 : 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when the talk has grown
  useLayoutEffect(() => {
    scroll.current?.scrollTo({ top: scroll.current.scrollHeight });
  }, [height]);

  async function write(message: Pending, startAnew: boolean) {
    setPending((before) => [...before.filter((one) => one.id !== message.id), { ...message, failed: undefined }]);
    setTyping(true);
    const { data: answer, refusals } = await send.run({
      input: {
        id: message.id,
        companyId: company.id,
        kind,
        text: message.text,
        // WhatsApp vouches for the number that a customer writes from.
        phone: kind === "WHATSAPP" ? TRIAL_NUMBER : undefined,
        startAnew: startAnew || undefined,
      },
    });
    const conversation = answer?.tryMessage.conversation;
    if (conversation) {
      setFresh(false);
      // A person who has the talk answers in their own time.
      if (conversation.owner === "OPERATOR") setTyping(false);
      onConversation(conversation.id);
    } else {
      setTyping(false);
      setPending((before) =>
        before.map((one) =>
          one.id === message.id ? { ...one, failed: refusals[0]?.message ?? t("errors.INTERNAL") } : one,
        ),
      );
    }
  }

  function say(words: string) {
    void write({ id: newId("message"), text: words, at: new Date().toISOString() }, fresh || !conversationId);
    input.current?.focus();
  }

  function submit() {
    const words = text.trim();
    if (!words) return;
    setText("");
    say(words);
  }

  return (
    <section
      aria-label={t("try.phone", { channel: channelName(kind) })}
      className="mx-auto w-full max-w-[23.5rem] lg:sticky lg:top-6"
    >
      <div className="rounded-[2.75rem] border border-line-strong bg-ink p-2.5 shadow-pop dark:bg-black">
        <div className="relative flex h-[min(42rem,calc(100dvh-14rem))] min-h-[28rem] flex-col overflow-hidden rounded-[2.1rem] bg-surface">
          <div className={cx("shrink-0 px-4 pt-2.5 pb-2.5", look.head)}>
            <div aria-hidden className="mx-auto mb-2 h-1.5 w-20 rounded-full bg-current opacity-25" />
            <div className="flex items-center gap-2.5">
              <span aria-hidden className="grid size-9 place-items-center rounded-full bg-current/15">
                <Bot className="size-5" />
              </span>
              <div className="min-w-0 flex-1">
                <p className="truncate text-[0.9375rem]/5 font-semibold">{company.name}</p>
                <p className="truncate text-xs opacity-90">{typing ? t("try.typing") : channelName(kind)}</p>
              </div>
              <IconButton
                label={t("try.startAnew")}
                className="text-current hover:bg-current/15 hover:text-current"
                onClick={() => {
                  setFresh(true);
                  setPending([]);
                  setTyping(false);
                  input.current?.focus();
                }}
              >
                <RotateCcw aria-hidden />
              </IconButton>
            </div>
          </div>
          <div
            ref={scroll}
            tabIndex={0}
            role="log"
            aria-label={t("try.talk")}
            className={cx("flex min-h-0 flex-1 flex-col gap-1.5 overflow-y-auto px-3 py-3", look.wall)}
          >
            <div className="mt-auto" />
            {stored.length + waiting.length === 0 && (
              <p className="mx-auto my-6 max-w-60 rounded-xl bg-raised/85 px-4 py-3 text-center text-[0.8125rem]/5 text-ink-2">
                {unpublished ? t("try.unpublished") : t("try.empty")}
              </p>
            )}
            {stored.map((message) => (
              <Bubble key={message.id} message={message} kind={kind} limit={limit} onSay={say} />
            ))}
            {waiting.map((message) => (
              <div key={message.id} className="flex max-w-[84%] flex-col items-end gap-1 self-end">
                <div
                  className={cx(
                    "px-3 py-1.5 text-[0.9375rem]/5.5",
                    look.mine,
                    look.shape,
                    message.failed && "ring-2 ring-bad",
                  )}
                >
                  <MessageText text={message.text} />
                </div>
                {message.failed && (
                  <button
                    type="button"
                    className="rounded-md bg-raised px-2 py-1 text-end text-xs font-medium text-bad"
                    onClick={() => void write(message, !conversationId)}
                  >
                    {message.failed} {t("thread.sendAgain")}
                  </button>
                )}
              </div>
            ))}
            {typing && (
              <div className={cx("flex gap-1 self-start px-3.5 py-3", look.theirs, look.shape)} role="status">
                <span className="sr-only">{t("try.typing")}</span>
                {[0, 1, 2].map((dot) => (
                  <i
                    key={dot}
                    className="size-1.5 animate-dot rounded-full bg-current"
                    style={{ animationDelay: `${dot * 0.16}s` }}
                  />
                ))}
              </div>
            )}
          </div>
          <form
            className="flex shrink-0 items-end gap-2 border-t bg-surface px-3 pt-2.5 pb-4"
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
          >
            <label htmlFor={`try-${kind}`} className="sr-only">
              {t("try.write")}
            </label>
            <textarea
              id={`try-${kind}`}
              ref={input}
              value={text}
              rows={1}
              maxLength={4000}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
                  event.preventDefault();
                  submit();
                }
              }}
              placeholder={t("try.write")}
              className="field-sizing-content max-h-28 min-h-10 flex-1 resize-none rounded-3xl border border-line-strong bg-sunken px-4 py-2 text-base/5.5 focus-visible:outline-1 sm:text-[0.9375rem]/5.5"
            />
            <button
              type="submit"
              aria-label={t("try.send")}
              disabled={!text.trim()}
              className={cx(
                "grid size-10 shrink-0 place-items-center rounded-full transition-opacity disabled:opacity-45",
                look.send,
              )}
            >
              <ArrowUp className="size-5" aria-hidden />
            </button>
          </form>
        </div>
      </div>
      <p className="num mt-3 text-center text-xs text-ink-3">
        {t("try.limit", { limit: format.number(limit) })}
        {channel && ` · ${t("try.quiet", { seconds: format.number(channel.quietPeriodMs / 1000) })}`}
      </p>
    </section>
  );
}

/** Where customers get buttons; elsewhere the text alone says all of it. */
const BUTTONS: ReadonlySet<ChannelKind> = new Set<ChannelKind>(["TELEGRAM", "WEBCHAT"]);

const CHOICE =
  "rounded-lg bg-raised/85 px-3 py-1.5 text-center text-[0.8125rem]/5 font-medium text-accent-text hover:bg-raised";

type BubbleProps = { message: MessagePartsFragment; kind: ChannelKind; limit: number; onSay: (words: string) => void };

function Bubble({ message, kind, limit, onSay }: BubbleProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const look = LOOKS[kind];
  const mine = message.direction === "INBOUND";
  const length = [...message.text].length;
  return (
    <div
      className={cx("flex max-w-[84%] animate-rise flex-col", mine ? "items-end self-end" : "items-start self-start")}
    >
      <div
        className={cx(
          "px-3 py-1.5 text-[0.9375rem]/5.5 shadow-[0_1px_1px_rgb(0_0_0/0.06)]",
          mine ? look.mine : look.theirs,
          look.shape,
        )}
      >
        <span className="sr-only">{mine ? t("thread.you") : t("thread.assistant")}</span>
        <MessageText text={message.text} />
        <Attachments items={message.attachments} />
        <p className="num mt-0.5 text-end text-2xs/4 opacity-75">
          {!mine && (
            <span title={t("try.used", { length, limit })}>
              {format.number(length)} / {format.number(limit)} ·{" "}
            </span>
          )}
          {format.time(message.createdAt, company.timezone)}
        </p>
      </div>
      {BUTTONS.has(kind) && message.buttons.length > 0 && (
        <div className="mt-1 flex w-full flex-col gap-1">
          {message.buttons.map(({ label, says, url }) =>
            url ? (
              <a key={label} href={url} target="_blank" rel="noopener noreferrer" className={CHOICE}>
                {label}
              </a>
            ) : (
              <button key={label} type="button" className={CHOICE} onClick={() => onSay(says ?? label)}>
                {label}
              </button>
            ),
          )}
        </div>
      )}
    </div>
  );
}
