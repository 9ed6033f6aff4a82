import { Images, Trash2, TriangleAlert } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { mediaKindOf } from "@/entities/media/media";
import type { RowPartsFragment } from "@/shared/api/gql/graphql";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { IconButton, Skeleton } from "@/shared/ui";

export type Column = { key: string; heading: string; internal: boolean; required: boolean; kind: string };

/** Height of a row and width of its number, in pixels. */
export const ROW = 38;
export const NUMBER_WIDTH = 64;

/** A cell as words: lists with commas, nothing as nothing. */
export function textOf(value: unknown): string {
  if (value == null) return "";
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

export type Editing = { row: number; column: number; value: string; refused?: string };
export type Handlers = {
  setEditing: (editing: Editing | null) => void;
  save: (next?: { row: number; column: number }) => Promise<void>;
  edit: (row: number, column: number, value?: string) => void;
  onKey: (event: React.KeyboardEvent) => void;
  onDelete: (row: RowPartsFragment) => void;
  /** A picture or a video is to be chosen for this cell. */
  onMedia: (row: number, column: number) => void;
  focus: (row: number, column: number) => void;
  /** The mouse went down on a cell, or came over it while it is down. */
  point: (row: number, column: number, extend: boolean) => void;
};

export const GridRow = memo(
  function GridRow({
    index,
    top,
    row,
    columns,
    widths,
    activeColumn,
    selected,
    refused,
    editing,
    handlers,
  }: {
    index: number;
    top: number;
    row: RowPartsFragment | undefined;
    columns: Column[];
    widths: number[];
    activeColumn: number;
    /** First and last selected column, `2-5`; empty when none. */
    selected: string;
    /** Why values of this row were not taken, by column. */
    refused: ReadonlyMap<string, string> | undefined;
    editing: Editing | null;
    handlers: Handlers;
  }) {
    const { t } = useTranslation();
    const format = useFormat();
    const cells = (row?.cells ?? {}) as Record<string, unknown>;
    const bad = (row?.problems.length ?? 0) > 0;
    const [first = -1, last = -1] = selected ? selected.split("-").map(Number) : [];
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
          const said = refused?.get(column.key) ?? (problem && `${problem.message} ${problem.suggestion}`);
          const chosen = first <= at && at <= last;
          const text = textOf(cells[column.key]);
          return (
            <div
              key={column.key}
              role="gridcell"
              aria-colindex={at + 2}
              aria-invalid={said ? true : undefined}
              aria-selected={chosen}
              tabIndex={activeColumn === at ? 0 : -1}
              title={said}
              onFocus={() => activeColumn !== at && handlers.focus(index, at)}
              onMouseDown={(event) => {
                if (open || event.button !== 0) return;
                event.preventDefault();
                handlers.point(index, at, event.shiftKey);
              }}
              onMouseEnter={(event) => event.buttons === 1 && !open && handlers.point(index, at, true)}
              onDoubleClick={() => handlers.edit(index, at)}
              onKeyDown={handlers.onKey}
              className={cx(
                "relative flex shrink-0 items-center border-e px-3 -outline-offset-2",
                at === 0 && "sticky z-10 bg-inherit font-medium",
                column.internal && "bg-warn-soft/40",
                said && "bg-bad-soft",
                chosen && "bg-accent-soft",
                chosen && said && "text-bad",
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
                <>
                  <span className="truncate text-[0.8125rem]" dir="auto">
                    {text}
                  </span>
                  {mediaKindOf(column.key) && activeColumn === at && (
                    <IconButton
                      label={t("media.fromLibrary")}
                      size="iconSm"
                      className="ms-auto size-7!"
                      onMouseDown={(event) => event.stopPropagation()}
                      onKeyDown={(event) => event.stopPropagation()}
                      onClick={() => handlers.onMedia(index, at)}
                    >
                      <Images aria-hidden />
                    </IconButton>
                  )}
                  {said && (
                    <>
                      <TriangleAlert className="ms-1 size-3.5 shrink-0 text-bad" aria-hidden />
                      <span className="sr-only">{said}</span>
                    </>
                  )}
                </>
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
    before.selected === after.selected &&
    before.refused === after.refused &&
    before.editing === after.editing,
);
