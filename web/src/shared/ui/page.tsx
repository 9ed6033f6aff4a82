import { type ReactNode, useEffect } from "react";
import { cx } from "@/shared/lib/cx";

/** The head of a screen: its name, what it is about, what can be done here. Sets the name of the browser tab too. */
export function PageHeader({
  title,
  description,
  actions,
  className,
}: {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  className?: string;
}) {
  useTitle(title);
  return (
    <header className={cx("flex flex-wrap items-start justify-between gap-x-6 gap-y-3", className)}>
      <div className="min-w-0 grow basis-48">
        <h1 className="text-xl/7 font-semibold tracking-tight sm:text-2xl/8">{title}</h1>
        {description && <p className="mt-0.5 text-pretty text-ink-2">{description}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · X8`;
  }, [title]);
}
