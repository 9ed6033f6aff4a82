import { ArrowLeft, CircleCheck, FileSpreadsheet, FileWarning, Table2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { useQuery } from "urql";
import { columnsFor } from "@/entities/catalogue/columns";
import { CatalogueOverview, ImportRuns, RemapImport } from "@/entities/catalogue/documents";
import { useColumnName } from "@/entities/catalogue/words";
import { useCompany, useCompanyPath } from "@/entities/company/company";
import { DropZone } from "@/features/import-catalogue/drop-zone";
import { PublishPanel } from "@/features/publish-catalogue/publish-panel";
import type { ImportRunsQuery } from "@/shared/api/gql/graphql";
import { useLive } from "@/shared/api/live";
import { useAction } from "@/shared/api/use-action";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import {
  Badge,
  Button,
  buttonStyle,
  Card,
  Empty,
  Failed,
  PageHeader,
  Progress,
  Select,
  SkeletonRows,
} from "@/shared/ui";
import { ProblemTable } from "@/widgets/catalogue/problem-table";

type Run = NonNullable<ImportRunsQuery["company"]>["imports"]["nodes"][number];

/** One import: how far it is, how its headings were understood, what is wrong with which row, and publishing. */
export default function ImportPage() {
  const { t } = useTranslation();
  const company = useCompany();
  const path = useCompanyPath();
  const navigate = useNavigate();
  const { importId } = useParams();
  const [{ data, error }, refetch] = useQuery({ query: ImportRuns, variables: { id: company.id } });
  const [{ data: overview }, refetchOverview] = useQuery({ query: CatalogueOverview, variables: { id: company.id } });
  const [problemRows, setProblemRows] = useState<number>();
  const refresh = () => {
    refetch({ requestPolicy: "network-only" });
    refetchOverview({ requestPolicy: "network-only" });
  };
  useLive(["IMPORT", "CATALOGUE"], refresh, { waitMs: 300 });
  const run = data?.company?.imports.nodes.find((one) => one.id === importId);
  const draft = overview?.company?.catalogue.draft;
  const current = run?.version && draft?.id === run.version.id;

  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-5 p-4 sm:p-6">
      <Link
        to={path("catalogue")}
        className={buttonStyle({ look: "quiet", size: "sm", className: "-ms-2 self-start" })}
      >
        <ArrowLeft aria-hidden />
        {t("nav.catalogue")}
      </Link>
      {error && !data ? (
        <Failed error={error} retry={refresh} />
      ) : !run ? (
        data ? (
          <Empty icon={<FileWarning />} title={t("import.gone")} />
        ) : (
          <SkeletonRows rows={3} className="h-24" />
        )
      ) : (
        <>
          <PageHeader title={run.fileName} description={<RunState run={run} />} />
          {(run.status === "QUEUED" || run.status === "READING") && <Reading run={run} />}
          {(run.status === "FAILED" || run.status === "CANCELLED") && <FileFailed run={run} />}
          {run.status === "DONE" && (
            <>
              <Mapping
                run={run}
                key={run.id}
                onAgain={(id) => navigate(path(`catalogue/imports/${encodeURIComponent(id)}`), { replace: true })}
              />
              {current && draft ? (
                <>
                  <Card label={t("report.title")}>
                    <header className="flex flex-wrap items-center gap-2 border-b px-4 py-3">
                      <h2 className="flex-1 text-base font-semibold tracking-tight">{t("report.title")}</h2>
                      {draft.problemCount > 0 && (
                        <Badge tone="bad" className="num">
                          {t("report.count", { count: draft.problemCount })}
                        </Badge>
                      )}
                    </header>
                    <ProblemTable
                      key={draft.id}
                      headings={draft.columns}
                      onChanged={() => refetchOverview({ requestPolicy: "network-only" })}
                      onCount={setProblemRows}
                    />
                  </Card>
                  <PublishPanel
                    rowCount={draft.rowCount}
                    problemCount={draft.problemCount}
                    problemRows={problemRows}
                    onPublished={() => navigate(path("catalogue"))}
                    onDiscarded={() => navigate(path("catalogue"))}
                  />
                </>
              ) : (
                overview && (
                  <Card>
                    <Empty
                      icon={<CircleCheck />}
                      title={t("import.settled")}
                      className="py-10"
                      action={
                        <Link to={path("catalogue")} className={buttonStyle()}>
                          <Table2 aria-hidden />
                          {t("import.toTable")}
                        </Link>
                      }
                    />
                  </Card>
                )
              )}
            </>
          )}
        </>
      )}
    </div>
  );
}

function RunState({ run }: { run: Run }) {
  const { t } = useTranslation();
  const company = useCompany();
  const format = useFormat();
  return (
    <span className="num flex flex-wrap items-center gap-x-3">
      <span>{t(`importStatus.${run.status}`)}</span>
      {run.status === "DONE" && <span>{t("import.rows", { count: run.rowsRead })}</span>}
      <span className="text-ink-3">{format.dateTime(run.createdAt, company.timezone)}</span>
    </span>
  );
}

function Reading({ run }: { run: Run }) {
  const { t } = useTranslation();
  const format = useFormat();
  const total = Number(run.bytesTotal ?? 0);
  const done = run.rowsTotal ? run.rowsRead / run.rowsTotal : total ? Number(run.bytesRead ?? 0) / total : null;
  return (
    <Card className="flex flex-col gap-3 p-5">
      <p className="flex items-center gap-3">
        <FileSpreadsheet className="size-5 text-accent-text" aria-hidden />
        <span className="flex-1 font-medium">{t("import.reading")}</span>
        {done !== null && <span className="num font-medium">{format.percent(done)}</span>}
      </p>
      <Progress value={run.status === "QUEUED" ? null : done} label={t("import.reading")} />
      <p className="num text-[0.8125rem] text-ink-2">
        {run.rowsTotal
          ? t("import.rowsOf", {
              read: format.number(run.rowsRead),
              count: run.rowsTotal,
              total: format.number(run.rowsTotal),
            })
          : t("import.rows", { count: run.rowsRead })}{" "}
        {t("import.mayLeave")}
      </p>
    </Card>
  );
}

function FileFailed({ run }: { run: Run }) {
  const { t } = useTranslation();
  return (
    <>
      <Card className="flex gap-4 border-bad/40 p-5">
        <FileWarning className="mt-0.5 size-6 shrink-0 text-bad" aria-hidden />
        <div role="alert">
          <p className="font-semibold">{run.fileProblem?.message ?? t("import.failed")}</p>
          {run.fileProblem && <p className="mt-1 text-ink-2">{run.fileProblem.suggestion}</p>}
        </div>
      </Card>
      <DropZone compact />
    </>
  );
}

/** How each heading was understood; corrected by choosing, then the file is read again. */
function Mapping({ run, onAgain }: { run: Run; onAgain: (importId: string) => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const columnName = useColumnName();
  const remap = useAction(RemapImport);
  const [changed, setChanged] = useState<Record<number, string | null>>({});
  const known = run.mapping.filter((heading) => heading.column).length;
  const columns = columnsFor(company.type);
  const touched = Object.keys(changed).length > 0;
  return (
    <Card label={t("mapping.title")}>
      <details open={known < run.mapping.length ? undefined : false} className="group">
        <summary className="flex cursor-pointer list-none flex-wrap items-center gap-3 px-4 py-3 hover:bg-hover">
          <h2 className="flex-1 text-base font-semibold tracking-tight">{t("mapping.title")}</h2>
          <span className="num text-[0.8125rem] text-ink-2">
            {t("mapping.known", { known, count: run.mapping.length })}
          </span>
          <span className="text-[0.8125rem] font-medium text-accent-text group-open:hidden">{t("mapping.show")}</span>
        </summary>
        <p className="px-4 pb-3 text-pretty text-ink-2">{t("mapping.text")}</p>
        <div className="overflow-x-auto border-t">
          <table className="w-full min-w-[40rem] text-[0.8125rem]">
            <thead className="text-start text-xs text-ink-3">
              <tr className="[&>th]:px-4 [&>th]:py-2 [&>th]:text-start [&>th]:font-medium">
                <th scope="col">{t("mapping.heading")}</th>
                <th scope="col">{t("mapping.sample")}</th>
                <th scope="col">{t("mapping.column")}</th>
              </tr>
            </thead>
            <tbody className="divide-y border-t">
              {run.mapping.map((heading) => {
                const value = changed[heading.index] === undefined ? heading.column : changed[heading.index];
                const options = value && !columns.includes(value) ? [value, ...columns] : columns;
                return (
                  <tr key={heading.index} className="[&>*]:px-4 [&>*]:py-2">
                    <th scope="row" className="max-w-48 truncate text-start font-medium" dir="auto">
                      {heading.heading || t("mapping.noHeading", { index: heading.index + 1 })}
                    </th>
                    <td className="max-w-64 truncate text-ink-2" dir="auto">
                      {heading.sample.filter(Boolean).slice(0, 2).join(" · ")}
                    </td>
                    <td className="w-64">
                      <Select
                        aria-label={t("mapping.columnFor", { heading: heading.heading })}
                        value={value ?? ""}
                        onChange={(event) => setChanged({ ...changed, [heading.index]: event.target.value || null })}
                      >
                        <option value="">{t("mapping.extra")}</option>
                        {options.map((column) => (
                          <option key={column} value={column}>
                            {columnName(column)}
                          </option>
                        ))}
                      </Select>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
        <div className={cx("flex flex-wrap items-center gap-3 border-t px-4 py-3", !touched && "hidden")}>
          <Button
            look="primary"
            busy={remap.busy}
            onClick={async () => {
              const { data } = await remap.run({
                input: {
                  importId: run.id,
                  mapping: run.mapping.map((heading) => ({
                    index: heading.index,
                    column: changed[heading.index] === undefined ? heading.column : changed[heading.index],
                  })),
                },
              });
              if (data?.remapImport.import) onAgain(data.remapImport.import.id);
            }}
          >
            {t("mapping.again")}
          </Button>
          <Button look="quiet" onClick={() => setChanged({})}>
            {t("common.cancel")}
          </Button>
          {(remap.errorOf() || remap.errorOf("mapping")) && (
            <p role="alert" className="text-bad">
              {remap.errorOf() ?? remap.errorOf("mapping")}
            </p>
          )}
        </div>
      </details>
    </Card>
  );
}
