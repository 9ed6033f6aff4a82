import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AccountFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { useFormat } from "@/shared/lib/format";
import { Badge, Button, Dialog, toast } from "@/shared/ui";

export const AccountFields = graphql(`
  fragment Account on Integration {
    id kind provider status live account name errorCode lastError connectedAt webhookUrl
    credentials { name last updatedAt }
    log { at kind detail }
  }
`);
const CheckIntegration = graphql(`
  mutation CheckIntegration($input: IntegrationInput!) {
    checkIntegration(input: $input) { integration { id status } userErrors { field code message } }
  }
`);
const DisconnectIntegration = graphql(`
  mutation DisconnectIntegration($input: IntegrationInput!) {
    disconnectIntegration(input: $input) { integration { id status } userErrors { field code message } }
  }
`);

// Others are of the program's own making.
const SHOWN = new Set(["stripe_key", "stripe_webhook", "google_refresh", "cloudinary_secret"]);
// Without a webhook everything works all the same: payments are looked up.
const WITHOUT_WEBHOOK = new Set(["webhook_missing", "webhook_unreachable"]);

type AccountProps = {
  account: AccountFragment;
  /** The provider's own name. */
  title: string;
  /** What is lost when it is disconnected, whole sentences. */
  consequences: string[];
  onChanged: () => void;
  /** More buttons, before the others. */
  actions?: ReactNode;
  children?: ReactNode;
};

/** How an account at a provider fares, and what can be done with it. */
export function Account({ account, title, consequences, onChanged, actions, children }: AccountProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const check = useAction(CheckIntegration);
  const disconnect = useAction(DisconnectIntegration);
  const [asking, setAsking] = useState(false);
  // The newest line of the log when a test was asked for: what comes after it tells how the test went.
  const [before, setBefore] = useState<string>();
  const newest = account.log[0];
  const well = account.status === "CONNECTED" && (!account.errorCode || WITHOUT_WEBHOOK.has(account.errorCode));
  const passed = well && before !== undefined && newest?.kind !== "CONNECTING" && newest?.at !== before;
  const warned = account.status === "CONNECTED" && account.errorCode;
  return (
    <div className="mt-4 flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">{account.name ? `${title} · ${account.name}` : title}</p>
          <p className="text-[0.8125rem] text-ink-3">
            {/* The others' are the name itself, or a number that nobody knows. */}
            {account.provider === "stripe" && account.account}
            {account.credentials
              .filter((secret) => SHOWN.has(secret.name))
              .map((secret) => (
                <span key={secret.name} className="block">
                  {t(`secret.${secret.name}`, { last: secret.last || "····", day: format.date(secret.updatedAt) })}
                </span>
              ))}
          </p>
        </div>
        {account.live !== null && account.live !== undefined && (
          <Badge tone={account.live ? "ok" : "warn"}>{account.live ? t("payments.live") : t("payments.test")}</Badge>
        )}
        <Badge
          tone={warned ? "warn" : account.status === "CONNECTED" ? "ok" : account.status === "ERROR" ? "bad" : "warn"}
        >
          {t(`channelStatus.${account.status}`)}
        </Badge>
      </div>
      {account.errorCode && (
        <p role="status" className={warned ? "text-[0.8125rem] text-warn" : "text-[0.8125rem] text-bad"}>
          {t([`accountError.${account.provider}.${account.errorCode}`, `accountError.${account.errorCode}`], {
            defaultValue: t("accountError.request"),
          })}
          {account.lastError && (
            <span className="block text-ink-3" lang="en">
              {account.lastError}
            </span>
          )}
        </p>
      )}
      {children}
      {passed && (
        <p role="status" className="text-[0.8125rem] text-ok">
          {t("account.works")}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {actions}
        <Button
          busy={check.busy}
          onClick={async () => {
            const { data, refusals } = await check.run({ input: { id: account.id } });
            if (!data) return toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
            setBefore(newest?.at ?? "");
            toast(t("account.checking"));
            onChanged();
          }}
        >
          {t("account.check")}
        </Button>
        <Button look="danger" onClick={() => setAsking(true)}>
          {t("connection.disconnect")}
        </Button>
      </div>
      {account.log.length > 0 && (
        <details className="text-[0.8125rem]">
          <summary className="cursor-pointer text-ink-2">{t("connection.log")}</summary>
          <ul className="mt-2 flex flex-col gap-1">
            {account.log.map((line) => (
              <li key={`${line.at}${line.kind}`} className="flex flex-wrap gap-x-2">
                <time className="num text-ink-3" dateTime={line.at}>
                  {format.dateTime(line.at)}
                </time>
                <span>{t(`channelLog.${line.kind}`)}</span>
                {line.detail && (
                  <span className="text-ink-3" lang="en">
                    {line.detail}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t("connection.disconnectTitle", { name: title })}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
            <Button
              look="danger"
              busy={disconnect.busy}
              onClick={async () => {
                const { data, refusals } = await disconnect.run({ input: { id: account.id } });
                if (!data) return toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
                setAsking(false);
                onChanged();
              }}
            >
              {t("connection.disconnect")}
            </Button>
          </>
        }
      >
        <ul className="flex list-disc flex-col gap-1.5 ps-5 text-ink-2">
          {consequences.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </Dialog>
    </div>
  );
}
