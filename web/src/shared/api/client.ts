import { cacheExchange, type KeyingConfig } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { Client, fetchExchange, mapExchange, subscriptionExchange } from "@urql/core";
import i18next from "i18next";
import { wsClient } from "./socket";

// Values that have no id of their own live inside their parent.
const embedded = [
  "Money",
  "Setup",
  "ChecklistStep",
  "CompanySummary",
  "OpeningInterval",
  "Attachment",
  "Reason",
  "ContactAddress",
  "Cart",
  "CartLine",
  "OrderLine",
  "Slot",
  "CatalogueColumn",
  "CatalogueDiff",
  "CatalogueDiffRow",
  "CatalogueItem",
  "RowProblem",
  "MappedHeading",
  "CompanyEvent",
  "UserError",
];

const keys: KeyingConfig = Object.fromEntries(embedded.map((name) => [name, () => null]));

/** Told when the server no longer knows us. */
export const signedOut = new EventTarget();

export function createClient(): Client {
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    fetchOptions: () => ({
      credentials: "same-origin",
      headers: { "X-X8-Client": "web", "Accept-Language": i18next.language || "en" },
    }),
    exchanges: [
      mapExchange({
        onError(error) {
          if (error.graphQLErrors.some((fault) => fault.extensions?.code === "UNAUTHENTICATED"))
            signedOut.dispatchEvent(new Event("signedout"));
        },
      }),
      cacheExchange({
        keys,
        resolvers: {
          Company: {
            conversations: relayPagination(),
            orders: relayPagination(),
            jobs: relayPagination(),
            contacts: relayPagination(),
          },
          Conversation: { messages: relayPagination(), turns: relayPagination() },
          CatalogueVersion: {},
        },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription(request) {
          const input = { ...request, query: request.query ?? "" };
          return { subscribe: (sink) => ({ unsubscribe: wsClient().subscribe(input, sink) }) };
        },
      }),
    ],
  });
}
