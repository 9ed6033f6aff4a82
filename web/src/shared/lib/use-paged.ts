import type { AnyVariables, TypedDocumentNode } from "@urql/core";
import { useState } from "react";
import { useClient, useQuery } from "urql";

type Page = { pageInfo: { hasNextPage: boolean; endCursor?: string | null } };

/**
 * A list that grows downwards. The first page is the live query; later pages are fetched on demand and the
 * cache joins them to it, so that a change of any row shows wherever the row stands.
 */
export function usePaged<Data, Variables extends AnyVariables, Connection extends Page>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  connectionOf: (data: Data) => Connection | null | undefined,
) {
  const client = useClient();
  const [{ data, error, fetching, stale }, execute] = useQuery({ query, variables });
  const [loadingMore, setLoadingMore] = useState(false);
  const connection = data ? connectionOf(data) : undefined;

  async function loadMore() {
    const after = connection?.pageInfo.endCursor;
    if (loadingMore || !after || !connection?.pageInfo.hasNextPage) return;
    setLoadingMore(true);
    await client.query(query, { ...variables, after } as Variables, { requestPolicy: "network-only" }).toPromise();
    setLoadingMore(false);
  }

  return {
    data,
    connection,
    error: connection ? undefined : error,
    loading: !connection && (fetching || stale),
    dimmed: Boolean(connection) && fetching,
    loadingMore,
    loadMore,
    refetch: () => execute({ requestPolicy: "network-only" }),
  };
}
