import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AccountFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { Button, Card, Dialog, Field, Input, toast } from "@/shared/ui";
import { Account } from "./account";

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

/** Takes what names an account. The secret is sent once and kept nowhere here. */
function CloudinaryDialog({ companyId, onClose, onDone }: CloudinaryDialogProps) {
  const { t } = useTranslation();
  const connect = useAction(ConnectCloudinary);
  const [cloudName, setCloud] = useState("");
  const [apiKey, setKey] = useState("");
  const [apiSecret, setSecret] = useState("");
  const typed = (value: string, change: (value: string) => void) => ({
    autoComplete: "off",
    spellCheck: false,
    required: true,
    maxLength: 300,
    value,
    onChange: (event: { target: { value: string } }) => change(event.target.value),
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("mediaAccount.connect")}
      description={t("mediaAccount.dialog")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" form="cloudinary" look="primary" busy={connect.busy}>
            {t("mediaAccount.connect")}
          </Button>
        </>
      }
    >
      <form
        id="cloudinary"
        className="flex flex-col gap-4"
        onSubmit={async (event) => {
          event.preventDefault();
          const { data } = await connect.run({ input: { companyId, cloudName, apiKey, apiSecret } });
          if (!data) return;
          toast(t("account.checking"));
          onDone();
          onClose();
        }}
      >
        <Field label={t("mediaAccount.cloud")} error={connect.errorOf("cloudName")}>
          {(props) => <Input {...props} {...typed(cloudName, setCloud)} />}
        </Field>
        <Field label={t("mediaAccount.key")} error={connect.errorOf("apiKey")}>
          {(props) => <Input {...props} inputMode="numeric" {...typed(apiKey, setKey)} />}
        </Field>
        <Field
          label={t("mediaAccount.secret")}
          hint={t("mediaAccount.secretHint")}
          error={connect.errorOf("apiSecret")}
        >
          {(props) => <Input {...props} type="password" {...typed(apiSecret, setSecret)} />}
        </Field>
        {connect.errorOf() && (
          <p role="alert" className="text-bad">
            {connect.errorOf()}
          </p>
        )}
      </form>
    </Dialog>
  );
}
