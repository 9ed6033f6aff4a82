import { CloudUpload, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { DiscardDraft, DraftDiff, PublishCatalogue } from "@/entities/catalogue/documents";
import { useColumnName } from "@/entities/catalogue/words";
import { useCompany } from "@/entities/company/company";
import { useLive } from "@/shared/api/live";
import { useAction } from "@/shared/api/use-action";
import { useFormat } from "@/shared/lib/format";
import { Badge, Button, Card, Checkbox, Dialog, type Tone, toast } from "@/shared/ui";

const tones: Record<string, Tone> = { added: "ok", changed: "warn", removed: "bad" };

/** What publishing the draft would change, and the button that does it. */
export function PublishPanel({
  rowCount,
  problemCount,
  problemRows,
  onPublished,
  onDiscarded,
}: {
  rowCount: number;
  problemCount: number;
  /** How many rows have problems, when it is known. */
  problemRows?: number;
  onPublished: () => void;
  onDiscarded: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const columnName = useColumnName();
  const publish = useAction(PublishCatalogue);
  const discard = useAction(DiscardDraft);
  const [leaveOut, setLeaveOut] = useState(false);
  const [asking, setAsking] = useState(false);
  const [{ data }, refetch] = useQuery({ query: DraftDiff, variables: { id: company.id } });
  useLive(["CATALOGUE"], () => refetch({ requestPolicy: "network-only" }), { waitMs: 800 });
  const diff = data?.company?.catalogue.draft?.diff;
  const keys = new Map(data?.company?.catalogue.draft?.columns.map((column) => [column.heading, column.key]));
  const blocked = problemCount > 0 && !leaveOut;

  return (
    <Card label={t("publish.title")} className="p-4 sm:p-5">
      <h2 className="text-base font-semibold tracking-tight">{t("publish.title")}</h2>
      {diff ? (
        <>
          <dl className="mt-3 grid grid-cols-2 gap-2 sm:grid-cols-4">
            {(["added", "changed", "removed", "unchanged"] as const).map((what) => (
              <div key={what} className="rounded-lg bg-sunken px-3 py-2">
                <dt className="text-xs text-ink-3">{t(`diff.${what}`)}</dt>
                <dd className="num text-lg font-semibold">{format.number(diff[what])}</dd>
              </div>
            ))}
          </dl>
          {diff.sample.length > 0 && (
            <details className="mt-3">
              <summary className="cursor-pointer text-[0.8125rem] font-medium text-accent-text">
                {t("diff.show")}
              </summary>
              <ul className="mt-2 max-h-64 divide-y overflow-y-auto rounded-lg border text-[0.8125rem]">
                {diff.sample.map((row) => (
                  <li key={row.change + row.key} className="flex flex-wrap items-center gap-2 px-3 py-1.5">
                    <Badge tone={tones[row.change] ?? "plain"}>
                      {t(`diff.${row.change}`, { defaultValue: row.change })}
                    </Badge>
                    <span className="min-w-0 flex-1 truncate" dir="auto">
                      {row.name}
                    </span>
                    <span className="text-ink-3">
                      {row.columns.map((heading) => columnName(keys.get(heading) ?? heading, heading)).join(", ")}
                    </span>
                  </li>
                ))}
              </ul>
            </details>
          )}
        </>
      ) : (
        <p className="mt-1 text-ink-2">{t("publish.first", { count: rowCount })}</p>
      )}
      {problemCount > 0 && (
        <Checkbox
          className="mt-4"
          checked={leaveOut}
          onChange={(event) => setLeaveOut(event.target.checked)}
          label={problemRows === undefined ? t("publish.leaveOut") : t("publish.leaveOutRows", { count: problemRows })}
        />
      )}
      {(publish.errorOf() || publish.errorOf("leaveOutProblemRows")) && (
        <p role="alert" className="mt-3 text-bad">
          {publish.errorOf() ?? publish.errorOf("leaveOutProblemRows")}
        </p>
      )}
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <Button
          look="primary"
          busy={publish.busy}
          disabled={blocked || rowCount === 0}
          onClick={async () => {
            const { data: done } = await publish.run({
              input: { companyId: company.id, leaveOutProblemRows: problemCount > 0 ? leaveOut : undefined },
            });
            if (done) {
              toast(t("publish.done"));
              onPublished();
            }
          }}
        >
          <CloudUpload aria-hidden />
          {t("publish.publish")}
        </Button>
        <Button look="quiet" onClick={() => setAsking(true)}>
          <Trash2 aria-hidden />
          {t("publish.discard")}
        </Button>
        {blocked && <p className="text-[0.8125rem] text-ink-3">{t("publish.blocked")}</p>}
      </div>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t("publish.discardTitle")}
        description={t("publish.discardText", { count: rowCount })}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
            <Button
              look="danger"
              busy={discard.busy}
              onClick={async () => {
                const { data: done, refusals } = await discard.run({ input: { companyId: company.id } });
                setAsking(false);
                if (done) onDiscarded();
                else toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
              }}
            >
              {t("publish.discard")}
            </Button>
          </>
        }
      />
    </Card>
  );
}
