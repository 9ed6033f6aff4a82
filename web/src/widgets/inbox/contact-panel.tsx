import { Merge, Pencil, ShoppingBasket } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useQuery } from "urql";
import { useCompany, useCompanyPath } from "@/entities/company/company";
import { useManages } from "@/entities/company/manages";
import { CartCard } from "@/entities/conversation/cart-card";
import { OrderBadge, PaymentBadge } from "@/entities/order/order";
import type { ChannelKind } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useLive } from "@/shared/api/live";
import { useAction } from "@/shared/api/use-action";
import { LOCALE_NAMES, type Locale } from "@/shared/i18n";
import { useFormat } from "@/shared/lib/format";
import { Avatar, Button, Failed, Field, IconButton, Input, Skeleton, toast } from "@/shared/ui";

const ContactPanelQuery = graphql(`
  query ContactPanel($id: ID!) {
    conversation(id: $id) {
      id
      language
      lastMessageAt
      channel { id kind }
      contact {
        id
        name
        phone
        language
        createdAt
        addresses { kind value trusted source }
        orders(first: 5) {
          nodes { ...OrderRow }
          totalCount
        }
      }
      cart { ...CartParts }
    }
  }
`);

const JoinDialog = lazy(() =>
  import("@/features/join-contacts/join-dialog").then((module) => ({ default: module.JoinDialog })),
);

const UpdateContact = graphql(`
  mutation UpdateContact($input: UpdateContactInput!) {
    updateContact(input: $input) { contact { id name phone } userErrors { field code message } }
  }
`);

/** Who is writing, what is in their cart, what they ordered before. */
export function ContactPanel({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation();
  const company = useCompany();
  const path = useCompanyPath();
  const format = useFormat();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: ContactPanelQuery,
    variables: { id: conversationId },
  });
  useLive(["MESSAGE", "ORDER", "CONVERSATION"], () => refetch({ requestPolicy: "network-only" }), { waitMs: 400 });
  const [editing, setEditing] = useState(false);
  const [joining, setJoining] = useState(false);
  const manages = useManages();
  const talk = data?.conversation?.id === conversationId ? data.conversation : undefined;
  if (error && !talk) return <Failed error={error} retry={() => refetch({ requestPolicy: "network-only" })} />;
  if (!talk)
    return fetching ? (
      <div className="flex flex-col gap-3 p-5">
        <Skeleton className="size-12 rounded-full" />
        <Skeleton className="h-5 w-40" />
        <Skeleton className="h-24" />
      </div>
    ) : null;
  const { contact } = talk;
  const name = contact.name || contact.phone || t("inbox.visitor");
  const language = (talk.language ?? contact.language)?.toLowerCase() as Locale | undefined;
  return (
    <div className="flex flex-col divide-y">
      <section className="p-4" aria-label={t("contact.title")}>
        <div className="flex items-start gap-3">
          <Avatar name={name} size="lg" />
          <div className="min-w-0 flex-1">
            <h2 className="truncate text-base font-semibold" dir="auto">
              {name}
            </h2>
            <p className="text-xs text-ink-3">
              {t("contact.since", { date: format.date(contact.createdAt, company.timezone) })}
            </p>
          </div>
          {!editing && (
            <IconButton label={t("contact.edit")} size="iconSm" onClick={() => setEditing(true)}>
              <Pencil aria-hidden />
            </IconButton>
          )}
        </div>
        {editing ? (
          <EditContact contact={contact} onDone={() => setEditing(false)} />
        ) : (
          <dl className="mt-3 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-[0.8125rem]">
            <dt className="text-ink-3">{t("order.phone")}</dt>
            <dd className="num truncate">{contact.phone || t("contact.unknown")}</dd>
            <dt className="text-ink-3">{t("shell.language")}</dt>
            <dd>{language ? LOCALE_NAMES[language] : t("contact.unknown")}</dd>
            {contact.addresses
              // The address of a trial is a name of ours that says nothing to people.
              .filter((address) => address.value !== contact.phone && !["trial", "demo"].includes(address.kind))
              .map((address) => (
                <div key={address.kind + address.value} className="contents">
                  <dt className="text-ink-3">{t(`address.${address.kind}`, { defaultValue: address.kind })}</dt>
                  <dd className="truncate" dir="auto">
                    {address.value}
                  </dd>
                </div>
              ))}
          </dl>
        )}
        {manages && !editing && (
          <Button size="sm" look="quiet" className="-ms-2 mt-2" onClick={() => setJoining(true)}>
            <Merge aria-hidden />
            {t("join.open")}
          </Button>
        )}
        {joining && (
          <Suspense>
            <JoinDialog
              one={{ ...talk, channel: { kind: talk.channel.kind as ChannelKind } }}
              onClose={() => setJoining(false)}
              onDone={() => refetch({ requestPolicy: "network-only" })}
            />
          </Suspense>
        )}
      </section>
      <section className="p-4" aria-label={t("order.cart")}>
        <h3 className="mb-2.5 flex items-center gap-2 font-semibold">
          <ShoppingBasket className="size-4.5 text-ink-3" aria-hidden />
          {t("order.cart")}
        </h3>
        {talk.cart && talk.cart.lines.length > 0 ? (
          <CartCard cart={talk.cart} />
        ) : (
          <p className="text-[0.8125rem] text-ink-3">{t("order.cartEmpty")}</p>
        )}
      </section>
      <section className="p-4" aria-label={t("nav.orders")}>
        <h3 className="mb-2 font-semibold">
          {t("contact.orders", { count: contact.orders.totalCount ?? contact.orders.nodes.length })}
        </h3>
        {contact.orders.nodes.length === 0 ? (
          <p className="text-[0.8125rem] text-ink-3">{t("contact.noOrders")}</p>
        ) : (
          <ul className="-mx-2 flex flex-col">
            {contact.orders.nodes.map((order) => (
              <li key={order.id}>
                <Link
                  to={path(`orders?order=${encodeURIComponent(order.id)}`)}
                  className="flex flex-wrap items-center gap-x-2 gap-y-1 rounded-lg px-2 py-2 hover:bg-hover"
                >
                  <span className="num font-medium">{t("order.number", { number: order.number })}</span>
                  <span className="num ms-auto font-medium">{format.money(order.total)}</span>
                  <span className="flex w-full flex-wrap items-center gap-1.5">
                    <PaymentBadge status={order.paymentStatus} />
                    {order.status !== "OPEN" && <OrderBadge status={order.status} />}
                    <span className="ms-auto text-xs text-ink-3">{format.date(order.createdAt, company.timezone)}</span>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

function EditContact({
  contact,
  onDone,
}: {
  contact: { id: string; name?: string | null; phone?: string | null };
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const action = useAction(UpdateContact);
  const [name, setName] = useState(contact.name ?? "");
  const [phone, setPhone] = useState(contact.phone ?? "");
  return (
    <form
      className="mt-3 flex flex-col gap-3"
      onSubmit={async (event) => {
        event.preventDefault();
        const { data } = await action.run({
          input: { id: contact.id, name: name.trim(), phone: phone.trim() || null },
        });
        if (data) {
          toast(t("common.saved"));
          onDone();
        }
      }}
    >
      <Field label={t("order.name")} error={action.errorOf("name") ?? action.errorOf()}>
        {(props) => <Input {...props} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Field label={t("order.phone")} error={action.errorOf("phone")}>
        {(props) => <Input {...props} type="tel" value={phone} onChange={(event) => setPhone(event.target.value)} />}
      </Field>
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={onDone}>
          {t("common.cancel")}
        </Button>
        <Button size="sm" look="primary" type="submit" busy={action.busy}>
          {t("common.save")}
        </Button>
      </div>
    </form>
  );
}
