import { type Client, createClient } from "graphql-ws";

export type SocketState = "connecting" | "open" | "closed";

let client: Client | undefined;
let state: SocketState = "connecting";
const listeners = new Set<(state: SocketState) => void>();

function change(next: SocketState): void {
  state = next;
  for (const listener of listeners) listener(next);
}

/** The one socket of this tab. It opens with the first subscription and comes back with growing, jittered waits. */
export function wsClient(): Client {
  client ??= createClient({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: async (retries) => {
      const limit = Math.min(15_000, 400 * 2 ** retries);
      await new Promise((resolve) => setTimeout(resolve, limit / 2 + Math.random() * (limit / 2)));
    },
    keepAlive: 12_000,
    on: { connecting: () => change("connecting"), connected: () => change("open"), closed: () => change("closed") },
  });
  return client;
}

export function onSocketState(listener: (state: SocketState) => void): () => void {
  listeners.add(listener);
  listener(state);
  return () => listeners.delete(listener);
}
