import { FileText, ImageOff } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

type Attachment = { kind: string; url: string; name?: string | null };

export function Attachments({ items }: { items: readonly Attachment[] }) {
  if (items.length === 0) return null;
  return (
    <div className="mt-1.5 flex flex-col gap-1.5">
      {items.map((item) => (
        <One key={item.url} item={item} />
      ))}
    </div>
  );
}

function One({ item }: { item: Attachment }) {
  const { t } = useTranslation();
  const [broken, setBroken] = useState(false);
  const name = item.name || t("thread.attachment");
  const safe = /^(https?:)?\//i.test(item.url);
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
  return (
    <a
      href={safe ? item.url : undefined}
      target="_blank"
      rel="noopener noreferrer"
      className="flex items-center gap-2 rounded-lg border border-current/20 px-2.5 py-2 text-[0.8125rem] font-medium"
    >
      {item.kind === "image" ? (
        <ImageOff className="size-4 shrink-0" aria-hidden />
      ) : (
        <FileText className="size-4 shrink-0" aria-hidden />
      )}
      <span className="min-w-0 flex-1 truncate">{name}</span>
    </a>
  );
}
