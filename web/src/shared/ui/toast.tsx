import { Toast as Base } from "@base-ui/react/toast";
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useTranslation } from "react-i18next";

const manager = Base.createToastManager();

/** A short message at the foot of the page; screen readers hear it too. */
export function toast(title: string, options: { bad?: boolean; action?: { label: string; run: () => void } } = {}) {
  manager.add({
    title,
    type: options.bad ? "bad" : "ok",
    timeout: options.action ? 10_000 : 5_000,
    actionProps: options.action ? { children: options.action.label, onClick: options.action.run } : undefined,
  });
}

function Toasts() {
  const { t } = useTranslation();
  const { toasts } = Base.useToastManager();
  return toasts.map((item) => (
    <Base.Root
      key={item.id}
      toast={item}
      className="flex w-full items-center gap-2.5 rounded-xl border bg-raised py-2.5 ps-3.5 pe-2 shadow-pop transition-[opacity,transform] duration-200 data-ending-style:translate-y-2 data-starting-style:translate-y-3 data-ending-style:opacity-0 data-starting-style:opacity-0"
    >
      {item.type === "bad" ? (
        <CircleAlert className="size-4.5 shrink-0 text-bad" aria-hidden />
      ) : (
        <CircleCheck className="size-4.5 shrink-0 text-ok" aria-hidden />
      )}
      <Base.Title className="min-w-0 flex-1 font-medium" />
      {item.actionProps && (
        <Base.Action className="h-8 rounded-md px-2.5 font-medium text-accent-text hover:bg-hover" />
      )}
      <Base.Close
        className="grid size-8 place-items-center rounded-md text-ink-3 hover:bg-hover"
        aria-label={t("common.close")}
      >
        <X className="size-4" aria-hidden />
      </Base.Close>
    </Base.Root>
  ));
}

export function ToastHost() {
  return (
    <Base.Provider toastManager={manager} limit={3}>
      <Base.Portal>
        <Base.Viewport className="fixed inset-x-3 bottom-[calc(4.5rem+env(safe-area-inset-bottom))] z-[60] mx-auto flex flex-col gap-2 sm:inset-x-auto sm:end-5 sm:bottom-5 sm:w-96">
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}
