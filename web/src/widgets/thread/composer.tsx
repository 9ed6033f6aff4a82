import { Bot, NotebookPen, Send, UserRound } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChannelKind, ConversationOwner } from "@/shared/api/gql/graphql";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { storage } from "@/shared/lib/storage";
import { Segments } from "@/shared/ui/bits";
import { Button } from "@/shared/ui/button";

/** Where an operator writes: a reply within the channel's length, or a note that the customer never sees. */
export function Composer({
  conversationId,
  kind,
  limit,
  owner,
  busy,
  mode,
  onMode,
  onSend,
  onTakeOver,
}: {
  conversationId: string;
  kind: ChannelKind;
  limit: number;
  owner: ConversationOwner;
  busy: boolean;
  mode: "reply" | "note";
  onMode: (mode: "reply" | "note") => void;
  onSend: (text: string, note: boolean) => void;
  onTakeOver: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const draftKey = `x8.draft.${conversationId}.${mode}`;
  const [text, setText] = useState(() => storage.get(draftKey) ?? "");
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => setText(storage.get(draftKey) ?? ""), [draftKey]);
  const length = [...text].length;
  const tooLong = mode === "reply" && length > limit;
  const silent = mode === "reply" && owner === "ASSISTANT";

  function write(value: string) {
    setText(value);
    storage.set(draftKey, value || null);
  }

  function submit() {
    const words = text.trim();
    if (!words || tooLong || silent) return;
    onSend(words, mode === "note");
    write("");
    field.current?.focus();
  }

  return (
    <form
      className={cx(
        "shrink-0 border-t bg-surface px-3 pt-2.5 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-4",
        mode === "note" && "bg-note",
      )}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="mb-2 flex items-center gap-2">
        <Segments
          label={t("composer.mode")}
          value={mode}
          onChange={onMode}
          options={[
            { value: "reply", label: t("composer.reply"), icon: <Send aria-hidden /> },
            { value: "note", label: t("composer.note"), icon: <NotebookPen aria-hidden /> },
          ]}
        />
        {mode === "reply" && !silent && (
          <span
            className={cx("num ms-auto text-xs text-ink-3", tooLong && "font-semibold text-bad")}
            aria-live={tooLong ? "polite" : "off"}
          >
            {t("composer.length", {
              length: format.number(length),
              limit: format.number(limit),
              channel: t(`channel.${kind}`),
            })}
          </span>
        )}
      </div>
      {silent ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border border-dashed border-line-strong px-4 py-3">
          <Bot className="size-5 text-ink-3" aria-hidden />
          <p className="min-w-0 flex-1 basis-52 text-ink-2">{t("composer.assistantAnswers")}</p>
          <Button look="primary" busy={busy} onClick={onTakeOver}>
            <UserRound aria-hidden />
            {t("thread.takeOver")}
          </Button>
        </div>
      ) : (
        <div className="flex items-end gap-2">
          <textarea
            ref={field}
            data-composer
            aria-label={mode === "note" ? t("composer.notePlaceholder") : t("composer.replyPlaceholder")}
            aria-invalid={tooLong || undefined}
            value={text}
            rows={2}
            dir="auto"
            onChange={(event) => write(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
                event.preventDefault();
                submit();
              }
            }}
            placeholder={mode === "note" ? t("composer.notePlaceholder") : t("composer.replyPlaceholder")}
            className="field-sizing-content max-h-48 min-h-16 flex-1 resize-none rounded-xl border border-field-line/70 bg-surface px-3.5 py-2.5 text-base/6 aria-invalid:border-bad sm:text-[0.9375rem]/6"
          />
          <Button type="submit" look="primary" size="lg" disabled={!text.trim() || tooLong} title="Ctrl+Enter">
            <Send aria-hidden />
            <span className="max-sm:sr-only">{mode === "note" ? t("composer.save") : t("composer.send")}</span>
          </Button>
        </div>
      )}
    </form>
  );
}
