import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { DraftRows, PublishedRows } from "@/entities/catalogue/documents";
import type { RowPartsFragment } from "@/shared/api/gql/graphql";

export const WINDOW = 100;

type Source = { companyId: string; versionId: string; draft: boolean; search: string; onlyProblems: boolean };

/**
 * The rows of a version by position, fetched in windows of a hundred as they come into view:
 * a jump to row 9,000 fetches one window, not ninety.
 */
export function useRowWindows(source: Source) {
  const client = useClient();
  const key = JSON.stringify(source);
  const [state, setState] = useState<{
    key: string;
    rows: Map<number, RowPartsFragment>;
    total: number | null;
    failed: boolean;
  }>({ key, rows: new Map(), total: null, failed: false });
  const asked = useRef<{ key: string; windows: Map<number, Promise<void>> }>({ key, windows: new Map() });
  if (asked.current.key !== key) asked.current = { key, windows: new Map() };
  // What is known now, for work that goes on over several drawings.
  const known = useRef<{ key: string; rows: Map<number, RowPartsFragment> }>({ key, rows: new Map() });
  if (known.current.key !== key) known.current = { key, rows: new Map() };

  const fetchNow = useCallback(
    async (window: number) => {
      const source = JSON.parse(key) as Source;
      const variables = {
        id: source.companyId,
        offset: window * WINDOW,
        first: WINDOW,
        search: source.search || null,
        onlyProblems: source.onlyProblems || null,
      };
      const options = { requestPolicy: "network-only" as const };
      const connection = source.draft
        ? (await client.query(DraftRows, variables, options).toPromise()).data?.company?.catalogue.draft?.rows
        : (await client.query(PublishedRows, variables, options).toPromise()).data?.company?.catalogue.published?.rows;
      if (asked.current.key !== key) return;
      if (!connection) {
        asked.current.windows.delete(window);
        return setState((before) => ({ ...before, key, failed: true }));
      }
      for (const [index, row] of connection.nodes.entries())
        known.current.rows.set(window * WINDOW + index, row as RowPartsFragment);
      setState((before) => {
        const rows = before.key === key ? new Map(before.rows) : new Map<number, RowPartsFragment>();
        for (const [index, row] of connection.nodes.entries())
          rows.set(window * WINDOW + index, row as RowPartsFragment);
        return { key, rows, total: connection.totalCount ?? connection.nodes.length, failed: false };
      });
    },
    [client, key],
  );
  const fetchWindow = useCallback(
    (window: number): Promise<void> => {
      if (asked.current.key !== key) return Promise.resolve();
      const running = asked.current.windows.get(window) ?? fetchNow(window);
      asked.current.windows.set(window, running);
      return running;
    },
    [fetchNow, key],
  );
  useEffect(() => void fetchWindow(0), [fetchWindow]);

  /** Fetches what these positions need, and is done when it is here. */
  const ensure = useCallback(
    async (from: number, to: number) => {
      const windows: Promise<void>[] = [];
      for (let window = Math.floor(from / WINDOW); window <= Math.floor(to / WINDOW); window++)
        windows.push(fetchWindow(window));
      await Promise.all(windows);
    },
    [fetchWindow],
  );

  /** The row at a position, as it is now. */
  const rowAt = useCallback((index: number) => known.current.rows.get(index), []);

  /** Puts a changed row in its place. */
  const replace = useCallback((index: number, row: RowPartsFragment) => {
    known.current.rows.set(index, row);
    setState((before) => ({ ...before, rows: new Map(before.rows).set(index, row) }));
  }, []);

  /** Forgets everything and starts from the first window. */
  const reload = useCallback(() => {
    asked.current = { key, windows: new Map() };
    known.current = { key, rows: new Map() };
    void fetchWindow(0);
  }, [fetchWindow, key]);

  const current = state.key === key;
  return {
    rows: current ? state.rows : new Map<number, RowPartsFragment>(),
    total: current ? state.total : null,
    failed: current && state.failed,
    ensure,
    rowAt,
    replace,
    reload,
  };
}
