import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import { type OperationResult, useClient } from "urql";
import type { CompanyEventKind, EventsSinceQuery } from "./gql/graphql";
import { graphql } from "./graphql";
import { onSocketState } from "./socket";

export type LiveState = "live" | "reconnecting" | "offline";
export type LiveEvent = { kind: CompanyEventKind; id?: string; conversationId?: string };

type Listener = (event: LiveEvent) => void;
type Bus = { state: LiveState; listen: (listener: Listener) => () => void };

const LiveContext = createContext<Bus>({ state: "live", listen: () => () => undefined });

const CompanyEvents = graphql(`
  subscription CompanyEvents($companyId: ID!) {
    companyEvents(companyId: $companyId) {
      cursor
      kind
      message { id status error }
      conversation { id status owner needsAttention attentionReason unreadCount lastMessageAt preview language }
      order { id status paymentStatus paidAt paymentUrl linkExpiresAt }
      booking { id status start end }
      import { id status rowsRead rowsTotal bytesRead bytesTotal problemCount }
      catalogue { id }
      job { id status attempts lastError runAt }
      channel { id status }
    }
  }
`);

const EventsSince = graphql(`
  query EventsSince($companyId: ID!, $cursor: String!) {
    eventsSince(companyId: $companyId, cursor: $cursor, first: 100) {
      resync
      hasNextPage
      endCursor
      events {
        cursor
        kind
        message { id }
        conversation { id }
        order { id }
        booking { id }
        import { id }
        job { id }
        channel { id }
      }
    }
  }
`);

type Wire = {
  cursor: string;
  kind: CompanyEventKind;
  message?: { id: string } | null;
  conversation?: { id: string } | null;
  order?: { id: string } | null;
  booking?: { id: string } | null;
  import?: { id: string } | null;
  job?: { id: string } | null;
  channel?: { id: string } | null;
};

/** Everything that moves in a company, over one subscription; what was missed is fetched after a break. */
export function LiveProvider({ companyId, children }: { companyId: string; children: ReactNode }) {
  const client = useClient();
  const listeners = useRef(new Set<Listener>());
  const [state, setState] = useState<LiveState>("live");

  useEffect(() => {
    let cursor: string | undefined;
    let lost = false;
    let ended = false;
    let grace = 0;
    const tell = (event: LiveEvent) => {
      for (const listener of listeners.current) listener(event);
    };
    const take = (wire: Wire) => {
      cursor = wire.cursor;
      const entity =
        wire.message ?? wire.order ?? wire.booking ?? wire.import ?? wire.job ?? wire.channel ?? wire.conversation;
      tell({ kind: wire.kind, id: entity?.id, conversationId: wire.conversation?.id });
    };
    const catchUp = async () => {
      if (!cursor) return tell({ kind: "RESYNC" });
      for (let page = 0; page < 5 && !ended; page++) {
        const since: string = cursor;
        const missed: OperationResult<EventsSinceQuery> = await client
          .query(EventsSince, { companyId, cursor: since }, { requestPolicy: "network-only" })
          .toPromise();
        const events: EventsSinceQuery["eventsSince"] | undefined = missed.data?.eventsSince;
        if (!events || events.resync) return tell({ kind: "RESYNC" });
        for (const event of events.events) take(event);
        cursor = events.endCursor;
        if (!events.hasNextPage) return;
      }
      tell({ kind: "RESYNC" });
    };
    const subscription = client.subscription(CompanyEvents, { companyId }).subscribe((result) => {
      if (result.data) take(result.data.companyEvents);
    });
    const showState = () => {
      clearTimeout(grace);
      if (!navigator.onLine) setState("offline");
      else if (!lost) setState("live");
      // A short break heals itself; the sign changes only for one that lasts.
      else grace = window.setTimeout(() => setState("reconnecting"), 800);
    };
    const offSocket = onSocketState((socket) => {
      if (socket === "open" && lost) {
        lost = false;
        void catchUp();
      } else if (socket === "closed") lost = true;
      showState();
    });
    addEventListener("online", showState);
    addEventListener("offline", showState);
    return () => {
      ended = true;
      clearTimeout(grace);
      subscription.unsubscribe();
      offSocket();
      removeEventListener("online", showState);
      removeEventListener("offline", showState);
    };
  }, [client, companyId]);

  const bus = useMemo<Bus>(
    () => ({
      state,
      listen(listener) {
        listeners.current.add(listener);
        return () => listeners.current.delete(listener);
      },
    }),
    [state],
  );
  return <LiveContext.Provider value={bus}>{children}</LiveContext.Provider>;
}

export function useLiveState(): LiveState {
  return useContext(LiveContext).state;
}

/** Calls back when something of these kinds moved; a burst counts once per `waitMs`. RESYNC always counts. */
export function useLive(
  kinds: readonly CompanyEventKind[],
  callback: () => void,
  options: { waitMs?: number; only?: (event: LiveEvent) => boolean } = {},
): void {
  const { listen } = useContext(LiveContext);
  const latest = useRef({ callback, options, kinds });
  latest.current = { callback, options, kinds };
  useEffect(() => {
    let timer = 0;
    let last = 0;
    const stop = listen((event) => {
      const { kinds, options } = latest.current;
      if (event.kind !== "RESYNC" && (!kinds.includes(event.kind) || options.only?.(event) === false)) return;
      clearTimeout(timer);
      const wait = Math.max(0, last + (options.waitMs ?? 250) - Date.now());
      timer = window.setTimeout(() => {
        last = Date.now();
        latest.current.callback();
      }, wait);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [listen]);
}
