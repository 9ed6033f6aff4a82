import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { useViewer } from "@/entities/company/viewer";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { Button } from "@/shared/ui/button";
import { Field, Input } from "@/shared/ui/field";
import { useTitle } from "@/shared/ui/page";
import { FrontFrame } from "@/widgets/front-frame";

const SignInWithCode = graphql(`
  mutation SignInWithCode($input: SignInWithCodeInput!) {
    signInWithCode(input: $input) { needsPassword viewer { id } userErrors { field code message } }
  }
`);

const SetPassword = graphql(`
  mutation SetPassword($input: SetPasswordInput!) {
    setPassword(input: $input) { viewer { id name email } userErrors { field code message } }
  }
`);

const SignIn = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) { viewer { id } userErrors { field code message } }
  }
`);

// Only a demo has it, so only a demo loads it.
const DemoSignIn = lazy(() => import("@/widgets/demo-sign-in").then((module) => ({ default: module.DemoSignIn })));

export default function SignInPage() {
  const { viewer, setup, loading, refetch } = useViewer();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const { hash } = useLocation();
  const [step, setStep] = useState<"code" | "password" | "sign-in" | null>(null);
  const shown = step ?? (setup?.needsOwner ? (viewer ? "password" : "code") : "sign-in");

  function enter() {
    refetch();
    const to = params.get("to");
    navigate(to?.startsWith("/") && !to.startsWith("//") ? to : "/", { replace: true });
  }

  if (loading) return null;
  return (
    <FrontFrame>
      {shown === "password" || (shown === "code" && viewer && !hash) ? (
        <PasswordStep onDone={enter} />
      ) : shown === "code" || hash.startsWith("#code=") ? (
        <CodeStep onPassword={() => setStep("password")} onDone={enter} onOther={() => setStep("sign-in")} />
      ) : (
        <>
          {setup?.demo && (
            <Suspense>
              <DemoSignIn onDone={enter} />
            </Suspense>
          )}
          <SignInStep onDone={enter} onCode={() => setStep("code")} />
        </>
      )}
    </FrontFrame>
  );
}

function Heading({ title, text }: { title: string; text: string }) {
  useTitle(title);
  return (
    <header className="mb-7">
      <h1 className="text-2xl/8 font-semibold tracking-tight">{title}</h1>
      <p className="mt-1.5 text-pretty text-ink-2">{text}</p>
    </header>
  );
}

function CodeStep({
  onPassword,
  onDone,
  onOther,
}: {
  onPassword: () => void;
  onDone: () => void;
  onOther: () => void;
}) {
  const { t } = useTranslation();
  const action = useAction(SignInWithCode);
  const fromUrl = /^#code=(.+)$/.exec(useLocation().hash)?.[1];
  const [code, setCode] = useState(fromUrl ? decodeURIComponent(fromUrl) : "");
  const tried = useRef(false);

  async function send(value: string) {
    const { data } = await action.run({ input: { code: value.trim() } });
    if (!data) return;
    if (data.signInWithCode.needsPassword) onPassword();
    else onDone();
  }

  // The code works once, so it leaves the address bar and the history at once.
  useEffect(() => {
    if (!fromUrl || tried.current) return;
    tried.current = true;
    history.replaceState(history.state, "", location.pathname + location.search);
    void send(decodeURIComponent(fromUrl));
  });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send(code);
      }}
      className="flex flex-col gap-4"
    >
      <Heading title={t("auth.codeTitle")} text={t("auth.codeText")} />
      <Field label={t("auth.code")} error={action.errorOf("code") ?? action.errorOf()}>
        {(props) => (
          <Input
            {...props}
            value={code}
            onChange={(event) => setCode(event.target.value)}
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            required
            className="h-11! font-mono tracking-wider"
          />
        )}
      </Field>
      <Button type="submit" look="primary" size="lg" busy={action.busy}>
        {t("auth.continue")}
      </Button>
      <Button look="quiet" onClick={onOther}>
        {t("auth.haveAccount")}
      </Button>
    </form>
  );
}

function PasswordStep({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const action = useAction(SetPassword);
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [capsLock, setCapsLock] = useState(false);
  return (
    <form
      onSubmit={async (event) => {
        event.preventDefault();
        const { data } = await action.run({ input: { name: name.trim(), email: email.trim(), password } });
        if (data) onDone();
      }}
      className="flex flex-col gap-4"
    >
      <Heading title={t("auth.passwordTitle")} text={t("auth.passwordText")} />
      <Field label={t("auth.yourName")} error={action.errorOf("name")}>
        {(props) => (
          <Input
            {...props}
            value={name}
            onChange={(event) => setName(event.target.value)}
            autoComplete="name"
            required
            className="h-11!"
          />
        )}
      </Field>
      <Field label={t("auth.email")} error={action.errorOf("email")}>
        {(props) => (
          <Input
            {...props}
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            autoComplete="email"
            required
            className="h-11!"
          />
        )}
      </Field>
      <Field
        label={t("auth.newPassword")}
        hint={capsLock ? t("auth.capsLock") : t("auth.passwordHint")}
        error={action.errorOf("password") ?? action.errorOf()}
      >
        {(props) => (
          <Input
            {...props}
            type="password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            onKeyUp={(event) => setCapsLock(event.getModifierState("CapsLock"))}
            autoComplete="new-password"
            minLength={10}
            required
            className="h-11!"
          />
        )}
      </Field>
      <Button type="submit" look="primary" size="lg" busy={action.busy} className="mt-1">
        {t("auth.savePassword")}
      </Button>
    </form>
  );
}

function SignInStep({ onDone, onCode }: { onDone: () => void; onCode: () => void }) {
  const { t } = useTranslation();
  const action = useAction(SignIn);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  return (
    <form
      onSubmit={async (event) => {
        event.preventDefault();
        const { data } = await action.run({ input: { email: email.trim(), password } });
        if (data) onDone();
      }}
      className="flex flex-col gap-4"
    >
      <Heading title={t("auth.signInTitle")} text={t("auth.signInText")} />
      <Field label={t("auth.email")} error={action.errorOf("email")}>
        {(props) => (
          <Input
            {...props}
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            autoComplete="username"
            required
            className="h-11!"
          />
        )}
      </Field>
      <Field label={t("auth.password")} error={action.errorOf("password") ?? action.errorOf()}>
        {(props) => (
          <Input
            {...props}
            type="password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            autoComplete="current-password"
            required
            className="h-11!"
          />
        )}
      </Field>
      <Button type="submit" look="primary" size="lg" busy={action.busy} className="mt-1">
        {t("auth.signIn")}
      </Button>
      <Button look="quiet" onClick={onCode}>
        {t("auth.haveCode")}
      </Button>
    </form>
  );
}
