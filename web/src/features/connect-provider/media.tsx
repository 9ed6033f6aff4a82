import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AccountFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { Button, Card } from "@/shared/ui";
import { Account } from "./account";
import { KeysDialog } from "./keys-dialog";

const ConnectCloudinary = graphql(`
  mutation ConnectCloudinary($input: ConnectCloudinaryInput!) {
    connectCloudinary(input: $input) { integration { id status } userErrors { field code message } }
  }
`);

type MediaAccountProps = { companyId: string; account?: AccountFragment; onChanged: () => void };

/** Who keeps the company's pictures and videos. */
export function MediaAccount({ companyId, account, onChanged }: MediaAccountProps) {
  const { t } = useTranslation();
  const [connecting, setConnecting] = useState(false);
  const connected = account && account.status !== "DISCONNECTED" ? account : undefined;
  return (
    <Card label={t("mediaAccount.title")} className="p-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="text-base font-semibold tracking-tight">{t("mediaAccount.title")}</h2>
          <p className="text-ink-2">{t("mediaAccount.text")}</p>
        </div>
        {!connected && <Button onClick={() => setConnecting(true)}>{t("mediaAccount.connect")}</Button>}
      </div>
      {connected ? (
        <Account
          account={connected}
          title="Cloudinary"
          consequences={[t("mediaAccount.loseNew"), t("mediaAccount.loseOld"), t("mediaAccount.loseKey")]}
          onChanged={onChanged}
          actions={<Button onClick={() => setConnecting(true)}>{t("mediaAccount.replace")}</Button>}
        />
      ) : (
        <p className="mt-4 rounded-lg bg-sunken px-4 py-3 text-ink-2">{t("mediaAccount.builtIn")}</p>
      )}
      {connecting && <CloudinaryDialog companyId={companyId} onClose={() => setConnecting(false)} onDone={onChanged} />}
    </Card>
  );
}

type CloudinaryDialogProps = { companyId: string; onClose: () => void; onDone: () => void };

function CloudinaryDialog({ companyId, onClose, onDone }: CloudinaryDialogProps) {
  const { t } = useTranslation();
  const connect = useAction(ConnectCloudinary);
  return (
    <KeysDialog
      title={t("mediaAccount.connect")}
      text={t("mediaAccount.dialog")}
      keys={{
        cloudName: { label: t("mediaAccount.cloud"), open: true },
        apiKey: { label: t("mediaAccount.key"), open: true, numeric: true },
        apiSecret: { label: t("mediaAccount.secret"), hint: t("mediaAccount.secretHint") },
      }}
      busy={connect.busy}
      errorOf={connect.errorOf}
      onConnect={async (typed) => Boolean((await connect.run({ input: { companyId, ...typed } })).data)}
      onClose={onClose}
      onDone={onDone}
    />
  );
}
