import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "@/shared/lib/cx";
import { buttonStyle } from "./button";

type DialogProps = {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  /** `sheet` comes from the side on wide screens and from below on phones. */
  shape?: "dialog" | "sheet";
  className?: string;
  /** What gets the focus on opening; else the first that can have it. */
  focus?: RefObject<HTMLElement | null>;
};

export function Dialog({
  open,
  onClose,
  title,
  description,
  children,
  footer,
  shape = "dialog",
  className,
  focus,
}: DialogProps) {
  const { t } = useTranslation();
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/35 transition-opacity duration-200 data-ending-style:opacity-0 data-starting-style:opacity-0 dark:bg-black/60" />
        <Base.Popup
          initialFocus={focus}
          data-modal
          className={cx(
            "fixed z-50 flex flex-col bg-raised shadow-pop outline-none transition-[transform,opacity] duration-200 ease-out",
            shape === "dialog"
              ? "inset-x-0 bottom-0 max-h-[92dvh] rounded-t-2xl data-ending-style:translate-y-8 data-starting-style:translate-y-8 data-ending-style:opacity-0 data-starting-style:opacity-0 sm:inset-auto sm:top-1/2 sm:left-1/2 sm:w-[min(32rem,calc(100vw-2rem))] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-2xl sm:border sm:data-ending-style:-translate-y-[48%] sm:data-starting-style:-translate-y-[48%]"
              : "inset-x-0 bottom-0 max-h-[94dvh] rounded-t-2xl data-ending-style:translate-y-full data-starting-style:translate-y-full sm:inset-y-0 sm:start-auto sm:end-0 sm:max-h-none sm:w-[min(30rem,94vw)] sm:rounded-none sm:border-s sm:data-ending-style:translate-x-full sm:data-ending-style:translate-y-0 sm:data-starting-style:translate-x-full sm:data-starting-style:translate-y-0",
            className,
          )}
        >
          <header className="flex items-start gap-3 px-5 pt-5 pb-3">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-lg/6 font-semibold tracking-tight">{title}</Base.Title>
              {description && <Base.Description className="mt-1 text-ink-2">{description}</Base.Description>}
            </div>
            <Base.Close
              className={cx(buttonStyle({ look: "quiet", size: "iconSm" }), "-me-1.5 -mt-1")}
              aria-label={t("common.close")}
            >
              <X aria-hidden />
            </Base.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5" tabIndex={0} role="group">
            {children}
          </div>
          {footer && (
            <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-3.5 pb-[max(0.875rem,env(safe-area-inset-bottom))]">
              {footer}
            </footer>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
