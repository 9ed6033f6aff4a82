import { createBrowserRouter } from "react-router";
import { EntryPage } from "./entry";
import { Frame } from "./frame";
import { RouteFailure } from "./route-failure";

/** Every screen is fetched when it is first opened, so that signing in stays light. */
export function makeRouter() {
  return createBrowserRouter([
    {
      Component: Frame,
      ErrorBoundary: RouteFailure,
      HydrateFallback: () => null,
      children: [
        { index: true, Component: EntryPage },
        { path: "sign-in", lazy: async () => ({ Component: (await import("@/pages/sign-in/sign-in")).default }) },
        { path: "welcome", lazy: async () => ({ Component: (await import("@/pages/welcome/welcome")).default }) },
        {
          path: "c/:code",
          lazy: async () => ({ Component: (await import("./app-shell")).default }),
          children: [
            {
              ErrorBoundary: RouteFailure,
              children: [
                { index: true, lazy: async () => ({ Component: (await import("@/pages/home/home")).default }) },
                { path: "home", lazy: async () => ({ Component: (await import("@/pages/home/home")).default }) },
                {
                  path: "inbox/:conversationId?",
                  lazy: async () => ({ Component: (await import("@/pages/inbox/inbox")).default }),
                },
                { path: "try", lazy: async () => ({ Component: (await import("@/pages/try/try")).default }) },
                {
                  path: "catalogue",
                  lazy: async () => ({ Component: (await import("@/pages/catalogue/catalogue")).default }),
                },
                {
                  path: "catalogue/imports/:importId",
                  lazy: async () => ({ Component: (await import("@/pages/catalogue/import")).default }),
                },
                { path: "orders", lazy: async () => ({ Component: (await import("@/pages/orders/orders")).default }) },
                {
                  path: "calendar",
                  lazy: async () => ({ Component: (await import("@/pages/calendar/calendar")).default }),
                },
                { path: "jobs", lazy: async () => ({ Component: (await import("@/pages/jobs/jobs")).default }) },
                {
                  path: "settings",
                  lazy: async () => ({ Component: (await import("@/pages/settings/settings")).default }),
                },
                { path: "*", lazy: async () => ({ Component: (await import("@/pages/system/not-found")).default }) },
              ],
            },
          ],
        },
        { path: "*", lazy: async () => ({ Component: (await import("@/pages/system/not-found")).default }) },
      ],
    },
  ]);
}
