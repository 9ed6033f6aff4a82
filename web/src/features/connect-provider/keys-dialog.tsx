import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Dialog, Field, Input, toast } from "@/shared/ui";

/** Something that names an account, or opens it. */
type Key = {
  label: string;
  hint?: string;
  /** Shown while it is typed: no secret. */
  open?: boolean;
  optional?: boolean;
  numeric?: boolean;
};

type KeysDialogProps<Name extends string> = {
  title: string;
  text: string;
  /** By the names of the mutation's fields. */
  keys: Record<Name, Key>;
  busy: boolean;
  errorOf: (field?: string) => string | undefined;
  /** Whether the account was taken. */
  onConnect: (typed: Record<Name, string>) => Promise<boolean>;
  onClose: () => void;
  onDone: () => void;
};

/** Takes the keys of an account. They are sent once and kept nowhere here. */
export function KeysDialog<Name extends string>(props: KeysDialogProps<Name>) {
  const { t } = useTranslation();
  const { title, keys, errorOf } = props;
  const names = Object.keys(keys) as Name[];
  const [typed, setTyped] = useState(() => Object.fromEntries(names.map((name) => [name, ""])) as Record<Name, string>);
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={title}
      description={props.text}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common.cancel")}</Button>
          <Button type="submit" form="keys" look="primary" busy={props.busy}>
            {title}
          </Button>
        </>
      }
    >
      <form
        id="keys"
        className="flex flex-col gap-4"
        onSubmit={async (event) => {
          event.preventDefault();
          if (!(await props.onConnect(typed))) return;
          toast(t("account.checking"));
          props.onDone();
          props.onClose();
        }}
      >
        {names.map((name) => (
          <Field key={name} label={keys[name].label} hint={keys[name].hint} error={errorOf(name)}>
            {(field) => (
              <Input
                {...field}
                type={keys[name].open ? "text" : "password"}
                inputMode={keys[name].numeric ? "numeric" : undefined}
                autoComplete="off"
                spellCheck={false}
                required={!keys[name].optional}
                maxLength={300}
                value={typed[name]}
                onChange={(event) => setTyped((before) => ({ ...before, [name]: event.target.value }))}
              />
            )}
          </Field>
        ))}
        {errorOf() && (
          <p role="alert" className="text-bad">
            {errorOf()}
          </p>
        )}
      </form>
    </Dialog>
  );
}
