import { CircleCheck } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "urql";
import { DraftRows, UpdateRow } from "@/entities/catalogue/documents";
import { useColumnName } from "@/entities/catalogue/words";
import { useCompany } from "@/entities/company/company";
import type { RowPartsFragment } from "@/shared/api/gql/graphql";
import { useAction } from "@/shared/api/use-action";
import { announce } from "@/shared/lib/announce";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { Badge, Button, Checkbox, Empty, Input, SkeletonRows } from "@/shared/ui";

const PAGE = 50;

type Heading = { key: string; heading: string };

/** A row is wrong when something keeps it from going live; a notice does not. */
function isWrong(row: RowPartsFragment): boolean {
  return row.problems.some((problem) => problem.severity === "error");
}

/** A problem names the heading of the file, a cell the key of its column. */
function keyOf(heading: string | null | undefined, headings: readonly Heading[]): string {
  if (!heading) return "";
  return headings.find((one) => one.heading === heading)?.key ?? heading;
}

/**
 * Every problem of the draft with its row, its column, what is wrong and what to do, and a field to put it right.
 * Rows that were put right stay, ticked, until the page is left: nothing jumps away under the cursor.
 */
export function ProblemTable({
  headings,
  onChanged,
  onCount,
}: {
  headings: readonly Heading[];
  onChanged: () => void;
  onCount: (rows: number) => void;
}) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useClient();
  const [rows, setRows] = useState<RowPartsFragment[] | null>(null);
  const [total, setTotal] = useState(0);
  const [busy, setBusy] = useState(false);
  const report = useRef(onCount);
  report.current = onCount;

  const load = useCallback(
    async (offset: number) => {
      setBusy(true);
      const page = await client
        .query(
          DraftRows,
          { id: company.id, offset, first: PAGE, onlyProblems: true },
          { requestPolicy: "network-only" },
        )
        .toPromise();
      setBusy(false);
      const connection = page.data?.company?.catalogue.draft?.rows;
      if (!connection) return setRows((before) => before ?? []);
      setTotal(connection.totalCount ?? connection.nodes.length);
      setRows(
        (before) => (offset === 0 ? connection.nodes : [...(before ?? []), ...connection.nodes]) as RowPartsFragment[],
      );
    },
    [client, company.id],
  );
  useEffect(() => void load(0), [load]);

  const open = rows?.filter((row) => isWrong(row) && !row.leftOut).length ?? 0;
  const unloaded = Math.max(0, total - (rows?.length ?? 0));
  useEffect(() => report.current(open + unloaded), [open, unloaded]);

  if (!rows) return <SkeletonRows rows={4} className="h-20" />;
  if (rows.length === 0)
    return (
      <Empty icon={<CircleCheck />} title={t("report.none")} className="py-8">
        {t("report.noneText")}
      </Empty>
    );
  return (
    <div>
      <ul className="divide-y" aria-label={t("report.title")}>
        {rows.map((row) => (
          <ProblemRow
            key={row.id}
            row={row}
            headings={headings}
            onRow={(next) => {
              setRows((before) => before?.map((one) => (one.id === row.id || one.id === next.id ? next : one)) ?? null);
              if (!isWrong(next)) announce(t("report.fixed", { row: next.number }));
              onChanged();
            }}
          />
        ))}
      </ul>
      {unloaded > 0 && (
        <div className="border-t p-3 text-center">
          <Button busy={busy} onClick={() => void load(rows.length)}>
            {t("report.more", { count: unloaded })}
          </Button>
        </div>
      )}
    </div>
  );
}

function ProblemRow({
  row,
  headings,
  onRow,
}: {
  row: RowPartsFragment;
  headings: readonly Heading[];
  onRow: (row: RowPartsFragment) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const update = useAction(UpdateRow);
  const fixed = !isWrong(row);
  const cells = row.cells as Record<string, unknown>;
  const name = String(cells.product_name || cells.service_name || row.key || "");
  // The columns at fault when the row was first shown keep their fields while it is being put right.
  const [columns] = useState(() => [...new Set(row.problems.map((problem) => keyOf(problem.column, headings)))]);

  async function save(input: { cells: Record<string, unknown>; leftOut?: boolean }) {
    const { data } = await update.run({ input: { id: row.id, ...input } });
    if (data?.updateRow.row) onRow(data.updateRow.row as RowPartsFragment);
  }

  return (
    <li
      className={cx(
        "grid gap-x-5 gap-y-3 px-4 py-4 sm:grid-cols-[11rem_minmax(0,1fr)]",
        (fixed || row.leftOut) && "bg-sunken/60",
      )}
    >
      <div className="min-w-0">
        <p className="num flex items-center gap-2 font-semibold">
          {t("report.row", { row: format.number(row.number) })}
          {fixed ? (
            <Badge tone="ok">
              <CircleCheck aria-hidden />
              {t("report.isFixed")}
            </Badge>
          ) : (
            row.leftOut && <Badge>{t("report.isLeftOut")}</Badge>
          )}
        </p>
        <p className="truncate text-[0.8125rem] text-ink-2" dir="auto">
          {name}
        </p>
        {!fixed && (
          <Checkbox
            className="mt-1.5 text-[0.8125rem]"
            checked={row.leftOut}
            onChange={(event) => void save({ cells: {}, leftOut: event.target.checked })}
            label={t("report.leaveOut")}
          />
        )}
      </div>
      <div className="flex min-w-0 flex-col gap-3.5">
        {columns.map((column) => (
          <ProblemField
            key={column}
            row={row}
            column={column}
            headings={headings}
            busy={update.busy}
            error={update.errorOf(column) ?? update.errorOf("cells") ?? update.errorOf()}
            onSave={(value) => void save({ cells: { [column]: value } })}
          />
        ))}
      </div>
    </li>
  );
}

function ProblemField({
  row,
  column,
  headings,
  busy,
  error,
  onSave,
}: {
  row: RowPartsFragment;
  column: string;
  headings: readonly Heading[];
  busy: boolean;
  error?: string;
  onSave: (value: string) => void;
}) {
  const { t } = useTranslation();
  const columnName = useColumnName();
  const problems = row.problems.filter((problem) => keyOf(problem.column, headings) === column);
  const stored = (row.cells as Record<string, unknown>)[column];
  const was = problems[0]?.value ?? (stored == null ? "" : String(stored));
  const [value, setValue] = useState(was);
  const solved = problems.every((problem) => problem.severity !== "error");
  const heading = headings.find((one) => one.key === column)?.heading;
  const label = column ? columnName(column, heading) : t("report.wholeRow");
  const inputId = `fix-${row.id}-${column}`;
  return (
    <form
      className="min-w-0"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(value);
      }}
    >
      <div className="flex flex-wrap items-baseline gap-x-2">
        <label htmlFor={column ? inputId : undefined} className="font-medium">
          {label}
        </label>
        {problems.length === 0 ? (
          <span className="text-[0.8125rem] text-ok">{t("report.isFixed")}</span>
        ) : (
          problems.map((problem) => {
            return (
              <span key={problem.code} className="text-[0.8125rem]" id={`${inputId}-why`}>
                <span className={problem.severity === "notice" ? "text-warn" : "text-bad"}>{problem.message}</span>{" "}
                <span className="text-ink-2">{problem.suggestion}</span>
              </span>
            );
          })
        )}
      </div>
      {column && (
        <div className="mt-1.5 flex max-w-lg gap-2">
          <Input
            id={inputId}
            value={value}
            dir="auto"
            aria-invalid={!solved || undefined}
            aria-describedby={problems.length === 0 ? undefined : `${inputId}-why`}
            onChange={(event) => setValue(event.target.value)}
          />
          <Button type="submit" busy={busy} look={solved ? "plain" : "soft"} disabled={solved && value === was}>
            {t("report.fix")}
          </Button>
        </div>
      )}
      {error && (
        <p role="alert" className="mt-1 text-[0.8125rem] text-bad">
          {error}
        </p>
      )}
    </form>
  );
}
