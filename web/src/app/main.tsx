import "@fontsource-variable/inter/wght.css";
import "@/shared/styles/app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { Provider } from "urql";
import { createClient } from "@/shared/api/client";
import { pickLocale, startI18n } from "@/shared/i18n";
import { readBoot } from "@/shared/lib/boot";
import { storage } from "@/shared/lib/storage";
import { makeRouter } from "./routes";

const boot = readBoot(document);
const root = document.getElementById("root");

startI18n(pickLocale([storage.get("x8.locale"), boot.locale, ...navigator.languages])).then(() => {
  if (!root) return;
  root.replaceChildren();
  createRoot(root).render(
    <StrictMode>
      <Provider value={createClient()}>
        <RouterProvider router={makeRouter()} />
      </Provider>
    </StrictMode>,
  );
});

// A page of an older build asks for pieces that the new one no longer has.
addEventListener("vite:preloadError", () => {
  const last = Number(sessionStorage.getItem("x8.reloaded") ?? 0);
  if (Date.now() - last < 30_000) return;
  sessionStorage.setItem("x8.reloaded", String(Date.now()));
  location.reload();
});
