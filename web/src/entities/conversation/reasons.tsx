import { BookOpen, Brain, Calculator, CircleCheckBig, CircleDot, Route, Search } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { TurnPartsFragment } from "@/shared/api/gql/graphql";
import { useFormat } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/bits";
import { type Line, type Wording, wordReason } from "./word-reason";

const icons: Record<string, typeof Search> = {
  understood: Brain,
  searched: Search,
  quoted: Calculator,
  checked: CircleCheckBig,
  decided: Route,
  read: BookOpen,
};

/** What a step says, in the reader's language; a step of another build in plain English. */
function linesOf(reason: TurnPartsFragment["reasons"][number], wording: Wording): string[] {
  const lines = reason.lines.map((line) => wordReason(reason.step, line as Line, wording));
  return lines.length > 0 && lines.every((line) => line !== undefined) ? lines : [reason.detail];
}

/** The steps of one reply, in order: what was understood, which rows were read, how each number was made. */
export function Reasons({ turn }: { turn: TurnPartsFragment }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  return (
    <div className="flex flex-col gap-2.5">
      <ol className="flex flex-col gap-2.5">
        {turn.reasons.map((reason, index) => {
          const Icon = icons[reason.step] ?? CircleDot;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a finished turn never move
            <li key={index} className="flex gap-2.5">
              <span
                className="mt-px grid size-5 shrink-0 place-items-center rounded-md bg-accent-soft text-accent-text"
                aria-hidden
              >
                <Icon className="size-3.5" />
              </span>
              <div className="min-w-0 flex-1 text-[0.8125rem]/5">
                <p className="font-medium text-ink-2">
                  {i18n.exists(`reason.${reason.step}`) ? t(`reason.${reason.step}`) : reason.step}
                </p>
                {linesOf(reason, { t, exists: (key) => i18n.exists(key), format }).map((line, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above
                  <p key={at} className="num wrap-anywhere text-ink" dir="auto">
                    {line}
                  </p>
                ))}
                {reason.items.length > 0 && (
                  <p className="mt-1 flex flex-wrap gap-1">
                    {reason.items.slice(0, 12).map((item) => (
                      <Badge key={item} className="max-w-full truncate">
                        {t("reasons.row", { key: item })}
                      </Badge>
                    ))}
                  </p>
                )}
              </div>
            </li>
          );
        })}
      </ol>
      {turn.modelUse.map((use, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what a finished turn used never moves
        <div key={index} className="num text-xs text-ink-3">
          <p className="wrap-anywhere">
            {t("reasons.modelUse", {
              model: use.model,
              input: format.number(use.inputTokens),
              output: format.number(use.outputTokens),
              seconds: format.number(use.milliseconds / 1000),
              cost: format.decimal(use.cost),
            })}
          </p>
          {use.detail && <p className="wrap-anywhere">{use.detail}</p>}
        </div>
      ))}
      {turn.error && <p className="text-[0.8125rem] text-bad">{turn.error}</p>}
      {turn.workMs != null && (
        <p className="num text-xs text-ink-3">{t("reasons.took", { ms: format.number(turn.workMs) })}</p>
      )}
    </div>
  );
}
