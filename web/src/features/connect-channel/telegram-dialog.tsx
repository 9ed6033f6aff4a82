import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { Button, Dialog, Field, Input, toast } from "@/shared/ui";

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
    <Dialog
      open
      onClose={onClose}
      title={title}
      description={t("telegram.text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" form="telegram" look="primary" busy={action.busy}>
            {title}
          </Button>
        </>
      }
    >
      <form
        id="telegram"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {!channelId && (
          <Field label={t("telegram.name")} error={action.errorOf("name")}>
            {(props) => (
              <Input
                {...props}
                required
                maxLength={80}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        )}
        <Field label={t("telegram.token")} hint={t("telegram.tokenHint")} error={action.errorOf("botToken")}>
          {(props) => (
            <Input
              {...props}
              required
              type="password"
              autoComplete="off"
              spellCheck={false}
              maxLength={200}
              value={botToken}
              onChange={(event) => setToken(event.target.value)}
            />
          )}
        </Field>
        {action.errorOf() && (
          <p role="alert" className="text-bad">
            {action.errorOf()}
          </p>
        )}
      </form>
    </Dialog>
  );
}
