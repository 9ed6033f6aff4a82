import { Pause, Play, RotateCcw } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { useManages } from "@/entities/company/manages";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { Button, Progress } from "@/shared/ui";

const DemoState = graphql(`
  query DemoState {
    demo { paused progress }
  }
`);

const PauseDemo = graphql(`
  mutation PauseDemo {
    pauseDemo { demo { paused } userErrors { field code message } }
  }
`);

const ResumeDemo = graphql(`
  mutation ResumeDemo {
    resumeDemo { demo { paused } userErrors { field code message } }
  }
`);

const ResetDemo = graphql(`
  mutation ResetDemo {
    resetDemo { demo { progress } userErrors { field code message } }
  }
`);

/** Says that this is a demo; who manages it may hold it, let it go on and restore it. */
export function DemoBanner() {
  const manages = useManages();
  const { t } = useTranslation();
  const [{ data }, refetch] = useQuery({ query: DemoState, requestPolicy: "cache-and-network" });
  const pause = useAction(PauseDemo);
  const resume = useAction(ResumeDemo);
  const reset = useAction(ResetDemo);
  const filled = useRef(true);
  const demo = data?.demo;
  const filling = demo ? demo.progress < 100 : false;
  const paused = demo?.paused ?? false;
  const refresh = () => refetch({ requestPolicy: "network-only" });

  // Another tab, or another person, may hold or restore it too.
  useEffect(() => {
    const timer = setInterval(() => refetch({ requestPolicy: "network-only" }), filling ? 700 : 15_000);
    return () => clearInterval(timer);
  }, [filling, refetch]);

  // What is on the screen went with the reset: everything is read anew, an open conversation is gone.
  useEffect(() => {
    if (filling) filled.current = false;
    else if (demo && !filled.current) location.assign(location.pathname.replace(/\/inbox\/.*$/, "/inbox"));
  }, [filling, demo]);

  const failed = pause.errorOf() ?? resume.errorOf() ?? reset.errorOf();
  return (
    <section
      aria-label={t("demo.label")}
      className="flex shrink-0 flex-wrap items-center justify-center gap-x-3 gap-y-1 bg-accent-soft px-4 py-1 text-[0.8125rem] font-medium text-accent-text"
    >
      <p role="status">
        {filling ? t("demo.filling", { percent: demo?.progress ?? 0 }) : paused ? t("demo.paused") : t("demo.text")}
        {failed && <span className="ms-2 text-bad">{failed}</span>}
      </p>
      {filling ? (
        <span className="w-32">
          <Progress value={(demo?.progress ?? 0) / 100} label={t("demo.label")} />
        </span>
      ) : (
        manages &&
        demo && (
          <span className="flex gap-1">
            <Button
              look="quiet"
              size="sm"
              className="h-7!"
              busy={pause.busy || resume.busy}
              onClick={async () => {
                await (paused ? resume : pause).run({});
                refresh();
              }}
            >
              {paused ? <Play aria-hidden /> : <Pause aria-hidden />}
              {paused ? t("demo.resume") : t("demo.pause")}
            </Button>
            <Button
              look="quiet"
              size="sm"
              className="h-7!"
              busy={reset.busy}
              onClick={async () => {
                await reset.run({});
                refresh();
              }}
            >
              <RotateCcw aria-hidden />
              {t("demo.reset")}
            </Button>
          </span>
        )
      )}
    </section>
  );
}
