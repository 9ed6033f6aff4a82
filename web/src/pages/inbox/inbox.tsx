import { ArrowLeft, Bot, CircleCheck, Info, MessageCircle, RotateCcw, TriangleAlert, UserRound } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate, useParams } from "react-router";
import { useQuery } from "urql";
import { useCompanyPath } from "@/entities/company/company";
import { ChannelIcon, useChannelName } from "@/entities/conversation/channel-icon";
import { useContactName } from "@/entities/conversation/contact-name";
import { useThread } from "@/entities/conversation/use-thread";
import { graphql } from "@/shared/api/graphql";
import { useLive } from "@/shared/api/live";
import { useAction } from "@/shared/api/use-action";
import { cx } from "@/shared/lib/cx";
import { run, useCommands } from "@/shared/lib/hotkeys";
import { useMedia } from "@/shared/lib/media";
import { newId } from "@/shared/lib/uuid";
import { Badge, Button, buttonStyle, Dialog, Empty, IconButton, Shortcut, toast, useTitle } from "@/shared/ui";
import { ContactPanel } from "@/widgets/inbox/contact-panel";
import { attentionText, ConversationList } from "@/widgets/inbox/conversation-list";
import { Composer } from "@/widgets/thread/composer";
import { type Outgoing, Thread } from "@/widgets/thread/thread";

const ConversationHead = graphql(`
  query ConversationHead($id: ID!) {
    conversation(id: $id) {
      ...ConversationRow
      channel { id kind maxChars }
    }
  }
`);
const TakeOver = graphql(`
  mutation TakeOver($input: ConversationInput!) {
    takeOver(input: $input) { conversation { ...ConversationRow } userErrors { field code message } }
  }
`);
const HandBack = graphql(`
  mutation HandBack($input: ConversationInput!) {
    handBack(input: $input) { conversation { ...ConversationRow } userErrors { field code message } }
  }
`);
const Resolve = graphql(`
  mutation Resolve($input: ConversationInput!) {
    resolveConversation(input: $input) { conversation { ...ConversationRow } userErrors { field code message } }
  }
`);
const Reopen = graphql(`
  mutation Reopen($input: ConversationInput!) {
    reopenConversation(input: $input) { conversation { ...ConversationRow } userErrors { field code message } }
  }
`);
const MarkRead = graphql(`
  mutation MarkRead($input: ConversationInput!) {
    markRead(input: $input) { conversation { id unreadCount } userErrors { field code message } }
  }
`);
const SendMessage = graphql(`
  mutation SendMessage($input: SendMessageInput!) {
    sendMessage(input: $input) { message { ...MessageParts } userErrors { field code message } }
  }
`);

export default function InboxPage() {
  const { t } = useTranslation();
  useTitle(t("nav.inbox"));
  const { conversationId } = useParams();
  const navigate = useNavigate();
  const path = useCompanyPath();
  const { search } = useLocation();
  const rows = useRef<string[]>([]);
  const keepRows = useCallback((ids: string[]) => {
    rows.current = ids;
  }, []);

  function move(step: number) {
    const at = conversationId ? rows.current.indexOf(conversationId) : -1;
    const next = rows.current[Math.max(0, at + step)];
    if (next) navigate(`${path(`inbox/${encodeURIComponent(next)}`)}${search}`);
  }

  useCommands({
    "inbox.next": () => move(1),
    "inbox.previous": () => move(-1),
    "inbox.close": conversationId ? () => navigate(`${path("inbox")}${search}`) : undefined,
  });

  return (
    <div className="flex h-full min-h-0 bg-surface">
      <div
        className={cx("w-full min-w-0 shrink-0 border-e md:w-80 xl:w-84 2xl:w-88", conversationId && "hidden md:block")}
      >
        <ConversationList openId={conversationId} onRows={keepRows} />
      </div>
      {conversationId ? (
        <OpenConversation
          key={conversationId}
          id={conversationId}
          backTo={`${path("inbox")}${search}`}
          onMoved={(into) => navigate(`${path(`inbox/${encodeURIComponent(into)}`)}${search}`, { replace: true })}
        />
      ) : (
        <div className="hidden min-w-0 flex-1 place-items-center bg-canvas md:grid">
          <Empty icon={<MessageCircle />} title={t("inbox.pick")}>
            <span className="inline-flex flex-wrap items-center justify-center gap-1">
              {t("inbox.pickText")} <Shortcut of="inbox.next" /> <Shortcut of="inbox.previous" />
            </span>
          </Empty>
        </div>
      )}
    </div>
  );
}

function OpenConversation({ id, backTo, onMoved }: { id: string; backTo: string; onMoved: (into: string) => void }) {
  const { t } = useTranslation();
  const channelName = useChannelName();
  const contactName = useContactName();
  const wide = useMedia("(min-width: 80rem)");
  const [panel, setPanel] = useState(false);
  const [mode, setMode] = useState<"reply" | "note">("reply");
  const [outgoing, setOutgoing] = useState<Outgoing[]>([]);
  const [{ data }, refetch] = useQuery({ query: ConversationHead, variables: { id } });
  useLive(["CONVERSATION", "MESSAGE"], () => refetch({ requestPolicy: "network-only" }), {
    // One without an id is of a conversation that is part of another now: perhaps this one.
    only: (event) => (event.conversationId ?? id) === id,
  });
  const thread = useThread(id);
  const takeOver = useAction(TakeOver);
  const handBack = useAction(HandBack);
  const resolve = useAction(Resolve);
  const reopen = useAction(Reopen);
  const markRead = useAction(MarkRead);
  const sendMessage = useAction(SendMessage);
  const talk = data?.conversation ?? undefined;

  // Two customers were one person: the address of this conversation leads to the one that took it in.
  const into = talk && talk.id !== id ? talk.id : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the callback is made anew on each render
  useEffect(() => {
    if (into) onMoved(into);
  }, [into]);

  const unread = talk?.unreadCount ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the action is made anew on each render
  useEffect(() => {
    if (unread > 0 && document.visibilityState === "visible") void markRead.run({ input: { id } });
  }, [unread, id]);

  async function act(action: typeof takeOver | typeof handBack | typeof resolve | typeof reopen, done: string) {
    const { data: changed, refusals } = await action.run({ input: { id } });
    if (changed) toast(done);
    else toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
  }

  async function send(message: Outgoing) {
    setOutgoing((before) => [...before.filter((one) => one.id !== message.id), { ...message, failed: undefined }]);
    const { data: sent, refusals } = await sendMessage.run({
      input: { id: message.id, conversationId: id, text: message.text, note: message.note },
    });
    if (sent) thread.refetch();
    else
      setOutgoing((before) =>
        before.map((one) =>
          one.id === message.id ? { ...one, failed: refusals[0]?.message ?? t("errors.INTERNAL") } : one,
        ),
      );
  }

  const take = () => void act(takeOver, t("thread.taken"));
  const give = () => void act(handBack, t("thread.given"));
  const focusComposer = () =>
    requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-composer]")?.focus());
  useCommands({
    "inbox.take": () => (talk?.owner === "OPERATOR" ? give() : take()),
    "inbox.resolve": () =>
      void (talk?.status === "OPEN" ? act(resolve, t("thread.resolved")) : act(reopen, t("thread.reopened"))),
    "inbox.resolveNext": () => {
      if (talk?.status === "OPEN") void act(resolve, t("thread.resolved"));
      run("inbox.next");
    },
    "inbox.reply": () => {
      setMode("reply");
      focusComposer();
    },
    "inbox.note": () => {
      setMode("note");
      focusComposer();
    },
  });

  if (thread.missing)
    return (
      <div className="grid min-w-0 flex-1 place-items-center">
        <Empty
          icon={<MessageCircle />}
          title={t("inbox.gone")}
          action={
            <Link to={backTo} className={buttonStyle()}>
              {t("common.back")}
            </Link>
          }
        />
      </div>
    );

  const name = talk ? contactName(talk) : "";
  return (
    <>
      <section className="flex min-w-0 flex-1 flex-col" aria-label={name || t("thread.label")}>
        <header className="flex min-h-14 shrink-0 items-center gap-2 border-b px-3 py-2 sm:px-4">
          <Link
            to={backTo}
            aria-label={t("common.back")}
            className={buttonStyle({ look: "quiet", size: "icon", className: "md:hidden" })}
          >
            <ArrowLeft aria-hidden />
          </Link>
          <div className="min-w-0 flex-1">
            <h2 className="truncate font-semibold" dir="auto">
              {name}
            </h2>
            {talk && (
              <p className="flex min-w-0 items-center gap-1.5 overflow-hidden text-xs text-ink-3">
                <span aria-hidden>
                  <ChannelIcon kind={talk.channel.kind} className="size-3.5" />
                </span>
                <span className="truncate">{channelName(talk.channel.kind)}</span>
                <Badge tone={talk.owner === "OPERATOR" ? "accent" : "plain"} className="h-5">
                  {talk.owner === "OPERATOR" ? <UserRound aria-hidden /> : <Bot aria-hidden />}
                  {t(`owner.${talk.owner}`)}
                </Badge>
                {talk.status === "RESOLVED" && <Badge tone="ok">{t("thread.isResolved")}</Badge>}
              </p>
            )}
          </div>
          {talk?.owner === "OPERATOR" && (
            <Button size="sm" look="soft" onClick={give} busy={handBack.busy}>
              <Bot aria-hidden />
              <span className="max-sm:sr-only">{t("thread.handBack")}</span>
            </Button>
          )}
          {talk?.owner === "ASSISTANT" && (
            <Button size="sm" onClick={take} busy={takeOver.busy} className="max-sm:hidden">
              <UserRound aria-hidden />
              {t("thread.takeOver")}
            </Button>
          )}
          {talk &&
            (talk.status === "OPEN" ? (
              <IconButton
                label={t("thread.resolve")}
                size="iconSm"
                onClick={() => void act(resolve, t("thread.resolved"))}
              >
                <CircleCheck aria-hidden />
              </IconButton>
            ) : (
              <IconButton
                label={t("thread.reopen")}
                size="iconSm"
                onClick={() => void act(reopen, t("thread.reopened"))}
              >
                <RotateCcw aria-hidden />
              </IconButton>
            ))}
          <IconButton label={t("contact.title")} size="iconSm" className="xl:hidden" onClick={() => setPanel(true)}>
            <Info aria-hidden />
          </IconButton>
        </header>
        {talk?.needsAttention && (
          <p
            className="flex shrink-0 items-center gap-2 bg-bad-soft px-4 py-2 text-[0.8125rem] font-medium text-bad"
            role="status"
          >
            <TriangleAlert className="size-4 shrink-0" aria-hidden />
            {attentionText(t, talk.attentionReason)}
          </p>
        )}
        <Thread conversationId={id} thread={thread} outgoing={outgoing} onSendAgain={(message) => void send(message)} />
        {talk ? (
          <Composer
            conversationId={id}
            kind={talk.channel.kind}
            limit={talk.channel.maxChars}
            owner={talk.owner}
            busy={takeOver.busy}
            mode={mode}
            onMode={setMode}
            onTakeOver={take}
            onSend={(text, note) => void send({ id: newId("message"), text, note, at: new Date().toISOString() })}
          />
        ) : (
          <div className="h-32 shrink-0 border-t" />
        )}
      </section>
      {wide ? (
        <aside aria-label={t("contact.title")} className="w-72 shrink-0 overflow-y-auto border-s 2xl:w-80">
          <ContactPanel conversationId={id} />
        </aside>
      ) : (
        <Dialog open={panel} onClose={() => setPanel(false)} title={t("contact.title")} shape="sheet">
          <div className="-mx-5">
            <ContactPanel conversationId={id} />
          </div>
        </Dialog>
      )}
    </>
  );
}
