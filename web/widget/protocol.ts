import { uuidv7 } from "../src/shared/lib/uuid";

/** A message as the visitor sees it. */
export type WidgetMessage = {
  id: string;
  author: string;
  text: string;
  attachments: { kind: string; url: string }[];
  buttons?: { label: string; says?: string; url?: string }[];
  at: string;
};

export type Config = { name: string; language: string; color: string };
type Session = { token: string; cursor: string };
export type Listener = {
  message: (message: WidgetMessage) => void;
  online: (online: boolean) => void;
  /** The widget was switched off or its key is wrong. */
  gone: () => void;
};

/** Where the session stays between visits. */
export type Keep = { get: () => string | null; set: (value: string | null) => void };

const POLL_MS = 4_000;

/** Talks with the server: a session that survives a reload, a stream of events, and polling where streams do not pass. */
export class Talk {
  private session: Session | undefined;
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private starting: Promise<void> | undefined;

  private readonly base: string;

  constructor(
    key: string,
    private readonly listener: Listener,
    private readonly keep: Keep,
  ) {
    this.base = `/widget/${encodeURIComponent(key)}`;
  }

  async config(): Promise<Config | null> {
    const response = await fetch(`${this.base}/config`);
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(String(response.status));
    return (await response.json()) as Config;
  }

  /** Whether this visitor has written here before. */
  known(): boolean {
    return this.stored() !== undefined;
  }

  /** Opens the session, fetches what was said, and listens. Called twice, it starts once. */
  start(): Promise<void> {
    this.starting ??= this.open().catch((fault: unknown) => {
      this.starting = undefined;
      throw fault;
    });
    return this.starting;
  }

  /** Sends one message; the same id sent again counts once. */
  async send(text: string, id: string = uuidv7()): Promise<void> {
    await this.start();
    const response = await this.call("/messages", { method: "POST", body: JSON.stringify({ id, text }) });
    if (response.status === 401) {
      // The session has ended: a new one carries the message.
      this.forget();
      await this.start();
      const again = await this.call("/messages", { method: "POST", body: JSON.stringify({ id, text }) });
      if (!again.ok) throw new Error(String(again.status));
    } else if (!response.ok) throw new Error(String(response.status));
    if (!this.source) void this.poll();
  }

  stop(): void {
    this.source?.close();
    this.source = undefined;
    clearTimeout(this.timer);
  }

  private async open(): Promise<void> {
    this.session = this.stored();
    if (this.session) {
      const past = await this.call("/messages");
      if (past.status === 401) this.forget();
      else if (past.ok) this.take(await past.json());
    }
    if (!this.session) {
      const response = await fetch(`${this.base}/sessions`, { method: "POST" });
      if (response.status === 404) return this.listener.gone();
      if (!response.ok) throw new Error(String(response.status));
      this.session = (await response.json()) as Session;
      this.store();
    }
    this.listen();
  }

  private listen(): void {
    if (!this.session) return;
    if (typeof EventSource === "undefined") return void this.poll();
    this.source?.close();
    const source = new EventSource(`${this.base}/stream?token=${encodeURIComponent(this.session.token)}`);
    this.source = source;
    source.onopen = () => {
      this.listener.online(true);
      // What came between the last page and the opening of the stream.
      void this.catchUp();
    };
    source.onmessage = (event) => {
      this.take({ messages: [JSON.parse(event.data as string) as WidgetMessage], cursor: event.lastEventId });
    };
    source.onerror = () => {
      this.listener.online(false);
      if (source.readyState === EventSource.CLOSED) {
        // The stream is refused for good (a proxy, a lost session): ask instead.
        this.source = undefined;
        void this.poll();
      }
    };
  }

  private async catchUp(): Promise<boolean> {
    if (!this.session) return false;
    const response = await this.call(`/messages?after=${encodeURIComponent(this.session.cursor)}`);
    if (!response.ok) return false;
    this.take((await response.json()) as { messages: WidgetMessage[]; cursor: string });
    return true;
  }

  private async poll(): Promise<void> {
    clearTimeout(this.timer);
    const fine = await this.catchUp().catch(() => false);
    this.listener.online(fine);
    this.timer = setTimeout(() => void this.poll(), POLL_MS);
  }

  private take(page: { messages: WidgetMessage[]; cursor: string }): void {
    for (const message of page.messages) this.listener.message(message);
    if (this.session && page.cursor) {
      this.session.cursor = page.cursor;
      this.store();
    }
  }

  private call(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.base + path, {
      ...init,
      headers: {
        Authorization: `Bearer ${this.session?.token ?? ""}`,
        ...(init.body ? { "Content-Type": "application/json" } : {}),
      },
    });
  }

  private forget(): void {
    this.stop();
    this.session = undefined;
    this.starting = undefined;
    this.store();
  }

  private stored(): Session | undefined {
    try {
      return JSON.parse(this.keep.get() ?? "") as Session;
    } catch {
      return undefined;
    }
  }

  private store(): void {
    this.keep.set(this.session ? JSON.stringify(this.session) : null);
  }
}
