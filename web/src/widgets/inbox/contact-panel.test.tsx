import { cleanup, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { Client, fetchExchange, Provider } from "urql";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type CompanyInView, CompanyProvider } from "@/entities/company/company";
import { ManagesProvider } from "@/entities/company/manages";
import { startI18n } from "@/shared/i18n";
import { ContactPanel } from "./contact-panel";

beforeAll(() => startI18n("en"));
afterEach(cleanup);

const talk = {
  id: "conversation:1",
  language: "EN",
  lastMessageAt: "2026-03-02T09:00:00Z",
  channel: { id: "channel:1", kind: "TELEGRAM" },
  contact: {
    id: "contact:1",
    name: "Ana Ruiz",
    phone: null,
    language: "EN",
    createdAt: "2026-03-02T09:00:00Z",
    addresses: [],
    orders: { nodes: [], totalCount: 0 },
  },
  cart: null,
};

function show(manages: boolean) {
  const client = new Client({
    url: "http://x8.example/graphql",
    exchanges: [fetchExchange],
    preferGetMethod: false,
    fetch: async () => new Response(JSON.stringify({ data: { conversation: talk } })),
  });
  render(
    <Provider value={client}>
      <MemoryRouter>
        <CompanyProvider value={{ id: "company:1", code: "COMP001", timezone: "Europe/Madrid" } as CompanyInView}>
          <ManagesProvider value={manages}>
            <ContactPanel conversationId={talk.id} />
          </ManagesProvider>
        </CompanyProvider>
      </MemoryRouter>
    </Provider>,
  );
}

describe("ContactPanel", () => {
  it.each([true, false])("offers to join two customers to those who manage: %s", async (manages) => {
    show(manages);
    expect(await screen.findByRole("heading", { name: "Ana Ruiz" })).toBeTruthy();
    expect(screen.queryAllByRole("button", { name: "Join with another customer…" })).toHaveLength(manages ? 1 : 0);
  });
});
