// A manager's own page: while it says "here", it says so to the server every minute.
addEventListener("DOMContentLoaded", () => {
  const state = document.querySelector("[data-here]");
  if (state?.dataset.here !== "yes") return;
  const say = () => fetch(location.pathname, { method: "POST", body: new URLSearchParams({ here: "yes", by: "script" }) })
    .then(answer => { if (!answer.ok) location.reload(); }, () => { /* no connection: the next minute may have one */ });
  setInterval(say, 60_000);
});
