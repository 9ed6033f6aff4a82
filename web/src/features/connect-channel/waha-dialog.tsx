import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { Field, Input, toast } from "@/shared/ui";
import { ConnectDialog, NameField, SecretField } from "./connect-dialog";

const ConnectWaha = graphql(`
  mutation ConnectWaha($input: ConnectWahaInput!) {
    connectWaha(input: $input) { channel { id status } userErrors { field code message } }
  }
`);
const ReplaceWahaKey = graphql(`
  mutation ReplaceWahaKey($input: ReplaceWahaKeyInput!) {
    replaceWahaKey(input: $input) { channel { id status } userErrors { field code message } }
  }
`);

type WahaDialogProps = {
  companyId: string;
  /** The channel whose key is replaced; absent: a new phone. */
  channel?: { id: string; server?: string | null };
  onClose: () => void;
  /** With the id of the channel. */
  onDone: (channelId: string) => void;
};

/** Links a phone by the company's own WAHA server, or puts a new key in the place of the old one. */
export function WahaDialog({ companyId, channel, onClose, onDone }: WahaDialogProps) {
  const { t } = useTranslation();
  const connect = useAction(ConnectWaha);
  const replace = useAction(ReplaceWahaKey);
  const action = channel ? replace : connect;
  const [name, setName] = useState("WhatsApp");
  const [url, setUrl] = useState(channel?.server ?? "");
  const [apiKey, setKey] = useState("");
  const [session, setSession] = useState("");
  const title = channel ? t("waha.replace") : t("waha.connect");
  const submit = async () => {
    const done = channel
      ? (await replace.run({ input: { channelId: channel.id, apiKey, url } })).data?.replaceWahaKey.channel
      : (await connect.run({ input: { companyId, name, url, apiKey, session: session || null } })).data?.connectWaha
          .channel;
    if (!done) return;
    toast(t("waha.connecting"));
    onDone(done.id);
    onClose();
  };
  return (
    <ConnectDialog
      title={title}
      description={t("waha.text")}
      busy={action.busy}
      error={action.errorOf()}
      onSubmit={submit}
      onClose={onClose}
    >
      {!channel && <NameField value={name} onChange={setName} error={action.errorOf("name")} />}
      <Field label={t("waha.url")} hint={t("waha.urlHint")} error={action.errorOf("url")}>
        {(props) => (
          <Input
            {...props}
            required
            type="url"
            maxLength={300}
            placeholder="https://waha.example.com"
            value={url}
            onChange={(event) => setUrl(event.target.value)}
          />
        )}
      </Field>
      <SecretField label={t("waha.key")} value={apiKey} onChange={setKey} error={action.errorOf("apiKey")} />
      {!channel && (
        <Field label={t("waha.session")} hint={t("waha.sessionHint")} error={action.errorOf("session")}>
          {(props) => (
            <Input
              {...props}
              maxLength={54}
              spellCheck={false}
              value={session}
              onChange={(event) => setSession(event.target.value)}
            />
          )}
        </Field>
      )}
    </ConnectDialog>
  );
}
