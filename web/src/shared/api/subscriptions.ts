import { type Exchange, subscriptionExchange } from "@urql/core";
import { wsClient } from "./socket";

/** Subscriptions over the one socket of this tab. */
export function subscriptions(): Exchange {
  return subscriptionExchange({
    forwardSubscription(request) {
      const input = { ...request, query: request.query ?? "" };
      return { subscribe: (sink) => ({ unsubscribe: wsClient().subscribe(input, sink) }) };
    },
  });
}
