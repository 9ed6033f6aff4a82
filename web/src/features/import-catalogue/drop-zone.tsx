import { FileSpreadsheet, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { StartImport } from "@/entities/catalogue/documents";
import { useCompany, useCompanyPath } from "@/entities/company/company";
import { useAction } from "@/shared/api/use-action";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { UploadError, uploadFile } from "@/shared/lib/upload";
import { Button, Progress } from "@/shared/ui";

const MAX_BYTES = 100 * 1024 * 1024;

/** Takes a table by drop or by choice, sends it with progress, starts the import and opens its report. */
export function DropZone({ compact }: { compact?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const path = useCompanyPath();
  const navigate = useNavigate();
  const start = useAction(StartImport);
  const input = useRef<HTMLInputElement>(null);
  const stop = useRef<AbortController>(null);
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState<{ file: File; done: number } | null>(null);
  const [error, setError] = useState<string | null>(null);

  async function take(file: File | undefined) {
    if (!file) return;
    setError(null);
    if (!/\.(csv|tsv|txt|xlsx|xlsm|ods)$/i.test(file.name)) return setError(t("import.wrongKind", { name: file.name }));
    if (file.size > MAX_BYTES) return setError(t("import.tooLarge"));
    if (file.size === 0) return setError(t("import.emptyFile"));
    setSending({ file, done: 0 });
    stop.current = new AbortController();
    try {
      const fileId = await uploadFile(company.id, file, (done) => setSending({ file, done }), stop.current.signal);
      const { data, refusals } = await start.run({ input: { companyId: company.id, fileId } });
      const run = data?.startImport.import;
      if (run) navigate(path(`catalogue/imports/${encodeURIComponent(run.id)}`));
      else setError(refusals[0]?.message ?? t("errors.INTERNAL"));
    } catch (fault) {
      if (fault instanceof UploadError)
        setError(
          {
            TOO_LARGE: t("import.tooLarge"),
            OFFLINE: t("errors.OFFLINE"),
            UNAUTHENTICATED: t("errors.UNAUTHENTICATED"),
            REFUSED: fault.message || t("errors.INTERNAL"),
          }[fault.code],
        );
    }
    setSending(null);
    if (input.current) input.current.value = "";
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the button inside does the same by keyboard
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files[0]);
      }}
      data-testid="drop-zone"
      className={cx(
        "flex flex-col items-center justify-center gap-4 rounded-2xl border-2 border-dashed border-line-strong bg-surface px-6 text-center transition-colors",
        compact ? "py-6" : "py-14",
        over && "border-accent bg-accent-soft",
      )}
    >
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,.xlsx,.xlsm,.ods"
        className="sr-only"
        tabIndex={-1}
        aria-label={t("import.choose")}
        onChange={(event) => void take(event.target.files?.[0])}
      />
      {sending ? (
        <div className="flex w-full max-w-sm flex-col gap-2.5">
          <p className="flex items-center gap-2 font-medium">
            <FileSpreadsheet className="size-5 text-accent-text" aria-hidden />
            <span className="min-w-0 flex-1 truncate text-start">{sending.file.name}</span>
            <span className="num text-ink-3">{format.bytes(sending.file.size)}</span>
          </p>
          <Progress value={sending.done} label={t("import.sending")} />
          <div className="flex items-center justify-between text-[0.8125rem] text-ink-2" role="status">
            <span>{sending.done >= 1 ? t("import.starting") : t("import.sending")}</span>
            <Button size="sm" look="quiet" onClick={() => stop.current?.abort()}>
              {t("common.cancel")}
            </Button>
          </div>
        </div>
      ) : (
        <>
          {!compact && (
            <span className="grid size-14 place-items-center rounded-2xl bg-accent-soft text-accent-text" aria-hidden>
              <FileSpreadsheet className="size-7" />
            </span>
          )}
          <div className="max-w-md">
            <p className={cx("font-semibold tracking-tight", !compact && "text-lg")}>{t("import.drop")}</p>
            <p className="mt-1 text-pretty text-ink-2">{t("import.dropText")}</p>
          </div>
          <Button look={compact ? "plain" : "primary"} onClick={() => input.current?.click()}>
            <Upload aria-hidden />
            {t("import.choose")}
          </Button>
        </>
      )}
      {error && (
        <p role="alert" className="max-w-md rounded-lg bg-bad-soft px-3 py-2 text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
