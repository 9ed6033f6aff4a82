import { useCallback, useEffect, useRef, useState } from "react";
import { useClient, useQuery } from "urql";
import type { MessagePartsFragment } from "@/shared/api/gql/graphql";
import { useLive } from "@/shared/api/live";
import { ThreadMessages } from "./documents";

/** The messages of one conversation, newest page first fetched; live, and older ones on demand. */
export function useThread(conversationId: string | undefined) {
  const client = useClient();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: ThreadMessages,
    variables: { id: conversationId ?? "" },
    pause: !conversationId,
  });
  const [older, setOlder] = useState<{ busy: boolean; failed: boolean }>({ busy: false, failed: false });
  const current = useRef(conversationId);
  current.current = conversationId;
  useLive(["MESSAGE", "CONVERSATION"], () => conversationId && refetch({ requestPolicy: "network-only" }), {
    waitMs: 120,
    only: (event) => event.conversationId === conversationId,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation starts afresh
  useEffect(() => setOlder({ busy: false, failed: false }), [conversationId]);

  const connection = data?.conversation?.id === conversationId ? data?.conversation?.messages : undefined;
  const cursor = connection?.pageInfo.startCursor;
  const loadOlder = useCallback(async () => {
    if (!conversationId || !cursor) return;
    setOlder({ busy: true, failed: false });
    // The cache joins the page to the ones before it, and the query above shows them together.
    const page = await client
      .query(ThreadMessages, { id: conversationId, before: cursor }, { requestPolicy: "network-only" })
      .toPromise();
    if (current.current === conversationId) setOlder({ busy: false, failed: Boolean(page.error) });
  }, [client, conversationId, cursor]);

  return {
    messages: (connection?.nodes ?? []) as MessagePartsFragment[],
    known: Boolean(connection),
    missing: Boolean(data && !data.conversation),
    hasOlder: connection?.pageInfo.hasPreviousPage ?? false,
    loadOlder,
    older,
    error: connection ? undefined : error,
    fetching,
    refetch: () => refetch({ requestPolicy: "network-only" }),
  };
}
