import type { Exchange } from "@urql/core";
import { cacheExchange, type KeyingConfig } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";

// Values that have no id of their own live inside their parent.
const embedded = [
  "Money",
  "Setup",
  "Demo",
  "DemoLogin",
  "ChecklistStep",
  "CompanySummary",
  "OpeningInterval",
  "Attachment",
  "Button",
  "Reason",
  "ReasonLine",
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

/** The normalised cache: an entity that arrives anywhere shows everywhere. */
export function cache(): Exchange {
  return cacheExchange({
    keys,
    resolvers: {
      Company: {
        conversations: relayPagination(),
        bookings: relayPagination(),
        orders: relayPagination(),
        jobs: relayPagination(),
        contacts: relayPagination(),
      },
      Conversation: { messages: relayPagination() },
    },
  });
}
