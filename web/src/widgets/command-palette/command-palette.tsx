import { CornerDownLeft, MessageCircle, Search, WalletCards } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useQuery } from "urql";
import { useCompany, useCompanyPath } from "@/entities/company/company";
import { graphql } from "@/shared/api/graphql";
import { cx } from "@/shared/lib/cx";
import { type CommandId, run, scopeOf, useOffered } from "@/shared/lib/hotkeys";
import { useDebounced } from "@/shared/lib/use-debounced";
import { Dialog, Shortcut } from "@/shared/ui";
import { useCommandLabel } from "./label";
import { best } from "./match";

const PaletteSearch = graphql(`
  query PaletteSearch($id: ID!, $search: String!) {
    company(id: $id) {
      id
      conversations(first: 5, filter: { search: $search }) { nodes { ...ConversationRow } }
      orders(first: 5, filter: { search: $search }) { nodes { id number name } }
    }
  }
`);

type Entry = { key: string; label: string; icon?: ReactNode; command?: CommandId; go: () => void };
type Group = { key: string; label: string; entries: Entry[] };

/** All that can be done here, and the customers and orders that a word finds; reached by keyboard alone. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const path = useCompanyPath();
  const company = useCompany();
  const labelOf = useCommandLabel();
  const offered = useOffered();
  const list = useId();
  const box = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const search = useDebounced(typed.trim(), 200);
  const searching = search.length > 1;
  const [{ data, fetching }] = useQuery({
    query: PaletteSearch,
    variables: { id: company.id, search: search.slice(0, 200) },
    pause: !searching,
    requestPolicy: "network-only",
  });

  const close = (then: () => void) => {
    onClose();
    // What runs may move the focus or open a dialog of its own: after this one has gone.
    setTimeout(then);
  };
  const entries: Entry[] = offered
    .filter((id) => id !== "general.palette" && id !== "inbox.close")
    .map((id) => ({ key: id, label: labelOf(id), command: id, go: () => close(() => run(id)) }));
  const groups: Group[] = [];
  for (const entry of best(entries, typed, (one) => one.label)) {
    const scope = scopeOf(entry.key as CommandId);
    const group = groups.find((one) => one.key === scope);
    if (group) group.entries.push(entry);
    else groups.push({ key: scope, label: t(`scope.${scope}`), entries: [entry] });
  }
  if (searching && data?.company) {
    const found = (key: string, label: string, list: Entry[]) =>
      list.length && groups.push({ key, label, entries: list });
    found(
      "conversations",
      t("palette.conversations"),
      data.company.conversations.nodes.map((talk) => ({
        key: talk.id,
        label: talk.contact.name ?? talk.contact.phone ?? talk.preview ?? t("inbox.visitor"),
        icon: <MessageCircle />,
        go: () => close(() => navigate(path(`inbox/${encodeURIComponent(talk.id)}`))),
      })),
    );
    found(
      "orders",
      t("nav.orders"),
      data.company.orders.nodes.map((order) => ({
        key: order.id,
        label: t("palette.order", { number: order.number, name: order.name ?? t("inbox.visitor") }),
        icon: <WalletCards />,
        go: () => close(() => navigate(path(`orders?order=${encodeURIComponent(order.id)}`))),
      })),
    );
  }
  const flat = groups.flatMap((group) => group.entries);
  const active = flat[Math.min(at, flat.length - 1)];
  useEffect(() => {
    if (active) box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [active]);

  return (
    <Dialog
      open
      onClose={onClose}
      title={t("palette.title")}
      focus={field}
      className="sm:top-[12dvh] sm:translate-y-0 sm:max-h-[76dvh]"
    >
      <div className="sticky top-0 z-10 -mx-5 flex items-center gap-2 border-b bg-raised px-5 pb-3">
        <Search className="size-4.5 shrink-0 text-ink-3" aria-hidden />
        <input
          ref={field}
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={active ? `${list}-${active.key}` : undefined}
          aria-label={t("palette.short")}
          placeholder={t("palette.placeholder")}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (step && flat.length) setAt((Math.min(at, flat.length - 1) + step + flat.length) % flat.length);
            else if (event.key === "Enter") active?.go();
            else return;
            event.preventDefault();
          }}
          className="h-9 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-ink-3"
        />
      </div>
      <div ref={box} id={list} role="listbox" aria-label={t("palette.title")} className="-mx-2 pt-2">
        {groups.map((group) => (
          <div key={group.key} role="group" aria-labelledby={`${list}-${group.key}`}>
            <p id={`${list}-${group.key}`} className="px-2.5 pt-2 pb-1 text-xs font-medium text-ink-3">
              {group.label}
            </p>
            {group.entries.map((entry) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above, as a combobox has it
              <div
                key={entry.key}
                id={`${list}-${entry.key}`}
                role="option"
                aria-selected={entry === active}
                onClick={entry.go}
                onPointerMove={() => setAt(flat.indexOf(entry))}
                className={cx(
                  "flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:text-ink-3",
                  entry === active && "bg-hover",
                )}
              >
                {entry.icon}
                <span className="min-w-0 flex-1 truncate" dir="auto">
                  {entry.label}
                </span>
                {entry.command && <Shortcut of={entry.command} />}
                {entry === active && !entry.command && <CornerDownLeft aria-hidden />}
              </div>
            ))}
          </div>
        ))}
      </div>
      <p role="status" className={flat.length > 0 ? "sr-only" : "px-0.5 py-6 text-center text-ink-2"}>
        {flat.length > 0
          ? t("palette.found", { count: flat.length })
          : fetching || search !== typed.trim()
            ? t("palette.searching")
            : t("palette.none", { typed })}
      </p>
    </Dialog>
  );
}
