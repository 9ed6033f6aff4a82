import { useSyncExternalStore } from "react";
import { storage } from "./storage";

export type Theme = "light" | "dark" | "system";

const listeners = new Set<() => void>();
const dark = typeof matchMedia === "function" ? matchMedia("(prefers-color-scheme: dark)") : null;

function current(): Theme {
  const kept = storage.get("x8.theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

function apply(): void {
  const theme = current();
  document.documentElement.dataset.theme = theme === "system" ? (dark?.matches ? "dark" : "light") : theme;
}

dark?.addEventListener("change", apply);

export function setTheme(theme: Theme): void {
  storage.set("x8.theme", theme === "system" ? null : theme);
  apply();
  for (const listener of listeners) listener();
}

/** The theme chosen on this device. */
export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);
}
