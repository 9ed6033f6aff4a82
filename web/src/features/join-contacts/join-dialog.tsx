import { ArrowLeftRight, Search } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { useCompany } from "@/entities/company/company";
import { ChannelIcon, useChannelName } from "@/entities/conversation/channel-icon";
import { useContactName } from "@/entities/conversation/contact-name";
import type { ChannelKind } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { useFormat } from "@/shared/lib/format";
import { useDebounced } from "@/shared/lib/use-debounced";
import { usePaged } from "@/shared/lib/use-paged";
import { Avatar, Badge, Button, Checkbox, Dialog, Empty, Failed, Field, Input, SkeletonRows, toast } from "@/shared/ui";

// Customers as the inbox finds them: by name, phone or last words, those who wrote last first.
const JoinCandidates = graphql(`
  query JoinCandidates($id: ID!, $filter: ConversationFilter, $after: String) {
    company(id: $id) {
      id
      conversations(first: 20, after: $after, filter: $filter) {
        nodes { id lastMessageAt preview channel { id kind } contact { id name phone } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);
const JoinSide = graphql(`
  query JoinSide($id: ID!) {
    contact(id: $id) {
      id
      name
      phone
      addresses { kind value trusted source }
      orders(first: 1) { totalCount }
    }
  }
`);
const JoinContacts = graphql(`
  mutation JoinContacts($input: JoinContactsInput!) {
    joinContacts(input: $input) { contact { id name phone } userErrors { field code message } }
  }
`);

/** A customer, and their talk that is looked at. */
export type Joined = {
  lastMessageAt: string;
  channel: { kind: ChannelKind };
  contact: { id: string; name?: string | null; phone?: string | null };
};

type JoinDialogProps = { one: Joined; onClose: () => void; onDone: () => void };

/** Makes one customer of two that are the same person: first who the other is, then both beside each other and the question. */
export function JoinDialog({ one, onClose, onDone }: JoinDialogProps) {
  const { t } = useTranslation();
  const nameOf = useContactName();
  const [other, setOther] = useState<Joined>();
  const [swapped, setSwapped] = useState(false);
  const [sure, setSure] = useState(false);
  const [asked, setAsked] = useState(false);
  const join = useAction(JoinContacts);
  const heading = useRef<HTMLHeadingElement>(null);
  const box = useRef<HTMLInputElement>(null);
  // Whoever chose by keyboard, or listens, goes on where the choice led.
  useEffect(() => {
    if (other) heading.current?.focus();
  }, [other]);

  const [keep, gone] = swapped && other ? [other, one] : [one, other];
  const names = { name: nameOf(keep), other: gone ? nameOf(gone) : "" };
  const back = () => {
    join.clear();
    setOther(undefined);
    setSwapped(false);
    setSure(false);
    setAsked(false);
  };

  async function submit(event: FormEvent) {
    event.preventDefault();
    setAsked(true);
    if (!sure) return box.current?.focus();
    if (!gone) return;
    const { data } = await join.run({ input: { id: keep.contact.id, otherId: gone.contact.id } });
    if (!data) return;
    toast(t("join.done", names));
    onDone();
    onClose();
  }

  const refused = join.errorOf("otherId") ?? join.errorOf();
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("join.title")}
      description={other ? undefined : t("join.text", { name: nameOf(one) })}
      className="sm:w-[min(40rem,calc(100vw-2rem))]!"
      footer={
        other ? (
          <>
            <Button onClick={back}>{t("common.back")}</Button>
            <Button type="submit" form="join" look="danger" busy={join.busy}>
              {t("join.confirm")}
            </Button>
          </>
        ) : (
          <Button onClick={onClose}>{t("common.cancel")}</Button>
        )
      }
    >
      {other && gone ? (
        <form id="join" noValidate className="flex flex-col gap-4" onSubmit={submit}>
          <h3 ref={heading} tabIndex={-1} className="font-medium outline-none">
            {t("join.stays", names)}
          </h3>
          <div className="grid gap-3 sm:grid-cols-2">
            <Side joined={keep} stays />
            <Side joined={gone} />
          </div>
          <Button size="sm" look="quiet" className="self-start" onClick={() => setSwapped(!swapped)}>
            <ArrowLeftRight aria-hidden />
            {t("join.swap", { name: names.other })}
          </Button>
          <ul className="flex list-disc flex-col gap-1.5 ps-5 text-ink-2">
            <li>{t("join.all", names)}</li>
            <li>{t("join.talks")}</li>
            <li>{t("join.gone", names)}</li>
            <li className="font-medium text-ink">{t("join.final")}</li>
          </ul>
          <div>
            <Checkbox
              ref={box}
              label={t("join.sure")}
              checked={sure}
              onChange={(event) => setSure(event.target.checked)}
              required
              aria-invalid={asked && !sure ? true : undefined}
              aria-describedby={asked && !sure ? "join-sure" : undefined}
            />
            {asked && !sure && (
              <p id="join-sure" role="alert" className="text-[0.8125rem] text-bad">
                {t("join.notSure")}
              </p>
            )}
          </div>
          {refused && (
            <p role="alert" className="text-bad">
              {refused}
            </p>
          )}
        </form>
      ) : (
        <Candidates one={one} onPick={setOther} />
      )}
    </Dialog>
  );
}

function Candidates({ one, onPick }: { one: Joined; onPick: (other: Joined) => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const format = useFormat();
  const nameOf = useContactName();
  const channelName = useChannelName();
  const [words, setWords] = useState("");
  const search = useDebounced(words.trim(), 250);
  const list = usePaged(
    JoinCandidates,
    { id: company.id, filter: search ? { search } : {} },
    (data) => data.company?.conversations,
  );
  const seen = new Set([one.contact.id]);
  const rows = (list.connection?.nodes ?? []).filter(({ contact }) => !seen.has(contact.id) && seen.add(contact.id));
  const more = list.connection?.pageInfo.hasNextPage;
  return (
    <div className="flex flex-col gap-3">
      <Field label={t("join.search")}>
        {(props) => (
          <Input
            {...props}
            type="search"
            maxLength={200}
            autoComplete="off"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        )}
      </Field>
      {list.error ? (
        <Failed error={list.error} retry={list.refetch} />
      ) : list.loading ? (
        <SkeletonRows rows={4} className="h-12" />
      ) : (
        <>
          <p role="status" className="sr-only">
            {t("join.found", { count: rows.length })}
          </p>
          {rows.length === 0 && !more ? (
            <Empty icon={<Search />} title={t("inbox.noMatch")} />
          ) : (
            <ul aria-label={t("join.candidates")} className="-mx-2 flex flex-col">
              {rows.map((row) => (
                <li key={row.id}>
                  <button
                    type="button"
                    onClick={() => onPick({ ...row, channel: { kind: row.channel.kind as ChannelKind } })}
                    className="flex w-full items-center gap-3 rounded-lg px-2 py-2 text-start hover:bg-hover"
                  >
                    <Avatar name={nameOf(row)} />
                    <span className="min-w-0 flex-1">
                      <span className="flex items-baseline gap-2">
                        <span className="min-w-0 flex-1 truncate font-medium" dir="auto">
                          {nameOf(row)}
                        </span>
                        <time dateTime={row.lastMessageAt} className="shrink-0 text-xs text-ink-3">
                          {format.ago(row.lastMessageAt)}
                        </time>
                      </span>
                      <span className="flex min-w-0 items-center gap-1.5 text-[0.8125rem] text-ink-2">
                        <ChannelIcon kind={row.channel.kind as ChannelKind} className="size-3.5" />
                        <span className="truncate" dir="auto">
                          {[row.contact.name ? row.contact.phone : null, row.preview].filter(Boolean).join(" · ") ||
                            channelName(row.channel.kind as ChannelKind)}
                        </span>
                      </span>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )}
          {more && (
            <Button size="sm" className="self-center" busy={list.loadingMore} onClick={() => void list.loadMore()}>
              {t("common.more")}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

/** One of the two. */
function Side({ joined, stays }: { joined: Joined; stays?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useContactName();
  const channelName = useChannelName();
  const [{ data, error }] = useQuery({ query: JoinSide, variables: { id: joined.contact.id } });
  const contact = data?.contact ?? undefined;
  const channels = new Set([channelName(joined.channel.kind)]);
  for (const { kind } of contact?.addresses ?? [])
    if (!["trial", "demo", "phone"].includes(kind)) channels.add(t(`address.${kind}`, { defaultValue: kind }));
  const facts = [
    [t("order.phone"), (contact ?? joined.contact).phone || t("contact.unknown")],
    [t("join.channels"), [...channels].join(", ")],
    [t("nav.orders"), contact ? String(contact.orders.totalCount ?? 0) : error ? t("contact.unknown") : "…"],
    [t("join.lastMessage"), `${channelName(joined.channel.kind)}, ${format.ago(joined.lastMessageAt)}`],
  ];
  return (
    <section
      aria-label={`${nameOf(joined)}: ${stays ? t("join.staysTag") : t("join.goesTag")}`}
      className="min-w-0 rounded-xl border p-3"
    >
      <div className="flex items-start gap-2.5">
        <Avatar name={nameOf(joined)} size="sm" />
        <p className="min-w-0 flex-1 break-words pt-0.5 font-medium" dir="auto">
          {nameOf(joined)}
        </p>
        <Badge tone={stays ? "ok" : "plain"}>{stays ? t("join.staysTag") : t("join.goesTag")}</Badge>
      </div>
      <dl className="mt-2.5 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 text-[0.8125rem]">
        {facts.map(([label, value]) => (
          <div key={label} className="contents">
            <dt className="text-ink-3">{label}</dt>
            <dd className="break-words" dir="auto">
              {value}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
