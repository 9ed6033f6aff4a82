import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { UpdateRow } from "@/entities/catalogue/documents";
import type { RowPartsFragment } from "@/shared/api/gql/graphql";
import { useAction } from "@/shared/api/use-action";
import { textOf } from "./grid-row";

/** One cell that changes. */
export type Edit = { index: number; column: string; value: string };
/** One cell that changed: enough to change it back. */
export type Done = Edit & { rowId: string; before: string };
/** What was changed, the latest last; outlives the table, which is made anew when a draft begins. */
export type History = { undo: Done[][]; redo: Done[][] };

type Rows = {
  rowAt: (index: number) => RowPartsFragment | undefined;
  replace: (index: number, row: RowPartsFragment) => void;
};
type Refused = ReadonlyMap<number, ReadonlyMap<string, string>>;

/** Edits by the row they belong to, in the order of the rows. */
export function byRow<One extends { index: number }>(edits: readonly One[]): One[][] {
  const rows = new Map<number, One[]>();
  for (const edit of edits) rows.set(edit.index, [...(rows.get(edit.index) ?? []), edit]);
  return [...rows.entries()].sort(([left], [right]) => left - right).map(([, one]) => one);
}

function cellsOf(row: RowPartsFragment | undefined): Record<string, unknown> {
  return (row?.cells ?? {}) as Record<string, unknown>;
}

/**
 * Changing cells. A change shows at once; what the server does not take is put back and marked with the reason, the
 * other cells of the row still change.
 */
export function useEdits(rows: Rows) {
  const { t } = useTranslation();
  const update = useAction(UpdateRow);
  const [refused, setRefused] = useState<Refused>(new Map());
  const running = useRef<Promise<unknown>>(Promise.resolve());

  function mark(index: number, columns: Iterable<string>, reasons: ReadonlyMap<string, string>) {
    setRefused((before) => {
      const ofRow = new Map(before.get(index));
      for (const column of columns) ofRow.delete(column);
      for (const [column, reason] of reasons) ofRow.set(column, reason);
      const after = new Map(before);
      if (ofRow.size > 0) after.set(index, ofRow);
      else after.delete(index);
      return after;
    });
  }

  async function changeRow(
    edits: Edit[],
    marks: boolean,
    rowId?: string,
  ): Promise<{ done: Done[]; reasons: Map<string, string> }> {
    const index = edits[0]?.index ?? 0;
    const row = rows.rowAt(index);
    const id = rowId ?? row?.id;
    const reasons = new Map<string, string>();
    if (!id) return { done: [], reasons };
    // By id the row may stand elsewhere now, or not be fetched at all.
    const here = row?.id === id ? row : undefined;
    let left = edits.filter((edit) => !here || textOf(cellsOf(here)[edit.column]) !== edit.value);
    if (left.length === 0) return { done: [], reasons };
    const columns = left.map((edit) => edit.column);
    const cells = () => Object.fromEntries(left.map((edit) => [edit.column, edit.value]));
    if (here) rows.replace(index, { ...here, cells: { ...cellsOf(here), ...cells() } });
    let next: RowPartsFragment | undefined;
    for (;;) {
      const { data, refusals } = await update.run({ input: { id, cells: cells() } });
      next = data?.updateRow.row as RowPartsFragment | undefined;
      if (next) break;
      const named = refusals.filter((one) => one.field?.[0] === "cells" && one.field[1] && one.field[1] in cells());
      for (const refusal of named) reasons.set(refusal.field?.[1] ?? "", refusal.message);
      const kept = left.filter((edit) => !reasons.has(edit.column));
      if (named.length > 0 && kept.length > 0) {
        left = kept;
        continue;
      }
      // Nothing of it was taken.
      for (const edit of left)
        if (!reasons.has(edit.column)) reasons.set(edit.column, refusals[0]?.message ?? t("errors.INTERNAL"));
      break;
    }
    mark(index, columns, marks ? reasons : new Map());
    if (!next) {
      if (here) rows.replace(index, here);
      return { done: [], reasons };
    }
    if (here) rows.replace(index, next);
    const rowNow = next.id;
    const before = cellsOf(here);
    return { done: left.map((edit) => ({ ...edit, rowId: rowNow, before: textOf(before[edit.column]) })), reasons };
  }

  /**
   * Changes cells row by row, one after the other and after what is running. Refused cells are marked when `marks`, for
   * want of a field that says the reason.
   */
  function change(
    edits: readonly (Edit & { rowId?: string })[],
    marks: boolean,
    onProgress?: (row: number, rows: number) => void,
  ): Promise<{ done: Done[]; refused: number; reason?: string }> {
    const work = async () => {
      const all = byRow(edits);
      const done: Done[] = [];
      let count = 0;
      let reason: string | undefined;
      for (const [at, ofRow] of all.entries()) {
        onProgress?.(at + 1, all.length);
        const result = await changeRow(ofRow, marks, ofRow[0]?.rowId);
        done.push(...result.done);
        count += result.reasons.size;
        reason ??= [...result.reasons.values()][0];
      }
      return { done, refused: count, reason };
    };
    const next = running.current.then(work, work);
    running.current = next;
    return next;
  }

  return { change, refused };
}
