import type { CombinedError } from "@urql/core";
import { RotateCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { faultOf } from "@/shared/api/errors";
import { cx } from "@/shared/lib/cx";
import { Button } from "./button";

export function Skeleton({ className }: { className?: string }) {
  return <div className={cx("late animate-pulse rounded-md bg-line/80", className)} aria-hidden />;
}

/** Rows of the height of the list that will come. */
export function SkeletonRows({ rows = 6, className = "h-14" }: { rows?: number; className?: string }) {
  return (
    <div className="flex flex-col gap-2 p-3" aria-hidden>
      {Array.from({ length: rows }, (_, row) => `row-${row}`).map((key) => (
        <Skeleton key={key} className={className} />
      ))}
    </div>
  );
}

export function Empty({
  icon,
  title,
  children,
  action,
  className,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cx("flex flex-col items-center justify-center gap-3 px-6 py-14 text-center", className)}>
      {icon && (
        <div
          className="grid size-12 place-items-center rounded-2xl bg-accent-soft text-accent-text [&_svg]:size-6"
          aria-hidden
        >
          {icon}
        </div>
      )}
      <div className="max-w-sm">
        <p className="text-base font-semibold tracking-tight">{title}</p>
        {children && <div className="mt-1 text-pretty text-ink-2">{children}</div>}
      </div>
      {action && <div className="mt-1 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** A failure in its place: the cause, a way to try again, and the number to tell us. */
export function Failed({ error, retry, className }: { error: CombinedError; retry?: () => void; className?: string }) {
  const { t } = useTranslation();
  const fault = faultOf(error);
  return (
    <div role="alert" className={cx("flex flex-col items-center gap-3 px-6 py-12 text-center", className)}>
      <div className="grid size-12 place-items-center rounded-2xl bg-bad-soft text-bad" aria-hidden>
        <TriangleAlert className="size-6" />
      </div>
      <div className="max-w-sm">
        <p className="text-base font-semibold tracking-tight">
          {fault.code === "FORBIDDEN"
            ? t("states.forbidden")
            : fault.code === "OFFLINE"
              ? t("states.offlineTitle")
              : t("states.failed")}
        </p>
        <p className="mt-1 text-ink-2">{fault.text}</p>
        {fault.permission && (
          <p className="mt-1 text-ink-2">{t("states.permission", { permission: fault.permission })}</p>
        )}
        {fault.requestId && (
          <p className="num mt-1 text-xs text-ink-3">{t("states.request", { id: fault.requestId })}</p>
        )}
      </div>
      {retry && (
        <Button onClick={retry}>
          <RotateCw aria-hidden />
          {t("common.retry")}
        </Button>
      )}
    </div>
  );
}
