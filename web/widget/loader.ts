// The one line that a shop puts into its page:
//   <script src="https://…/widget/loader.js" data-key="…" async></script>
// Options: data-language (en, es, ru, kk), data-side ("left"), data-color (any CSS colour), data-label (the button's name).
// It draws a button and, on the first press, an iframe with the chat; nothing of the page is read.
(() => {
  const script = document.currentScript as HTMLScriptElement | null;
  const key = script?.dataset.key;
  if (!script || !key || document.getElementById("x8-chat")) return;
  const { origin } = new URL(script.src);
  const { language, side, color, label } = script.dataset;
  const names: Record<string, [string, string]> = {
    en: ["Open the chat", "Chat"],
    es: ["Abrir el chat", "Chat"],
    ru: ["Открыть чат", "Чат"],
    kk: ["Чатты ашу", "Чат"],
  };
  const spoken = (language || document.documentElement.lang || navigator.language).slice(0, 2).toLowerCase();
  const words = names[spoken] || names.en || ["", ""];

  const host = document.createElement("div");
  host.id = "x8-chat";
  // A shadow root keeps the styles of the page and ours apart. Styles are set through the object model,
  // which a strict content security policy allows.
  const root = host.attachShadow({ mode: "open" });
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-label", label || words[0]);
  button.setAttribute("aria-expanded", "false");
  const edge = side === "left" ? "left" : "right";
  Object.assign(button.style, {
    position: "fixed",
    bottom: "20px",
    [edge]: "20px",
    width: "56px",
    height: "56px",
    padding: "0",
    border: "0",
    borderRadius: "50%",
    cursor: "pointer",
    color: "#fff",
    background: color || "#0d6470",
    boxShadow: "0 6px 24px rgba(0,0,0,.25)",
    zIndex: "2147483000",
    outlineOffset: "3px",
  });
  const svg = (tag: string, values: Record<string, string>) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const name in values) element.setAttribute(name, values[name] ?? "");
    return element;
  };
  const icon = svg("svg", {
    viewBox: "0 0 24 24",
    width: "28",
    height: "28",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "2",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  });
  icon.append(svg("path", { d: "M21 11.5a8.4 8.4 0 0 1-12 7.6L3 21l1.9-5.6A8.5 8.5 0 1 1 21 11.5z" }));
  Object.assign(icon.style, { display: "block", margin: "auto" });
  button.append(icon);
  root.append(button);

  let frame: HTMLIFrameElement | undefined;
  let open = false;
  let ready = false;
  // Browsers close the storage of a frame from another site, so the page keeps the visitor's session for it.
  const place = `x8.chat.${key}`;

  function layout(): void {
    if (!frame) return;
    const phone = innerWidth < 480 || innerHeight < 520;
    Object.assign(frame.style, {
      position: "fixed",
      border: "0",
      zIndex: "2147483001",
      display: open ? "block" : "none",
      colorScheme: "light dark",
      bottom: phone ? "0" : "88px",
      [edge]: phone ? "0" : "20px",
      width: phone ? "100%" : "380px",
      height: phone ? "100%" : "min(620px, calc(100vh - 108px))",
      borderRadius: phone ? "0" : "18px",
      boxShadow: "0 16px 48px rgba(0,0,0,.28)",
      background: "transparent",
    });
  }

  function show(next: boolean): void {
    open = next;
    button.setAttribute("aria-expanded", String(open));
    if (open && !frame) {
      frame = document.createElement("iframe");
      frame.title = words[1];
      const options = new URLSearchParams({
        key: key ?? "",
        ...(language || spoken ? { language: language || spoken } : {}),
        ...(color ? { color } : {}),
      });
      frame.src = `${origin}/widget/app.html#${options}`;
      root.append(frame);
    }
    layout();
    if (open) {
      frame?.focus();
      // A frame that is still loading takes the focus by itself.
      if (ready) frame?.contentWindow?.postMessage({ x8: "opened" }, origin);
    } else button.focus();
  }

  button.onclick = () => show(!open);
  addEventListener("resize", layout);
  addEventListener("keydown", (event) => {
    if (open && event.key === "Escape") show(false);
  });
  addEventListener("message", (event) => {
    if (event.origin !== origin || event.source !== frame?.contentWindow) return;
    const { x8, value } = event.data as { x8?: string; value?: string | null };
    if (x8 === "close") show(false);
    try {
      if (x8 === "ready") {
        ready = true;
        frame?.contentWindow?.postMessage({ x8: "session", value: localStorage.getItem(place) }, origin);
      } else if (x8 === "keep") {
        if (value) localStorage.setItem(place, value);
        else localStorage.removeItem(place);
      }
    } catch {
      // No storage at all: the session lasts as long as the page.
    }
  });
  (document.body || document.documentElement).append(host);
})();
