import { Copy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AccountFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { Button, Card, IconButton, toast } from "@/shared/ui";
import { Account } from "./account";
import { KeysDialog } from "./keys-dialog";

const ConnectStripe = graphql(`
  mutation ConnectStripe($input: ConnectStripeInput!) {
    connectStripe(input: $input) { integration { id status } userErrors { field code message } }
  }
`);

type PaymentsProps = {
  companyId: string;
  account?: AccountFragment;
  /** Whether the built-in test bank stands in. */
  testBank: boolean;
  onChanged: () => void;
};

/** Who takes the company's money. */
export function Payments({ companyId, account, testBank, onChanged }: PaymentsProps) {
  const { t } = useTranslation();
  const [connecting, setConnecting] = useState(false);
  const connected = account && account.status !== "DISCONNECTED" ? account : undefined;
  return (
    <Card label={t("payments.title")} className="p-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="text-base font-semibold tracking-tight">{t("payments.title")}</h2>
          <p className="text-ink-2">{t("payments.text")}</p>
        </div>
        {!connected && <Button onClick={() => setConnecting(true)}>{t("payments.connect")}</Button>}
      </div>
      {connected ? (
        <Account
          account={connected}
          title="Stripe"
          consequences={[t("payments.losePages"), t("payments.loseEvents"), t("payments.loseKey")]}
          onChanged={onChanged}
          actions={<Button onClick={() => setConnecting(true)}>{t("payments.replace")}</Button>}
        >
          {connected.errorCode === "webhook_missing" && connected.webhookUrl && (
            <div className="flex items-start gap-2 text-[0.8125rem]">
              <code className="min-w-0 flex-1 break-all rounded-lg bg-sunken px-3 py-2">{connected.webhookUrl}</code>
              <IconButton
                label={t("common.copy")}
                onClick={async () => {
                  await navigator.clipboard.writeText(connected.webhookUrl ?? "");
                  toast(t("common.copied"));
                }}
              >
                <Copy aria-hidden />
              </IconButton>
            </div>
          )}
        </Account>
      ) : (
        <p className="mt-4 rounded-lg bg-sunken px-4 py-3 text-ink-2">
          {testBank ? t("payments.testBank") : t("payments.nobody")}
        </p>
      )}
      {connecting && <StripeDialog companyId={companyId} onClose={() => setConnecting(false)} onDone={onChanged} />}
    </Card>
  );
}

type StripeDialogProps = { companyId: string; onClose: () => void; onDone: () => void };

function StripeDialog({ companyId, onClose, onDone }: StripeDialogProps) {
  const { t } = useTranslation();
  const connect = useAction(ConnectStripe);
  return (
    <KeysDialog
      title={t("payments.connect")}
      text={t("payments.dialog")}
      keys={{
        secretKey: { label: t("payments.key"), hint: t("payments.keyHint") },
        webhookSecret: { label: t("payments.webhook"), hint: t("payments.webhookHint"), optional: true },
      }}
      busy={connect.busy}
      errorOf={connect.errorOf}
      onConnect={async ({ secretKey, webhookSecret }) => {
        const input = { companyId, secretKey, webhookSecret: webhookSecret || null };
        return Boolean((await connect.run({ input })).data);
      }}
      onClose={onClose}
      onDone={onDone}
    />
  );
}
