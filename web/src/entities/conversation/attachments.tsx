import { CloudOff, Contact, FileText, ImageOff, LoaderCircle } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MessagePartsFragment } from "@/shared/api/gql/graphql";
import { useFormat } from "@/shared/lib/format";

type Attachment = MessagePartsFragment["attachments"][number];

type AttachmentsProps = {
  items: readonly Attachment[];
  /** Has what failed fetched once more; for staff only. */
  onFetch?: () => Promise<void>;
};

export function Attachments({ items, onFetch }: AttachmentsProps) {
  if (items.length === 0) return null;
  return (
    <div className="mt-1.5 flex flex-col gap-1.5">
      {items.map((item) => (
        <One key={item.id} item={item} onFetch={onFetch} />
      ))}
    </div>
  );
}

const CARD = "flex items-center gap-2 rounded-lg border border-current/20 px-2.5 py-2 text-[0.8125rem] font-medium";

function One({ item, onFetch }: { item: Attachment; onFetch: AttachmentsProps["onFetch"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [broken, setBroken] = useState(false);
  const kind = t(`attached.kind.${item.kind}`, { defaultValue: t("thread.attachment") });
  const name = item.name || kind;
  const safe = /^(https?:)?\//i.test(item.url);
  if (item.state === "WAITING")
    return (
      <Said icon={<LoaderCircle className="size-4 shrink-0 motion-safe:animate-spin" aria-hidden />}>
        {t("attached.waiting", { kind })}
      </Said>
    );
  if (item.state === "FAILED")
    return (
      <Said icon={<CloudOff className="size-4 shrink-0" aria-hidden />}>
        {t("attached.failed", { kind })}
        {item.error && (
          <span className="block font-normal opacity-80">
            {t(`attached.error.${item.error}`, { defaultValue: item.error })}
          </span>
        )}
        {onFetch && item.error !== "too_large" && <FetchAgain onFetch={onFetch} />}
      </Said>
    );
  if (item.kind === "image" && safe && !broken)
    return (
      <a href={item.url} target="_blank" rel="noopener noreferrer" className="block overflow-hidden rounded-lg">
        <img
          src={item.url}
          alt={name}
          loading="lazy"
          onError={() => setBroken(true)}
          className="max-h-64 w-full object-cover"
        />
      </a>
    );
  if (item.kind === "voice" && safe && !broken)
    return (
      <figure className="flex flex-col gap-1">
        {/* biome-ignore lint/a11y/useMediaCaption: what is said stands below as text. */}
        <audio
          controls
          preload="none"
          src={item.url}
          aria-label={name}
          onError={() => setBroken(true)}
          className="h-10 w-64 max-w-full"
        />
        <Transcript item={item} />
      </figure>
    );
  if (item.kind === "video" && safe && !broken && item.mediaType?.startsWith("video/"))
    return (
      // biome-ignore lint/a11y/useMediaCaption: a customer's film has none.
      <video
        controls
        preload="metadata"
        src={item.url}
        aria-label={name}
        onError={() => setBroken(true)}
        className="max-h-64 w-full rounded-lg"
      />
    );
  if (item.kind === "contact")
    return (
      <a href={item.url.startsWith("tel:") ? item.url : undefined} className={CARD}>
        <Contact className="size-4 shrink-0" aria-hidden />
        <span className="min-w-0 flex-1 truncate">{name}</span>
      </a>
    );
  return (
    <a href={safe ? item.url : undefined} target="_blank" rel="noopener noreferrer" className={CARD}>
      {item.kind === "image" ? (
        <ImageOff className="size-4 shrink-0" aria-hidden />
      ) : (
        <FileText className="size-4 shrink-0" aria-hidden />
      )}
      <span className="min-w-0 flex-1 truncate">{name}</span>
      {item.size != null && <span className="num shrink-0 font-normal opacity-75">{format.bytes(item.size)}</span>}
    </a>
  );
}

function FetchAgain({ onFetch }: { onFetch: () => Promise<void> }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  return (
    <button
      type="button"
      className="mt-1 block rounded font-semibold underline underline-offset-2 disabled:opacity-50"
      disabled={busy}
      onClick={async () => {
        setBusy(true);
        await onFetch();
        setBusy(false);
      }}
    >
      {t("attached.again")}
    </button>
  );
}

function Said({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <p className={CARD}>
      {icon}
      <span className="min-w-0 flex-1">{children}</span>
    </p>
  );
}

/** What was said in a recording, for those who read. */
function Transcript({ item }: { item: Attachment }) {
  const { t } = useTranslation();
  if (item.transcriptState === "READY")
    return (
      <figcaption className="text-[0.875rem]/5.5 italic">
        <span className="sr-only">{t("attached.transcript")} </span>
        {item.transcript}
      </figcaption>
    );
  if (item.transcriptState === "WAITING")
    return <figcaption className="text-xs opacity-75">{t("attached.hearing")}</figcaption>;
  return null;
}
