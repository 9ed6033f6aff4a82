import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PreferencesBar } from "@/features/preferences/preferences-bar";

/** The frame of the screens before the shop: a form on one side, on wide screens what the product does on the other. */
export function FrontFrame({ children, wide }: { children: ReactNode; wide?: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,0.85fr)]">
      <div className="flex flex-col bg-surface">
        <header className="flex items-center justify-between gap-4 px-5 py-4 sm:px-8">
          <span className="flex items-center gap-2.5 text-[0.9375rem] font-semibold tracking-tight">
            <img src="/icon.svg" alt="" className="size-8" />
            X8
          </span>
          <PreferencesBar />
        </header>
        <main id="main" className="flex flex-1 flex-col justify-center px-5 pt-4 pb-14 sm:px-8">
          <div className={wide ? "mx-auto w-full max-w-xl" : "mx-auto w-full max-w-sm"}>{children}</div>
        </main>
      </div>
      <aside
        aria-label={t("front.aside")}
        className="relative hidden overflow-hidden border-s bg-accent-soft lg:flex lg:flex-col lg:justify-center lg:px-14 xl:px-20"
      >
        <p className="max-w-md text-3xl/10 font-semibold tracking-tight text-balance text-ink">{t("front.promise")}</p>
        <div className="mt-10 flex max-w-md flex-col gap-3" aria-hidden>
          <Bubble side="in" className="self-start">
            {t("front.ask")}
          </Bubble>
          <Bubble side="out" className="self-end">
            {t("front.answer")}
          </Bubble>
          <div className="flex items-center gap-3 self-end rounded-2xl rounded-ee-md border border-accent/25 bg-surface px-4 py-3 shadow-card">
            <span className="grid size-9 place-items-center rounded-full bg-ok-soft text-ok">
              <svg
                viewBox="0 0 20 20"
                className="size-4.5"
                fill="none"
                stroke="currentColor"
                strokeWidth="2.2"
                strokeLinecap="round"
                strokeLinejoin="round"
                aria-hidden="true"
              >
                <path d="m4.5 10.5 3.6 3.6 7.4-8" />
              </svg>
            </span>
            <span>
              <span className="block font-semibold">{t("front.paid")}</span>
              <span className="block text-[0.8125rem] text-ink-2">{t("front.booked")}</span>
            </span>
          </div>
        </div>
      </aside>
    </div>
  );
}

function Bubble({ side, className, children }: { side: "in" | "out"; className: string; children: ReactNode }) {
  return (
    <p
      className={`max-w-[85%] rounded-2xl px-4 py-2.5 text-[0.9375rem]/6 shadow-card ${side === "in" ? "rounded-es-md bg-surface" : "rounded-ee-md bg-accent text-accent-ink"} ${className}`}
    >
      {children}
    </p>
  );
}
