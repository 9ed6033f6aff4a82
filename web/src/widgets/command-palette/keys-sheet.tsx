import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import {
  type CommandId,
  KEYS,
  keyCaps,
  keysOf,
  SCOPES,
  scopeOf,
  setSingleKeys,
  useSingleKeys,
} from "@/shared/lib/hotkeys";
import { Checkbox, Dialog, Kbd } from "@/shared/ui";
import { useCommandLabel } from "./label";

const ids = (Object.keys(KEYS) as CommandId[]).filter((id) => keysOf(id).length > 0);

/** Every shortcut there is, by the part of the program it belongs to, and the switch for those of a single key. */
export function KeysSheet({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const labelOf = useCommandLabel();
  const single = useSingleKeys();
  return (
    <Dialog open onClose={onClose} title={t("shell.keys")} className="sm:w-[min(46rem,calc(100vw-2rem))]">
      <Checkbox
        checked={single}
        onChange={(event) => setSingleKeys(event.target.checked)}
        label={t("keys.single")}
        aria-describedby="single-keys"
      />
      <p id="single-keys" className="mb-2 ps-7 text-[0.8125rem] text-ink-3">
        {t("keys.singleText")}
      </p>
      <div className="gap-8 sm:columns-2">
        {SCOPES.map((scope) => (
          <section key={scope} className="break-inside-avoid pt-4" aria-labelledby={`keys-${scope}`}>
            <h3 id={`keys-${scope}`} className="mb-1 font-semibold">
              {t(`scope.${scope}`)}
            </h3>
            <dl>
              {ids
                .filter((id) => scopeOf(id) === scope)
                .map((id) => (
                  <div key={id} className="flex min-h-8 items-center justify-between gap-3 border-b py-1">
                    <dt className="min-w-0 text-ink-2">{labelOf(id)}</dt>
                    <dd className="flex shrink-0 flex-wrap items-center justify-end gap-1">
                      {keysOf(id).map((keys, at) => (
                        <Fragment key={keys}>
                          {at > 0 && <span className="text-xs text-ink-3">{t("keys.or")}</span>}
                          {keyCaps(keys, i18n.language).map((cap) => (
                            <Kbd key={cap}>{cap}</Kbd>
                          ))}
                        </Fragment>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
