import { beforeEach, describe, expect, it, vi } from "vitest";
import { Talk, type WidgetMessage } from "./protocol";

const said = (id: string, text: string): WidgetMessage => ({
  id,
  author: "assistant",
  text,
  attachments: [],
  at: "2026-11-21T10:00:00Z",
});
let kept: string | null = null;
const keep = {
  get: () => kept,
  set: (value: string | null) => {
    kept = value;
  },
};
const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status });

// jsdom has no EventSource, so these go the way of a browser behind a proxy: by polling.
describe("Talk", () => {
  const calls: { url: string; method: string; token: string | null; body?: string }[] = [];
  let answers: (url: string, method: string) => Response;
  let shown: string[];
  let talk: Talk;

  beforeEach(() => {
    keep.set(null);
    calls.length = 0;
    shown = [];
    answers = () => json({ messages: [], cursor: "0" });
    vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
      const method = init.method ?? "GET";
      calls.push({
        url,
        method,
        token: new Headers(init.headers).get("authorization"),
        body: init.body as string | undefined,
      });
      return answers(url, method);
    });
    talk = new Talk(
      "key1",
      {
        message: (message) => shown.push(message.text),
        online: () => undefined,
        gone: () => shown.push("gone"),
      },
      keep,
    );
    return () => talk.stop();
  });

  it("asks for a session only when the visitor writes, and sends with its token", async () => {
    answers = (url, method) =>
      url.endsWith("/sessions")
        ? json({ token: "t1", cursor: "7" })
        : method === "POST"
          ? json({}, 202)
          : json({ messages: [], cursor: "7" });
    expect(calls).toEqual([]);
    await talk.send("Hello", "id1");
    expect(calls[0]).toMatchObject({ url: "/widget/key1/sessions", method: "POST" });
    const sent = calls.find((call) => call.body);
    expect(sent).toMatchObject({
      url: "/widget/key1/messages",
      token: "Bearer t1",
      body: JSON.stringify({ id: "id1", text: "Hello" }),
    });
    expect(talk.known()).toBe(true);
  });

  it("shows what was said before when the visitor comes back", async () => {
    keep.set(JSON.stringify({ token: "old", cursor: "2" }));
    answers = (url) =>
      json({ messages: !url.includes("after=") ? [said("a", "One"), said("b", "Two")] : [], cursor: "2" });
    await talk.start();
    expect(shown).toEqual(["One", "Two"]);
    expect(calls.every((call) => call.token === "Bearer old")).toBe(true);
  });

  it("carries the message into a new session, with the same id, when the old one has ended", async () => {
    keep.set(JSON.stringify({ token: "old", cursor: "2" }));
    let posts = 0;
    answers = (url, method) => {
      if (url.endsWith("/sessions")) return json({ token: "new", cursor: "0" });
      if (method === "POST") return json({}, ++posts === 1 ? 401 : 202);
      return json({ messages: [], cursor: "0" });
    };
    await talk.send("Hello", "id1");
    const sent = calls.filter((call) => call.body);
    expect(sent.map((call) => call.token)).toEqual(["Bearer old", "Bearer new"]);
    expect(new Set(sent.map((call) => call.body)).size).toBe(1);
  });

  it("says so when the widget was switched off", async () => {
    answers = () => json({}, 404);
    expect(await talk.config()).toBeNull();
    await talk.start();
    expect(shown).toEqual(["gone"]);
  });

  it("reports a message that did not go", async () => {
    answers = (url) => (url.endsWith("/sessions") ? json({ token: "t1", cursor: "0" }) : json({}, 503));
    await expect(talk.send("Hello", "id1")).rejects.toThrow("503");
  });
});
