import { useVirtualizer } from "@tanstack/react-virtual";
import { EyeOff, Trash2, TriangleAlert } from "lucide-react";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useColumnName } from "@/entities/catalogue/words";
import type { RowPartsFragment } from "@/shared/api/gql/graphql";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { IconButton, Skeleton } from "@/shared/ui";

export type Column = { key: string; heading: string; internal: boolean; required: boolean; kind: string };

const ROW = 38;
const NUMBER_WIDTH = 64;

function widthOf(column: Column): number {
  if (/name$/.test(column.key)) return 260;
  if (/description|details|included|guarantee|suitable|supplier|address|cities|location/.test(column.key)) return 280;
  if (/url|specialist/.test(column.key)) return 200;
  return 130;
}

/**
 * The table of a catalogue. Rows and columns are counted for screen readers, arrows move, Enter or F2 edits,
 * Tab saves and goes on. Only the rows in view exist in the page.
 */
export function Grid({
  columns,
  total,
  rows,
  onShown,
  onSave,
  onDelete,
}: {
  columns: Column[];
  total: number;
  rows: Map<number, RowPartsFragment>;
  onShown: (from: number, to: number) => void;
  /** Answers the reason when the value was refused. */
  onSave: (index: number, column: string, value: string) => Promise<string | undefined>;
  onDelete: (row: RowPartsFragment) => void;
}) {
  const { t } = useTranslation();
  const columnName = useColumnName();
  const scroll = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState({ row: 0, column: 0 });
  const [editing, setEditing] = useState<{ row: number; column: number; value: string; refused?: string } | null>(null);
  const moved = useRef(false);
  const widths = useMemo(() => columns.map(widthOf), [columns]);
  const nameWidth = widths[0] ?? 0;
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
    // The header and the two frozen columns cover what is scrolled under them.
    scrollPaddingStart: ROW,
  });
  const items = virtual.getVirtualItems();
  const from = items[0]?.index ?? 0;
  const to = items.at(-1)?.index ?? 0;
  useEffect(() => onShown(from, to), [from, to, onShown]);

  function move(row: number, column: number) {
    const next = {
      row: Math.max(0, Math.min(total - 1, row)),
      column: Math.max(0, Math.min(columns.length - 1, column)),
    };
    moved.current = true;
    setActive(next);
    virtual.scrollToIndex(next.row, { align: "auto" });
    const box = scroll.current;
    if (!box || next.column === 0) return;
    const left = widths.slice(1, next.column).reduce((sum, width) => sum + width, 0);
    const right = left + (widths[next.column] ?? 0);
    const seen = box.clientWidth - NUMBER_WIDTH - nameWidth;
    if (left < box.scrollLeft) box.scrollLeft = left;
    else if (right > box.scrollLeft + seen) box.scrollLeft = right - seen;
  }

  // The cell with the focus may be made anew by scrolling; it gets its focus back when it is there.
  useEffect(() => {
    if (!moved.current || editing) return;
    const cell = scroll.current?.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]');
    if (cell) {
      cell.focus({ preventScroll: true });
      moved.current = false;
    }
  });

  function edit(row: number, column: number, value?: string) {
    const cells = rows.get(row)?.cells as Record<string, unknown> | undefined;
    const key = columns[column]?.key;
    if (!cells || !key) return;
    setActive({ row, column });
    setEditing({ row, column, value: value ?? textOf(cells[key]) });
  }

  async function save(next?: { row: number; column: number }) {
    if (!editing) return;
    const key = columns[editing.column]?.key ?? "";
    const before = textOf((rows.get(editing.row)?.cells as Record<string, unknown> | undefined)?.[key]);
    if (before !== editing.value) {
      const refused = await onSave(editing.row, key, editing.value);
      if (refused) return setEditing({ ...editing, refused });
    }
    setEditing(null);
    move(next?.row ?? editing.row, next?.column ?? editing.column);
  }

  function onKey(event: React.KeyboardEvent, row: number, column: number) {
    if (editing) return;
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 400) / ROW) - 2);
    const go: Record<string, [number, number]> = {
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      PageDown: [row + page, column],
      PageUp: [row - page, column],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? total - 1 : row, columns.length - 1],
    };
    const target = go[event.key];
    if (target) {
      event.preventDefault();
      move(...target);
    } else if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault();
      edit(row, column);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      edit(row, column, "");
    } else if ((event.ctrlKey || event.metaKey) && event.code === "KeyC") {
      const cells = rows.get(row)?.cells as Record<string, unknown> | undefined;
      void navigator.clipboard?.writeText(textOf(cells?.[columns[column]?.key ?? ""]));
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      edit(row, column, event.key);
    }
  }

  const full = NUMBER_WIDTH + widths.reduce((sum, width) => sum + width, 0) + 44;
  return (
    <div ref={scroll} className="relative min-h-0 flex-1 overflow-auto bg-surface" data-testid="grid-scroll">
      <div
        role="grid"
        aria-label={t("nav.catalogue")}
        aria-rowcount={total + 1}
        aria-colcount={columns.length + 2}
        style={{ width: full, minWidth: "100%" }}
      >
        <div
          role="row"
          aria-rowindex={1}
          className="sticky top-0 z-20 flex border-b bg-sunken text-[0.8125rem] font-medium"
          style={{ height: ROW }}
        >
          <Head width={NUMBER_WIDTH} left={0}>
            <span className="text-ink-3">№</span>
          </Head>
          {columns.map((column, index) => (
            <Head key={column.key} width={widths[index] ?? 130} left={index === 0 ? NUMBER_WIDTH : undefined}>
              <span className="truncate">{columnName(column.key, column.heading)}</span>
              {column.required && (
                <span className="text-bad" title={t("grid.required")}>
                  *<span className="sr-only">{t("grid.required")}</span>
                </span>
              )}
              {column.internal && (
                <span title={t("grid.internal")} className="ms-auto inline-flex items-center text-warn">
                  <EyeOff className="size-3.5" aria-hidden />
                  <span className="sr-only">{t("grid.internal")}</span>
                </span>
              )}
            </Head>
          ))}
        </div>
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows.get(item.index);
            const here = active.row === item.index;
            return (
              <GridRow
                key={item.key}
                index={item.index}
                top={item.start}
                row={row}
                columns={columns}
                widths={widths}
                activeColumn={here ? active.column : -1}
                editing={editing?.row === item.index ? editing : null}
                handlers={{
                  setEditing,
                  save,
                  edit,
                  onKey,
                  onDelete,
                  focus: (column) => setActive({ row: item.index, column }),
                }}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Head({ width, left, children }: { width: number; left?: number; children: React.ReactNode }) {
  return (
    <div
      role="columnheader"
      className={cx("flex shrink-0 items-center gap-1.5 border-e px-3", left !== undefined && "sticky z-10 bg-sunken")}
      style={{ width, insetInlineStart: left }}
    >
      {children}
    </div>
  );
}

/** A cell as words: lists with commas, nothing as nothing. */
export function textOf(value: unknown): string {
  if (value == null) return "";
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

type Editing = { row: number; column: number; value: string; refused?: string };
type Handlers = {
  setEditing: (editing: Editing | null) => void;
  save: (next?: { row: number; column: number }) => Promise<void>;
  edit: (row: number, column: number, value?: string) => void;
  onKey: (event: React.KeyboardEvent, row: number, column: number) => void;
  onDelete: (row: RowPartsFragment) => void;
  focus: (column: number) => void;
};

const GridRow = memo(
  function GridRow({
    index,
    top,
    row,
    columns,
    widths,
    activeColumn,
    editing,
    handlers,
  }: {
    index: number;
    top: number;
    row: RowPartsFragment | undefined;
    columns: Column[];
    widths: number[];
    activeColumn: number;
    editing: Editing | null;
    handlers: Handlers;
  }) {
    const { t } = useTranslation();
    const format = useFormat();
    const cells = (row?.cells ?? {}) as Record<string, unknown>;
    const bad = (row?.problems.length ?? 0) > 0;
    return (
      <div
        role="row"
        aria-rowindex={index + 2}
        className={cx(
          "group absolute start-0 flex w-full border-b bg-surface hover:bg-canvas",
          row?.leftOut && "opacity-55",
        )}
        style={{ height: ROW, transform: `translateY(${top}px)` }}
      >
        <div
          role="rowheader"
          className="num sticky start-0 z-10 flex shrink-0 items-center gap-1 border-e bg-sunken px-2 text-xs text-ink-3"
          style={{ width: NUMBER_WIDTH }}
        >
          <span className="flex-1">{format.number(row?.number ?? index + 1)}</span>
          {bad && (
            <span title={row?.problems.map((problem) => problem.message).join("\n")} className="text-bad">
              <TriangleAlert className="size-3.5" aria-hidden />
              <span className="sr-only">{t("grid.hasProblems")}</span>
            </span>
          )}
        </div>
        {columns.map((column, at) => {
          const problem = row?.problems.find((one) => one.column === column.key);
          const open = editing?.column === at;
          const text = textOf(cells[column.key]);
          return (
            <div
              key={column.key}
              role="gridcell"
              aria-colindex={at + 2}
              aria-invalid={problem ? true : undefined}
              tabIndex={activeColumn === at ? 0 : -1}
              title={problem ? `${problem.message} ${problem.suggestion}` : undefined}
              onFocus={() => activeColumn !== at && handlers.focus(at)}
              onDoubleClick={() => handlers.edit(index, at)}
              onKeyDown={(event) => handlers.onKey(event, index, at)}
              className={cx(
                "relative flex shrink-0 items-center border-e px-3 -outline-offset-2",
                at === 0 && "sticky z-10 bg-inherit font-medium",
                column.internal && "bg-warn-soft/40",
                problem && "bg-bad-soft",
                /money|integer|number/.test(column.kind) && "num justify-end",
              )}
              style={{ width: widths[at], insetInlineStart: at === 0 ? NUMBER_WIDTH : undefined }}
            >
              {!row ? (
                <Skeleton className="h-3.5 w-3/4" />
              ) : open ? (
                <>
                  <input
                    // biome-ignore lint/a11y/noAutofocus: editing begins by the person's own key or double click
                    autoFocus
                    aria-label={column.heading}
                    aria-invalid={editing.refused ? true : undefined}
                    value={editing.value}
                    onChange={(event) =>
                      handlers.setEditing({ ...editing, value: event.target.value, refused: undefined })
                    }
                    onBlur={() => void handlers.save()}
                    onKeyDown={(event) => {
                      event.stopPropagation();
                      if (event.nativeEvent.isComposing) return;
                      if (event.key === "Enter") void handlers.save({ row: index + 1, column: at });
                      else if (event.key === "Tab") {
                        event.preventDefault();
                        void handlers.save({ row: index, column: at + (event.shiftKey ? -1 : 1) });
                      } else if (event.key === "Escape") {
                        handlers.setEditing(null);
                        (event.currentTarget.closest('[role="gridcell"]') as HTMLElement | null)?.focus();
                      }
                    }}
                    className="absolute inset-0 z-30 size-full border-2 border-accent bg-raised px-2.5 outline-none aria-invalid:border-bad"
                  />
                  {editing.refused && (
                    <p
                      role="alert"
                      className="absolute start-0 top-full z-40 w-64 rounded-b-lg bg-bad px-3 py-2 text-[0.8125rem] text-surface"
                    >
                      {editing.refused}
                    </p>
                  )}
                </>
              ) : (
                <span className="truncate text-[0.8125rem]" dir="auto">
                  {text}
                </span>
              )}
            </div>
          );
        })}
        {row && (
          <div
            role="gridcell"
            aria-colindex={columns.length + 2}
            className="flex w-11 items-center justify-center opacity-0 focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
          >
            <IconButton
              label={t("grid.deleteRow", { row: row.number })}
              size="iconSm"
              className="size-7!"
              onClick={() => handlers.onDelete(row)}
            >
              <Trash2 aria-hidden />
            </IconButton>
          </div>
        )}
      </div>
    );
  },
  (before, after) =>
    before.row === after.row &&
    before.top === after.top &&
    before.columns === after.columns &&
    before.activeColumn === after.activeColumn &&
    before.editing === after.editing,
);
