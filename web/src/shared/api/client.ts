import { Client, type Exchange, fetchExchange, mapExchange } from "@urql/core";
import i18next from "i18next";

/** Told when the server no longer knows us. */
export const signedOut = new EventTarget();

/** A client of the contract. The sign-in pages need no more than this; the shell adds its cache and subscriptions. */
export function createClient([before, after]: [before?: Exchange, after?: Exchange] = []): Client {
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: before ? "cache-and-network" : "network-only",
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
      ...(before ? [before] : []),
      fetchExchange,
      ...(after ? [after] : []),
    ],
  });
}
