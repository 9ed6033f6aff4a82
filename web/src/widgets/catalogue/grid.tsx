import { useVirtualizer } from "@tanstack/react-virtual";
import { EyeOff } from "lucide-react";
import { type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useColumnName } from "@/entities/catalogue/words";
import type { RowPartsFragment } from "@/shared/api/gql/graphql";
import { announce } from "@/shared/lib/announce";
import { cx } from "@/shared/lib/cx";
import { isKeyOf } from "@/shared/lib/hotkeys";
import { type Place, type Range, rangeOf, sizeOf } from "./block";
import { type Column, type Editing, GridRow, type Handlers, NUMBER_WIDTH, ROW, textOf } from "./grid-row";

export type GridHandle = { jump: (row: number) => void };

function widthOf(column: Column): number {
  if (/name$/.test(column.key)) return 260;
  if (/description|details|included|guarantee|suitable|supplier|address|cities|location/.test(column.key)) return 280;
  if (/url|specialist/.test(column.key)) return 200;
  return 130;
}

/**
 * The table of a catalogue. Rows and columns are counted for screen readers, arrows move, with Shift they select, Enter or
 * F2 edits, Tab saves and goes on; a block is copied and pasted as in a spreadsheet. Only the rows in view exist in the
 * page.
 */
export function Grid({
  columns,
  total,
  rows,
  onShown,
  refused,
  start,
  onPlace,
  onSave,
  onCopy,
  onPaste,
  onClear,
  onDelete,
  onMedia,
  ref,
}: {
  columns: Column[];
  total: number;
  rows: Map<number, RowPartsFragment>;
  onShown: (from: number, to: number) => void;
  /** Answers the reason when the value was refused. */
  onSave: (index: number, column: string, value: string) => Promise<string | undefined>;
  /** Why values were not taken, by row and column. */
  refused: ReadonlyMap<number, ReadonlyMap<string, string>>;
  /** Where to begin, and whether the focus was there. */
  start: Place & { focused: boolean };
  onPlace: (place: Place & { focused: boolean }) => void;
  /** The text of the cells when all of them are here, else it is put on the clipboard later. */
  onCopy: (range: Range) => string | undefined;
  onPaste: (range: Range, text: string) => void;
  onClear: (range: Range) => void;
  onDelete: (row: RowPartsFragment) => void;
  /** A picture or a video is to be chosen for this cell. */
  onMedia: (row: number, column: number) => void;
  ref?: Ref<GridHandle>;
}) {
  const { t } = useTranslation();
  const columnName = useColumnName();
  const scroll = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<Place>({
    row: Math.min(start.row, total - 1),
    column: Math.min(start.column, columns.length - 1),
  });
  // Where the next key goes: the focus follows after the drawing, and who types fast is ahead of it.
  const place = useRef(active);
  const [anchor, setAnchor] = useState(active);
  const [editing, setEditing] = useState<Editing | null>(null);
  const moved = useRef(start.focused);
  const range = rangeOf(anchor, active);
  const size = sizeOf(range);
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
  useEffect(() => {
    onShown(from, to);
  }, [from, to, onShown]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, where the last grid was left
  useEffect(() => {
    if (active.row > 0) virtual.scrollToIndex(active.row, { align: "center" });
  }, []);
  useImperativeHandle(ref, () => ({ jump: (row) => move(row, active.column) }));

  /** Makes a cell the active one; without `extend` it alone is selected. */
  function choose(next: Place, extend = false) {
    moved.current = true;
    place.current = next;
    setActive(next);
    if (!extend) setAnchor(next);
    onPlace({ ...next, focused: true });
    const chosen = sizeOf(rangeOf(extend ? anchor : next, next));
    if (chosen.cells > 1) announce(t("grid.chosen", { rows: chosen.rows, columns: chosen.columns }));
  }

  function move(row: number, column: number, extend = false) {
    const next = {
      row: Math.max(0, Math.min(total - 1, row)),
      column: Math.max(0, Math.min(columns.length - 1, column)),
    };
    choose(next, extend);
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
    choose({ row, column });
    moved.current = false;
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

  function onKey(event: React.KeyboardEvent) {
    if (editing) return;
    const { row, column } = place.current;
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
    if (target && !event.altKey) {
      event.preventDefault();
      move(...target, event.shiftKey);
    } else if (isKeyOf(event, "grid.edit")) {
      event.preventDefault();
      edit(row, column);
    } else if (isKeyOf(event, "grid.row")) {
      event.preventDefault();
      choose({ row, column: columns.length - 1 });
      setAnchor({ row: anchor.row, column: 0 });
    } else if (isKeyOf(event, "grid.clear") || event.key === "Backspace") {
      event.preventDefault();
      onClear(range);
    } else if (event.key === "Escape" && size.cells > 1) {
      event.preventDefault();
      setAnchor(active);
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      edit(row, column, event.key);
    }
  }

  // Rows are drawn anew only when they change; what they call is always that of the latest drawing.
  const latest = useRef<Handlers>(null as unknown as Handlers);
  latest.current = {
    setEditing,
    save,
    edit,
    onKey,
    onDelete,
    onMedia,
    focus: (row, column) => {
      if (!moved.current) choose({ row, column });
    },
    point: (row, column, extend) => {
      if (editing) void save({ row, column });
      else choose({ row, column }, extend);
    },
  };
  const handlers = useMemo<Handlers>(
    () => ({
      setEditing: (value) => latest.current.setEditing(value),
      save: (next) => latest.current.save(next),
      edit: (row, column, value) => latest.current.edit(row, column, value),
      onKey: (event) => latest.current.onKey(event),
      onDelete: (row) => latest.current.onDelete(row),
      onMedia: (row, column) => latest.current.onMedia(row, column),
      focus: (row, column) => latest.current.focus(row, column),
      point: (row, column, extend) => latest.current.point(row, column, extend),
    }),
    [],
  );

  const full = NUMBER_WIDTH + widths.reduce((sum, width) => sum + width, 0) + 44;
  return (
    <div
      ref={scroll}
      className="relative min-h-0 flex-1 select-none overflow-auto bg-surface"
      data-testid="grid-scroll"
    >
      <div
        role="grid"
        aria-label={t("nav.catalogue")}
        aria-multiselectable
        onCopy={(event) => {
          if (editing) return;
          event.preventDefault();
          const text = onCopy(range);
          if (text !== undefined) event.clipboardData.setData("text/plain", text);
        }}
        onPaste={(event) => {
          if (editing) return;
          event.preventDefault();
          onPaste(range, event.clipboardData.getData("text/plain"));
        }}
        onBlur={(event) => {
          const to = event.relatedTarget;
          if (to && !event.currentTarget.contains(to)) onPlace({ ...active, focused: false });
        }}
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
                selected={
                  size.cells > 1 && range.top <= item.index && item.index <= range.bottom
                    ? `${range.left}-${range.right}`
                    : ""
                }
                refused={refused.get(item.index)}
                editing={editing?.row === item.index ? editing : null}
                handlers={handlers}
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
