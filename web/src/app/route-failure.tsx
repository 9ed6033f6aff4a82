import { RotateCw, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { isRouteErrorResponse, useRouteError } from "react-router";
import { buttonStyle } from "@/shared/ui/button";

/** A screen that broke; the others stay reachable. */
export function RouteFailure() {
  const { t } = useTranslation();
  const fault = useRouteError();
  const missing = isRouteErrorResponse(fault) && fault.status === 404;
  return (
    <main className="flex min-h-[60dvh] flex-col items-center justify-center gap-3 px-6 text-center" role="alert">
      <span className="grid size-12 place-items-center rounded-2xl bg-bad-soft text-bad" aria-hidden>
        <TriangleAlert className="size-6" />
      </span>
      <h1 className="text-xl font-semibold tracking-tight">
        {missing ? t("states.notFound") : navigator.onLine ? t("states.broken") : t("states.offlineTitle")}
      </h1>
      <p className="max-w-sm text-ink-2">{navigator.onLine ? t("states.brokenText") : t("states.offlineText")}</p>
      <button type="button" className={buttonStyle({ look: "primary" })} onClick={() => location.reload()}>
        <RotateCw aria-hidden />
        {t("common.reload")}
      </button>
    </main>
  );
}
