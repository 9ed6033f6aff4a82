import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { Button } from "@/shared/ui/button";

const DemoLogins = graphql(`
  query DemoLogins {
    demo { logins { role email password } }
  }
`);

const SignInToDemo = graphql(`
  mutation SignInToDemo($input: SignInInput!) {
    signIn(input: $input) { viewer { id } userErrors { field code message } }
  }
`);

/** One click for each of the demo's people. */
export function DemoSignIn({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: DemoLogins });
  const action = useAction(SignInToDemo);
  const logins = data?.demo?.logins ?? [];
  if (logins.length === 0) return null;
  return (
    <section aria-labelledby="demo-sign-in" className="mb-8 rounded-xl bg-accent-soft p-4">
      <h2 id="demo-sign-in" className="font-semibold text-accent-text">
        {t("demo.signInTitle")}
      </h2>
      <p className="mt-0.5 text-pretty text-ink-2">{t("demo.signInText")}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        {logins.map((login) => (
          <Button
            key={login.email}
            look={login.role === "OWNER" ? "primary" : "plain"}
            busy={action.busy}
            onClick={async () => {
              const { data } = await action.run({ input: { email: login.email, password: login.password } });
              if (data) onDone();
            }}
          >
            {t(`demo.as.${login.role}`)}
          </Button>
        ))}
      </div>
      {action.errors[0] && (
        <p role="alert" className="mt-2 text-[0.8125rem] text-bad">
          {action.errors[0].message}
        </p>
      )}
    </section>
  );
}
