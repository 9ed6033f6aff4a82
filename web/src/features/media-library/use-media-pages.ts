import { useCallback, useEffect, useRef, useState } from "react";
import { type OperationResult, useClient } from "urql";
import { MediaPage } from "@/entities/media/documents";
import type { MediaKind, MediaPageQuery, MediaPageQueryVariables, MediaPartsFragment } from "@/shared/api/gql/graphql";

const PAGE = 48;

/** The company's media, a page at a time. What was seen is read anew when something moved. */
export function useMediaPages(companyId: string, kind: MediaKind | undefined, search: string) {
  const client = useClient();
  const [all, setAll] = useState<MediaPartsFragment[]>();
  const [after, setAfter] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const [busy, setBusy] = useState(false);
  const pages = useRef(1);
  const latest = useRef(0);

  const read = useCallback(
    async (wanted: number) => {
      const turn = ++latest.current;
      setBusy(true);
      const found: MediaPartsFragment[] = [];
      let cursor: string | null | undefined = null;
      for (let page = 0; page < wanted; page++) {
        const variables: MediaPageQueryVariables = {
          id: companyId,
          first: PAGE,
          after: cursor,
          kind,
          search: search || null,
        };
        const answer: OperationResult<MediaPageQuery> = await client
          .query(MediaPage, variables, { requestPolicy: "network-only" })
          .toPromise();
        // A later question is under way.
        if (turn !== latest.current) return;
        const media = answer.data?.company?.media;
        if (!media) {
          setFailed(true);
          setBusy(false);
          return;
        }
        found.push(...media.nodes);
        cursor = media.pageInfo.hasNextPage ? media.pageInfo.endCursor : null;
        if (!cursor) break;
      }
      pages.current = wanted;
      setFailed(false);
      setAll(found);
      setAfter(cursor ?? null);
      setBusy(false);
    },
    [client, companyId, kind, search],
  );

  useEffect(() => {
    void read(1);
  }, [read]);

  return {
    all,
    failed,
    busy,
    hasMore: after !== null,
    more: () => read(pages.current + 1),
    refresh: useCallback(() => void read(pages.current), [read]),
  };
}
