import "./app.css";
import { linkify } from "../src/shared/lib/linkify";
import { uuidv7 } from "../src/shared/lib/uuid";
import { Talk, type WidgetMessage } from "./protocol";
import { pickLanguage, WORDS, type Words } from "./words";

const options = new URLSearchParams(location.hash.slice(1));
const key = options.get("key") ?? "";
let language = pickLanguage([options.get("language"), navigator.language]);
let words: Words = WORDS[language];

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  values: Partial<HTMLElementTagNameMap[Name]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), values);
  made.append(...children);
  return made;
}

function icon(path: string): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({
    viewBox: "0 0 24 24",
    width: "22",
    height: "22",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "2",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  }))
    svg.setAttribute(name, value);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

const title = element("h1", { textContent: words.title });
const close = element("button", { type: "button", ariaLabel: words.close }, icon("M6 6l12 12M18 6 6 18"));
const intro = element("p", { className: "intro", textContent: words.intro });
const log = element("ul", { className: "log", tabIndex: 0, role: "log", ariaLive: "polite", ariaLabel: words.title });
const state = element("p", { className: "state", role: "status" });
const input = element("textarea", {
  rows: 1,
  maxLength: 4000,
  placeholder: words.write,
  ariaLabel: words.write,
  dir: "auto",
});
const sendButton = element(
  "button",
  { type: "submit", ariaLabel: words.send, disabled: true },
  icon("M12 19V5M5 12l7-7 7 7"),
);
const form = element("form", {}, input, sendButton);
document.documentElement.lang = language;
document.body.append(element("header", {}, title, close), intro, log, state, form);

/** Black or white, whichever reads better on this colour. */
function inkOn(color: string): string {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (!match) return "#fff";
  const [red = 0, green = 0, blue = 0] = match.slice(1).map((part) => {
    const value = Number.parseInt(part, 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? "#fff" : "#000";
}

function paint(color: string): void {
  document.documentElement.style.setProperty("--accent", color);
  document.documentElement.style.setProperty("--accent-ink", inkOn(color));
}

const shown = new Map<string, HTMLLIElement>();
let waitingTimer: ReturnType<typeof setTimeout> | undefined;
let online = true;

function showState(typing: boolean): void {
  clearTimeout(waitingTimer);
  state.textContent = !online ? words.offline : typing ? words.typing : "";
  // A person may answer later; nobody "writes" for ever.
  if (typing) waitingTimer = setTimeout(() => showState(false), 30_000);
}

function show(message: WidgetMessage, sending = false): HTMLLIElement {
  const known = shown.get(message.id);
  if (known) {
    if (!sending) known.classList.remove("sending");
    return known;
  }
  const mine = message.author === "customer";
  const item = element("li", { className: `message${mine ? " mine" : ""}${sending ? " sending" : ""}`, dir: "auto" });
  item.append(element("span", { className: "hidden", textContent: `${mine ? words.you : words.them}: ` }));
  for (const part of linkify(message.text))
    item.append(
      part.href
        ? element("a", { href: part.href, target: "_blank", rel: "noopener noreferrer", textContent: part.text })
        : part.text,
    );
  for (const attachment of message.attachments) {
    if (!/^(https?:)?\//i.test(attachment.url)) continue;
    if (attachment.kind === "image")
      item.append(element("img", { src: attachment.url, alt: words.attachment, loading: "lazy" }));
    else
      item.append(
        element("a", {
          href: attachment.url,
          target: "_blank",
          rel: "noopener noreferrer",
          textContent: ` ${words.attachment}`,
        }),
      );
  }
  // A choice stands until the next message: then it is answered, or passed over.
  for (const old of log.querySelectorAll(".choices")) old.remove();
  if (message.buttons?.length) {
    const choices = element("div", { className: "choices" });
    for (const { label, says, url } of message.buttons) {
      if (url && !/^https?:\/\//i.test(url)) continue;
      const choice = url
        ? element("a", { href: url, target: "_blank", rel: "noopener noreferrer", textContent: label })
        : element("button", { type: "button", textContent: label });
      if (!url) choice.onclick = () => void send(says ?? label, uuidv7());
      choices.append(choice);
    }
    item.append(choices);
  }
  shown.set(message.id, item);
  log.append(item);
  log.scrollTop = log.scrollHeight;
  return item;
}

// In a frame the page around it keeps the session; alone, this page does.
const framed = parent !== window;
let kept: string | null = null;
const place = `x8.chat.${key}`;
const talk = new Talk(
  key,
  {
    message(message) {
      show(message);
      if (message.author !== "customer") showState(false);
    },
    online(next) {
      online = next;
      showState(state.textContent === words.typing);
    },
    gone() {
      intro.textContent = words.gone;
      form.hidden = true;
    },
  },
  {
    get: () => (framed ? kept : localStorage.getItem(place)),
    set(value) {
      kept = value;
      if (framed) parent.postMessage({ x8: "keep", value }, "*");
      else if (value) localStorage.setItem(place, value);
      else localStorage.removeItem(place);
    },
  },
);

async function send(text: string, id: string): Promise<void> {
  const item = show({ id, author: "customer", text, attachments: [], at: new Date().toISOString() }, true);
  showState(true);
  try {
    await talk.send(text, id);
    item.classList.remove("sending");
  } catch {
    showState(false);
    const retry = element("button", { type: "button", className: "retry", textContent: words.failed });
    retry.onclick = () => {
      retry.remove();
      void send(text, id);
      input.focus();
    };
    item.after(retry);
    log.scrollTop = log.scrollHeight;
  }
}

input.oninput = () => {
  sendButton.disabled = input.value.trim() === "";
};
input.onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
};
form.onsubmit = (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  sendButton.disabled = true;
  void send(text, uuidv7());
};
const leave = () => parent.postMessage({ x8: "close" }, "*");
close.onclick = leave;
addEventListener("keydown", (event) => {
  if (event.key === "Escape") leave();
});
addEventListener("message", (event) => {
  if (event.source !== parent || !framed) return;
  const { x8, value } = event.data as { x8?: string; value?: string | null };
  if (x8 === "opened") input.focus();
  if (x8 === "session" && value && !kept) {
    kept = value;
    void talk.start().catch(() => showState(false));
  }
});

if (framed) parent.postMessage({ x8: "ready" }, "*");

talk
  .config()
  .then((config) => {
    if (!config) {
      intro.textContent = words.gone;
      form.hidden = true;
      return;
    }
    title.textContent = document.title = config.name;
    paint(options.get("color") ?? config.color);
    if (!options.get("language")) {
      language = pickLanguage([config.language]);
      words = WORDS[language];
      document.documentElement.lang = language;
    }
    // Nothing is stored at the server until the visitor writes or comes back.
    if (talk.known()) void talk.start().catch(() => showState(false));
    input.focus();
  })
  .catch(() => {
    online = false;
    showState(false);
  });
