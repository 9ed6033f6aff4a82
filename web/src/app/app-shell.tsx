import {
  CalendarDays,
  ChevronsUpDown,
  Cog,
  House,
  ListChecks,
  LogOut,
  MessageCircle,
  MoreHorizontal,
  Package,
  Plus,
  Search,
  Smartphone,
  WalletCards,
} from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, NavLink, Outlet, ScrollRestoration, useLocation, useNavigate, useParams } from "react-router";
import { twMerge } from "tailwind-merge";
import { Provider, useQuery } from "urql";
import { type CompanyInView, CompanyProvider, companyPath } from "@/entities/company/company";
import { ManagesProvider } from "@/entities/company/manages";
import { useViewer } from "@/entities/company/viewer";
import NotFoundPage from "@/pages/system/not-found";
import { cache } from "@/shared/api/cache";
import { createClient } from "@/shared/api/client";
import { graphql } from "@/shared/api/graphql";
import { LiveProvider, useLive, useLiveState } from "@/shared/api/live";
import { subscriptions } from "@/shared/api/subscriptions";
import { useAction } from "@/shared/api/use-action";
import { changeLocale, LOCALE_NAMES, LOCALES, type Locale } from "@/shared/i18n";
import { cx, mergeClassesWith } from "@/shared/lib/cx";
import { type CommandId, useCommands, useHotkeys } from "@/shared/lib/hotkeys";
import { storage } from "@/shared/lib/storage";
import { setTheme, useTheme } from "@/shared/lib/theme";
import {
  Avatar,
  Failed,
  IconButton,
  Menu,
  MenuChoice,
  MenuGroup,
  MenuItem,
  MenuSeparator,
  Shortcut,
  ToastHost,
} from "@/shared/ui";
import { DemoBanner } from "@/widgets/demo-banner";

// Fetched when they are first asked for, so that no page is later for them.
const CommandPalette = lazy(async () => ({
  default: (await import("@/widgets/command-palette/command-palette")).CommandPalette,
}));
const KeysSheet = lazy(async () => ({ default: (await import("@/widgets/command-palette/keys-sheet")).KeysSheet }));

mergeClassesWith(twMerge);

const SignOut = graphql(`
  mutation SignOut {
    signOut { userErrors { field code message } }
  }
`);

const ShellCounts = graphql(`
  query ShellCounts($id: ID!) {
    company(id: $id) {
      id
      summary { conversationsNeedAttention ordersUnpaid jobsDead channelsBroken }
    }
  }
`);

type Place = { to: string; label: string; icon: ReactNode; count?: number; alarm?: boolean; command: CommandId };

const client = createClient([cache(), subscriptions()]);

/** The pages of a company, with their own client: it has the normalised cache and the socket. */
export default function AppShell() {
  return (
    <Provider value={client}>
      <CompanyPages />
    </Provider>
  );
}

function CompanyPages() {
  const { code } = useParams();
  const location = useLocation();
  const { viewer, setup, error, loading, refetch } = useViewer();
  // Providers lead back here without knowing where from: to the company that was open last.
  const wanted = code === "-" ? storage.get("x8.company") : code;
  const company =
    viewer?.companies.find((one) => one.code === wanted) ?? (code === "-" ? viewer?.companies[0] : undefined);
  useEffect(() => {
    if (company) storage.set("x8.company", company.code);
  }, [company]);
  if (error) return <Failed error={error} retry={refetch} className="min-h-dvh justify-center" />;
  if (loading || !setup) return null;
  if (!viewer || setup.needsOwner)
    return <Navigate to={`/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`} replace />;
  if (!company) return <NotFoundPage />;
  if (company.code !== code)
    return (
      <Navigate to={location.pathname.replace("/c/-/", companyPath(company.code, "")) + location.search} replace />
    );
  return (
    <CompanyProvider value={company}>
      <ManagesProvider value={viewer.role !== "AGENT"}>
        <LiveProvider companyId={company.id} key={company.id}>
          <Shell
            company={company}
            companies={viewer.companies}
            name={viewer.name || viewer.email || ""}
            demo={setup.demo}
            refused={viewer.emailRefusal ? { email: viewer.email ?? "", reason: viewer.emailRefusal } : undefined}
          />
          <ToastHost />
        </LiveProvider>
      </ManagesProvider>
    </CompanyProvider>
  );
}

function Shell({
  company,
  companies,
  name,
  demo,
  refused,
}: {
  company: CompanyInView;
  companies: CompanyInView[];
  name: string;
  demo: boolean;
  refused?: { email: string; reason: string };
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const location = useLocation();
  const [help, setHelp] = useState(false);
  const [palette, setPalette] = useState(false);
  const [rail, setRail] = useState(() => storage.get("x8.rail") === "on");
  const [{ data }, refetch] = useQuery({ query: ShellCounts, variables: { id: company.id } });
  useLive(["CONVERSATION", "MESSAGE", "ORDER", "JOB", "CHANNEL"], () => refetch({ requestPolicy: "network-only" }), {
    waitMs: 2000,
  });
  const counts = data?.company?.summary;
  const path = (rest: string) => companyPath(company.code, rest);
  const places: Place[] = [
    { to: path("home"), label: t("nav.home"), icon: <House />, command: "go.home" },
    {
      to: path("inbox"),
      label: t("nav.inbox"),
      icon: <MessageCircle />,
      count: counts?.conversationsNeedAttention,
      alarm: true,
      command: "go.inbox",
    },
    { to: path("try"), label: t("nav.try"), icon: <Smartphone />, command: "go.try" },
    { to: path("catalogue"), label: t("nav.catalogue"), icon: <Package />, command: "go.catalogue" },
    {
      to: path("orders"),
      label: t("nav.orders"),
      icon: <WalletCards />,
      count: counts?.ordersUnpaid,
      command: "go.orders",
    },
    { to: path("calendar"), label: t("nav.calendar"), icon: <CalendarDays />, command: "go.calendar" },
    {
      to: path("jobs"),
      label: t("nav.jobs"),
      icon: <ListChecks />,
      count: counts?.jobsDead,
      alarm: true,
      command: "go.jobs",
    },
    {
      to: path("settings"),
      label: t("nav.settings"),
      icon: <Cog />,
      count: counts?.channelsBroken,
      alarm: true,
      command: "go.settings",
    },
  ];
  useHotkeys();
  useCommands({
    ...Object.fromEntries(places.map((place) => [place.command, () => navigate(place.to)])),
    "general.palette": () => setPalette(true),
    "general.search": () => document.querySelector<HTMLElement>("[data-search]")?.focus(),
    "general.sidebar": () => {
      storage.set("x8.rail", rail ? null : "on");
      setRail(!rail);
    },
    "general.help": () => setHelp(true),
    "general.light": () => setTheme("light"),
    "general.dark": () => setTheme("dark"),
  });
  const inTalk = /\/inbox\/.+/.test(location.pathname);
  const phonePlaces = [places[0], places[1], places[2], places[3]].filter((place): place is Place => Boolean(place));
  const morePlaces = places.slice(4);

  return (
    <div className="flex h-dvh flex-col lg:flex-row">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:start-3 focus:top-3 focus:z-50 focus:rounded-lg focus:bg-accent focus:px-4 focus:py-2 focus:text-accent-ink"
      >
        {t("nav.skip")}
      </a>
      <aside
        className={cx("hidden shrink-0 flex-col border-e bg-canvas lg:flex", rail ? "w-16" : "w-60")}
        data-rail={rail || undefined}
      >
        <div className={rail ? "p-2" : "p-3"}>
          <CompanySwitch company={company} companies={companies} rail={rail} />
        </div>
        <div className={rail ? "px-3 pb-1" : "px-3 pb-2"}>
          <button
            type="button"
            onClick={() => setPalette(true)}
            aria-label={rail ? t("palette.open") : undefined}
            aria-keyshortcuts="Control+K Meta+K"
            title={rail ? t("palette.open") : undefined}
            className="flex h-9 w-full items-center gap-3 rounded-lg border bg-surface px-2.5 text-ink-3 hover:bg-hover [&_svg]:size-4.5"
          >
            <Search aria-hidden className="shrink-0" />
            {!rail && (
              <>
                <span className="min-w-0 flex-1 truncate text-start">{t("palette.short")}</span>
                <Shortcut of="general.palette" />
              </>
            )}
          </button>
        </div>
        <nav aria-label={t("nav.main")} className="flex min-h-0 flex-1 flex-col gap-0.5 overflow-y-auto px-3 py-1">
          {places.map((place) => (
            <NavLink
              key={place.to}
              to={place.to}
              title={rail ? place.label : undefined}
              className={({ isActive }) =>
                cx(
                  "relative flex h-9 shrink-0 items-center gap-3 rounded-lg px-2.5 font-medium text-ink-2 transition-colors hover:bg-hover hover:text-ink [&_svg]:size-4.5 [&_svg]:text-ink-3",
                  isActive &&
                    "bg-accent-soft text-accent-text hover:bg-accent-soft hover:text-accent-text [&_svg]:text-accent-text",
                )
              }
            >
              {place.icon}
              <span className={rail ? "sr-only" : "min-w-0 flex-1 truncate"}>{place.label}</span>
              <span className={rail ? "absolute start-5 -top-1" : "contents"}>
                <Count value={place.count} alarm={place.alarm} />
              </span>
            </NavLink>
          ))}
        </nav>
        <div className={cx("flex flex-col gap-1 border-t", rail ? "items-center p-2" : "p-3")}>
          <LiveSign compact={rail} />
          <AccountMenu name={name} compact={rail} up onHelp={() => setHelp(true)} />
        </div>
      </aside>
      <header
        className={cx(
          "flex h-13 shrink-0 items-center gap-2 border-b bg-surface px-3 lg:hidden",
          inTalk && "hidden md:flex",
        )}
      >
        <div className="min-w-0 flex-1">
          <CompanySwitch company={company} companies={companies} compact />
        </div>
        <LiveSign compact />
        <IconButton label={t("palette.open")} onClick={() => setPalette(true)}>
          <Search aria-hidden />
        </IconButton>
        <AccountMenu name={name} compact onHelp={() => setHelp(true)} />
      </header>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        {demo && <DemoBanner />}
        {!demo && !!counts?.channelsBroken && (
          <p
            role="alert"
            className="flex flex-wrap items-center gap-x-3 bg-bad-soft px-4 py-2 text-[0.8125rem] text-bad"
          >
            {t("shell.channelsBroken", { count: counts.channelsBroken })}
            <NavLink to={path("settings")} className="font-medium underline">
              {t("shell.channelsLook")}
            </NavLink>
          </p>
        )}
        {refused && (
          <p role="alert" className="break-words bg-bad-soft px-4 py-2 text-[0.8125rem] text-bad">
            {t("shell.mailRefused", refused)}
          </p>
        )}
        <main id="main" tabIndex={-1} className="min-h-0 min-w-0 flex-1 overflow-y-auto outline-none">
          <Outlet />
        </main>
      </div>
      <nav
        aria-label={t("nav.main")}
        className={cx(
          "grid shrink-0 grid-cols-5 border-t bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden",
          inTalk && "hidden md:grid",
        )}
      >
        {phonePlaces.map((place) => (
          <NavLink
            key={place.to}
            to={place.to}
            className={({ isActive }) =>
              cx(
                "relative flex h-14 min-w-0 flex-col items-center justify-center gap-0.5 text-2xs font-medium text-ink-3 [&_svg]:size-5.5",
                isActive && "text-accent-text",
              )
            }
          >
            {place.icon}
            <span className="max-w-full truncate px-0.5">{place.label}</span>
            {place.alarm && Boolean(place.count) && (
              <span className="absolute start-1/2 top-1.5 ms-1.5">
                <Count value={place.count} alarm />
              </span>
            )}
          </NavLink>
        ))}
        <Menu
          side="top"
          trigger={
            <button
              type="button"
              className={cx(
                "flex h-14 flex-col items-center justify-center gap-0.5 text-2xs font-medium text-ink-3 [&_svg]:size-5.5",
                morePlaces.some((place) => location.pathname.startsWith(place.to)) && "text-accent-text",
              )}
            >
              <MoreHorizontal aria-hidden />
              {t("nav.more")}
            </button>
          }
        >
          {morePlaces.map((place) => (
            <MenuItem key={place.to} icon={place.icon} onSelect={() => navigate(place.to)}>
              {place.label}
            </MenuItem>
          ))}
        </Menu>
      </nav>
      <Suspense>
        {palette && <CommandPalette onClose={() => setPalette(false)} />}
        {help && <KeysSheet onClose={() => setHelp(false)} />}
      </Suspense>
      <ScrollRestoration />
    </div>
  );
}

function Count({ value, alarm }: { value?: number; alarm?: boolean }) {
  if (!value) return null;
  return (
    <span
      className={cx(
        "num grid h-5 min-w-5 place-items-center rounded-full px-1.5 text-2xs font-semibold",
        alarm ? "bg-bad-soft text-bad" : "bg-sunken text-ink-2 ring-1 ring-line ring-inset",
      )}
    >
      {value > 99 ? "99+" : value}
    </span>
  );
}

function CompanySwitch({
  company,
  companies,
  compact,
  rail,
}: {
  company: CompanyInView;
  companies: CompanyInView[];
  compact?: boolean;
  rail?: boolean;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Menu
      trigger={
        <button
          type="button"
          className={cx(
            "flex min-w-0 items-center gap-2.5 rounded-lg text-start hover:bg-hover",
            compact ? "max-w-full px-1.5 py-1" : "w-full px-2 py-1.5",
          )}
        >
          <span
            aria-hidden
            className="grid size-8 shrink-0 place-items-center rounded-lg bg-accent text-sm font-semibold text-accent-ink"
          >
            {[...company.name][0]?.toUpperCase()}
          </span>
          <span className={rail ? "sr-only" : "min-w-0 flex-1"}>
            <span className="block truncate font-semibold tracking-tight">{company.name}</span>
            {!compact && <span className="block truncate text-xs text-ink-3">{company.city}</span>}
          </span>
          {!rail && <ChevronsUpDown className="size-4 shrink-0 text-ink-3" aria-hidden />}
        </button>
      }
    >
      <MenuGroup label={t("shell.companies")}>
        {companies.map((one) => (
          <MenuItem key={one.id} onSelect={() => navigate(companyPath(one.code, "home"))}>
            {one.name}
          </MenuItem>
        ))}
      </MenuGroup>
      <MenuSeparator />
      <MenuItem icon={<Plus aria-hidden />} onSelect={() => navigate("/welcome")}>
        {t("shell.addCompany")}
      </MenuItem>
    </Menu>
  );
}

function LiveSign({ compact }: { compact?: boolean }) {
  const { t } = useTranslation();
  const state = useLiveState();
  const label = t(`live.${state}`);
  return (
    <p
      role="status"
      className={cx(
        "flex items-center gap-2 text-xs text-ink-3",
        compact ? "px-1" : "px-2.5 py-1",
        state !== "live" && "text-warn",
      )}
    >
      <span
        aria-hidden
        className={cx(
          "size-2 rounded-full",
          state === "live" ? "bg-ok" : state === "offline" ? "bg-bad" : "animate-pulse bg-warn",
        )}
      />
      <span className={compact && state === "live" ? "sr-only" : undefined}>{label}</span>
    </p>
  );
}

function AccountMenu({
  name,
  compact,
  up,
  onHelp,
}: {
  name: string;
  compact?: boolean;
  up?: boolean;
  onHelp: () => void;
}) {
  const { t, i18n } = useTranslation();
  const theme = useTheme();
  const signOut = useAction(SignOut);
  return (
    <Menu
      side={up ? "top" : "bottom"}
      trigger={
        <button
          type="button"
          aria-label={compact ? t("shell.account") : undefined}
          className={cx(
            "flex items-center gap-2.5 rounded-lg text-start hover:bg-hover",
            compact ? "p-1" : "w-full px-2 py-1.5",
          )}
        >
          <Avatar name={name || "X8"} size="sm" />
          {!compact && (
            <>
              <span className="min-w-0 flex-1 truncate font-medium">{name}</span>
              <ChevronsUpDown className="size-4 text-ink-3" aria-hidden />
            </>
          )}
        </button>
      }
    >
      <MenuChoice
        label={t("shell.language")}
        value={i18n.language as Locale}
        options={LOCALES.map((locale) => ({ value: locale, label: LOCALE_NAMES[locale], lang: locale }))}
        onChange={(locale) => void changeLocale(locale)}
      />
      <MenuSeparator />
      <MenuChoice
        label={t("shell.theme")}
        value={theme}
        options={[
          { value: "light", label: t("shell.light") },
          { value: "dark", label: t("shell.dark") },
          { value: "system", label: t("shell.system") },
        ]}
        onChange={setTheme}
      />
      <MenuSeparator />
      <MenuItem keys="general.help" onSelect={onHelp}>
        {t("shell.keys")}
      </MenuItem>
      <MenuItem
        icon={<LogOut aria-hidden />}
        onSelect={async () => {
          await signOut.run({});
          storage.clear("x8.draft.");
          location.assign("/sign-in");
        }}
      >
        {t("shell.signOut")}
      </MenuItem>
    </Menu>
  );
}
