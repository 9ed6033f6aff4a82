import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { toast } from "@/shared/ui";
import { ConnectDialog, NameField, SecretField } from "./connect-dialog";

const ConnectTelegram = graphql(`
  mutation ConnectTelegram($input: ConnectTelegramInput!) {
    connectTelegram(input: $input) { channel { id status } userErrors { field code message } }
  }
`);
const ReplaceTelegramToken = graphql(`
  mutation ReplaceTelegramToken($input: ReplaceTelegramTokenInput!) {
    replaceTelegramToken(input: $input) { channel { id status } userErrors { field code message } }
  }
`);

type TelegramDialogProps = {
  companyId: string;
  /** The channel whose token is replaced; absent: a new bot. */
  channelId?: string;
  onClose: () => void;
  onDone: () => void;
};

/** Connects a bot, or puts a new token in the place of the old one. The token is sent once and kept nowhere here. */
export function TelegramDialog({ companyId, channelId, onClose, onDone }: TelegramDialogProps) {
  const { t } = useTranslation();
  const connect = useAction(ConnectTelegram);
  const replace = useAction(ReplaceTelegramToken);
  const action = channelId ? replace : connect;
  const [name, setName] = useState("Telegram");
  const [botToken, setToken] = useState("");
  const title = channelId ? t("telegram.replace") : t("telegram.connect");
  const submit = async () => {
    const { data } = channelId
      ? await replace.run({ input: { channelId, botToken } })
      : await connect.run({ input: { companyId, name, botToken } });
    if (!data) return;
    toast(t("telegram.connecting"));
    onDone();
    onClose();
  };
  return (
    <ConnectDialog
      title={title}
      description={t("telegram.text")}
      busy={action.busy}
      error={action.errorOf()}
      onSubmit={submit}
      onClose={onClose}
    >
      {!channelId && <NameField value={name} onChange={setName} error={action.errorOf("name")} />}
      <SecretField
        label={t("telegram.token")}
        value={botToken}
        onChange={setToken}
        error={action.errorOf("botToken")}
      />
    </ConnectDialog>
  );
}
