import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useCompany } from "@/entities/company/company";
import { CHANNEL_KINDS, ChannelIcon, useChannelName } from "@/entities/conversation/channel-icon";
import type { ChannelKind } from "@/shared/api/gql/graphql";
import { cx } from "@/shared/lib/cx";
import { storage } from "@/shared/lib/storage";
import { PageHeader } from "@/shared/ui";
import { PhoneFrame } from "@/widgets/phone/phone-frame";
import { TrialSide } from "@/widgets/phone/trial-side";

/** "Try your assistant": a phone on the left, where its numbers come from on the right. */
export default function TryPage() {
  const { t } = useTranslation();
  const company = useCompany();
  const channelName = useChannelName();
  const [params, setParams] = useSearchParams();
  const asked = params.get("channel")?.toUpperCase();
  const kind: ChannelKind = CHANNEL_KINDS.find((one) => one === asked) ?? "WHATSAPP";
  const storeKey = `x8.try.${company.id}.${kind}`;
  const [ids, setIds] = useState<Record<string, string | null>>({});
  const conversationId = ids[storeKey] === undefined ? storage.get(storeKey) : ids[storeKey];

  function remember(id: string | null) {
    storage.set(storeKey, id);
    setIds((before) => ({ ...before, [storeKey]: id }));
  }

  return (
    <div className="mx-auto flex min-h-full max-w-6xl flex-col gap-5 p-4 sm:p-6">
      <PageHeader title={t("try.title")} description={t("try.text")} />
      <div
        role="radiogroup"
        aria-label={t("try.channel")}
        className="-mx-4 flex gap-2 overflow-x-auto px-4 py-0.5 sm:mx-0 sm:flex-wrap sm:overflow-visible sm:px-0"
      >
        {CHANNEL_KINDS.map((one, index) => (
          <button
            key={one}
            type="button"
            role="radio"
            aria-checked={one === kind}
            tabIndex={one === kind ? 0 : -1}
            onClick={() => setParams({ channel: one.toLowerCase() }, { replace: true })}
            onKeyDown={(event) => {
              const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
              const next = step && CHANNEL_KINDS[(index + step + CHANNEL_KINDS.length) % CHANNEL_KINDS.length];
              if (!next) return;
              event.preventDefault();
              setParams({ channel: next.toLowerCase() }, { replace: true });
              event.currentTarget.parentElement
                ?.querySelectorAll<HTMLElement>('[role="radio"]')
                [CHANNEL_KINDS.indexOf(next)]?.focus();
            }}
            className={cx(
              "inline-flex h-9 shrink-0 items-center gap-2 rounded-full border border-line-strong bg-surface px-3.5 text-[0.8125rem] font-medium text-ink-2 transition-colors hover:text-ink pointer-coarse:h-11",
              one === kind && "border-accent bg-accent-soft text-accent-text ring-1 ring-accent hover:text-accent-text",
            )}
          >
            <span aria-hidden>
              <ChannelIcon kind={one} />
            </span>
            {channelName(one)}
          </button>
        ))}
      </div>
      <div className="grid flex-1 items-start gap-6 lg:grid-cols-[23.5rem_minmax(0,1fr)] xl:gap-10">
        <PhoneFrame key={kind} kind={kind} conversationId={conversationId} onConversation={remember} />
        <TrialSide kind={kind} conversationId={conversationId} />
      </div>
    </div>
  );
}
