import { useEffect } from "react";
import { Outlet, useNavigate } from "react-router";
import { signedOut } from "@/shared/api/client";

/** What every screen stands in: the two live regions, and the way to the sign-in page when the session ends. */
export function Frame() {
  const navigate = useNavigate();
  useEffect(() => {
    const leave = () => {
      if (location.pathname === "/sign-in") return;
      navigate(`/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`);
    };
    signedOut.addEventListener("signedout", leave);
    return () => signedOut.removeEventListener("signedout", leave);
  }, [navigate]);
  return (
    <>
      <Outlet />
      <div id="live-polite" className="sr-only" aria-live="polite" />
      <div id="live-assertive" className="sr-only" aria-live="assertive" />
    </>
  );
}
