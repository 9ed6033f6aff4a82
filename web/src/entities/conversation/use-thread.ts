import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useClient, useQuery } from "urql";
import type { MessagePartsFragment } from "@/shared/api/gql/graphql";
import { useLive } from "@/shared/api/live";
import { ThreadMessages } from "./documents";

/** Newest first, as the server orders them, joined with what was seen before: oldest first. */
export function inOrder<Message extends { id: string; createdAt: string }>(
  newestFirst: readonly Message[],
  seen: readonly Message[],
): Message[] {
  const fresh = [...newestFirst].reverse();
  const ids = new Set(fresh.map((message) => message.id));
  const rest = seen.filter((message) => !ids.has(message.id));
  if (rest.length === 0) return fresh;
  return [...rest, ...fresh].sort((one, other) => Date.parse(one.createdAt) - Date.parse(other.createdAt));
}

/**
 * The messages of one conversation in the order of the talk; live, and older ones on demand. The contract gives the
 * newest first. What was once seen stays: a new message moves the pages, and none may fall between two of them.
 */
export function useThread(conversationId: string | undefined) {
  const client = useClient();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: ThreadMessages,
    variables: { id: conversationId ?? "" },
    pause: !conversationId,
  });
  const [older, setOlder] = useState<{ busy: boolean; failed: boolean }>({ busy: false, failed: false });
  const seen = useRef<{ id?: string; messages: Map<string, MessagePartsFragment> }>({ messages: new Map() });
  const current = useRef(conversationId);
  current.current = conversationId;
  useLive(["MESSAGE", "CONVERSATION"], () => conversationId && refetch({ requestPolicy: "network-only" }), {
    waitMs: 120,
    only: (event) => event.conversationId === conversationId,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation starts afresh
  useEffect(() => setOlder({ busy: false, failed: false }), [conversationId]);

  const connection = data?.conversation?.id === conversationId ? data?.conversation?.messages : undefined;
  const cursor = connection?.pageInfo.endCursor;
  const nodes = connection?.nodes as MessagePartsFragment[] | undefined;
  const messages = useMemo(() => {
    if (seen.current.id !== conversationId) seen.current = { id: conversationId, messages: new Map() };
    for (const message of nodes ?? []) seen.current.messages.set(message.id, message);
    return inOrder(nodes ?? [], [...seen.current.messages.values()]);
  }, [nodes, conversationId]);
  const loadOlder = useCallback(async () => {
    if (!conversationId || !cursor) return;
    setOlder({ busy: true, failed: false });
    // The cache joins the page to the ones before it, and the query above shows them together.
    const page = await client
      .query(ThreadMessages, { id: conversationId, after: cursor }, { requestPolicy: "network-only" })
      .toPromise();
    if (current.current === conversationId) setOlder({ busy: false, failed: Boolean(page.error) });
  }, [client, conversationId, cursor]);

  return {
    messages,
    known: Boolean(connection),
    missing: Boolean(data && !data.conversation),
    hasOlder: connection?.pageInfo.hasNextPage ?? false,
    loadOlder,
    older,
    error: connection ? undefined : error,
    fetching,
    refetch: () => refetch({ requestPolicy: "network-only" }),
  };
}
