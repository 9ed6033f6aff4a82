import { useTranslation } from "react-i18next";
import type { CartPartsFragment } from "@/shared/api/gql/graphql";
import { useFormat } from "@/shared/lib/format";

/** What the customer has chosen so far, and which of the details of an order are known. */
export function CartCard({ cart }: { cart: CartPartsFragment }) {
  const { t } = useTranslation();
  const format = useFormat();
  const known = [
    [t("order.name"), cart.name],
    [t("order.phone"), cart.phone],
    [t("order.city"), cart.city === "online" ? t("order.online") : cart.city],
    [t("order.when"), [cart.date, cart.time].filter(Boolean).join(", ") || null],
  ] as const;
  return (
    <div className="text-[0.8125rem]/5">
      <ul className="flex flex-col gap-2">
        {cart.lines.map((line) => (
          <li key={line.key} className="flex items-baseline justify-between gap-3">
            <span className="min-w-0" dir="auto">
              <span className="num text-ink-3">{format.number(line.quantity)} × </span>
              {line.name}
            </span>
            <span className="num shrink-0 text-ink-2">{format.money(line.total)}</span>
          </li>
        ))}
      </ul>
      {cart.total && (
        <p className="mt-2.5 flex justify-between border-t pt-2.5 text-sm font-semibold">
          <span>{t("order.total")}</span>
          <span className="num">{format.money(cart.total)}</span>
        </p>
      )}
      <dl className="mt-2.5 grid grid-cols-2 gap-x-4 gap-y-1.5">
        {known
          .filter(([, value]) => value)
          .map(([label, value]) => (
            <div key={label} className="min-w-0">
              <dt className="text-xs text-ink-3">{label}</dt>
              <dd className="truncate" dir="auto">
                {value}
              </dd>
            </div>
          ))}
      </dl>
    </div>
  );
}
