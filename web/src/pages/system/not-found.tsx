import { Compass } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { buttonStyle } from "@/shared/ui/button";
import { useTitle } from "@/shared/ui/page";
import { Empty } from "@/shared/ui/states";

export default function NotFoundPage() {
  const { t } = useTranslation();
  useTitle(t("states.notFound"));
  return (
    <main className="grid min-h-[70dvh] place-items-center" id="main">
      <h1 className="sr-only">{t("states.notFound")}</h1>
      <Empty
        icon={<Compass />}
        title={t("states.notFound")}
        action={
          <Link to="/" className={buttonStyle({ look: "primary" })}>
            {t("states.toHome")}
          </Link>
        }
      >
        {t("states.notFoundText")}
      </Empty>
    </main>
  );
}
