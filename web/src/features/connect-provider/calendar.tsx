import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import type { AccountFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { Button, Card, toast } from "@/shared/ui";
import { Account } from "./account";

const ConnectGoogleCalendar = graphql(`
  mutation ConnectGoogleCalendar($input: ConnectGoogleCalendarInput!) {
    connectGoogleCalendar(input: $input) { url userErrors { field code message } }
  }
`);

/** Where a person looks who comes back to a long page. */
const intoView = (node: HTMLElement | null) => node?.scrollIntoView({ block: "center" });

type CalendarProps = {
  companyId: string;
  account?: AccountFragment;
  /** Whether this installation is registered at Google. */
  available: boolean;
  onChanged: () => void;
};

/** The calendar outside in which bookings stand too. */
export function Calendar({ companyId, account, available, onChanged }: CalendarProps) {
  const { t } = useTranslation();
  const connect = useAction(ConnectGoogleCalendar);
  const [params, setParams] = useSearchParams();
  const answer = params.get("calendar");
  const [trouble, setTrouble] = useState<string>();
  // Back from Google: said once, and gone from the address. What went wrong stays to be read.
  useEffect(() => {
    if (!answer) return;
    if (answer === "connected") toast(t("calendarAnswer.connected"));
    else setTrouble(answer);
    setParams(
      (before) => {
        before.delete("calendar");
        return before;
      },
      { replace: true },
    );
  }, [answer, setParams, t]);
  const connected = account && account.status !== "DISCONNECTED" ? account : undefined;
  if (!available && !connected) return null;
  const agree = (
    <Button
      busy={connect.busy}
      onClick={async () => {
        const { data, refusals } = await connect.run({ input: { companyId } });
        const url = data?.connectGoogleCalendar.url;
        if (url) location.assign(url);
        else toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
      }}
    >
      {connected ? t("calendarOutside.again") : t("calendarOutside.connect")}
    </Button>
  );
  return (
    <Card label={t("calendarOutside.title")} className="p-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="text-base font-semibold tracking-tight">{t("calendarOutside.title")}</h2>
          <p className="text-ink-2">{t("calendarOutside.text")}</p>
        </div>
        {!connected && agree}
      </div>
      {trouble && (
        <p ref={intoView} role="alert" className="mt-3 text-bad">
          {t(`calendarAnswer.${trouble}`, { defaultValue: t("errors.INTERNAL") })}
        </p>
      )}
      {connected && (
        <Account
          account={connected}
          title="Google Calendar"
          consequences={[t("calendarOutside.loseBusy"), t("calendarOutside.loseEvents"), t("calendarOutside.keep")]}
          onChanged={onChanged}
          actions={agree}
        />
      )}
    </Card>
  );
}
