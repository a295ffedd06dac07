// After a swap: focus, what failed.
const on = addEventListener;
const UNSURE = "It is not known whether this was saved; reload to see.";
const alerts = document.querySelector("#alerts");
let held;

function tell(words) {
  const banner = document.querySelector("template[data-banner]").content.cloneNode(true);
  banner.querySelector("[data-words]").textContent = words;
  alerts.replaceChildren(banner);
}

function explain(xhr) {
  const problem = new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector("[data-problem]");
  if (problem) return problem.textContent.trim().replace(/\s+/g, " ");
  const reference = xhr.getResponseHeader("X-Request-ID");
  const saved = xhr.status < 500 ? "Nothing was changed." : UNSURE;
  return `The server answered ${xhr.status}. ${saved}${reference ? ` Reference ${reference}.` : ""}`;
}

on("htmx:afterSettle", ({ target }) => {
  const heading = target.matches?.("[data-focus]") ? target : target.querySelector?.("[data-focus]");
  if (!heading) return;
  heading.removeAttribute("data-focus");
  heading.tabIndex = -1;
  heading.focus();
  if (heading.matches("h1")) scrollTo(0, 0);
});

// Without moveBefore.
on("htmx:afterSwap", () => held.focus());

// One sentence goes above the page.
on("htmx:beforeSwap", ({ detail }) => {
  held = document.activeElement;
  if (detail.xhr.status >= 400 && detail.serverResponse.includes("data-problem")) {
    detail.shouldSwap = false;
    tell(explain(detail.xhr));
  }
  // htmx says goodbye to each one.
  const { requestConfig: { elt }, shouldSwap, target } = detail;
  let last = "", one = shouldSwap && target.id === "main" ? elt : null;
  for (; target.contains(one); [last, one] = [one, one.parentElement]) one.replaceChildren(last);
});

on("htmx:beforeRequest", (event) => {
  // Polls rest unseen.
  if (document.hidden && event.detail.elt.matches("[data-while-seen]")) return event.preventDefault();
  event.detail.target?.setAttribute("aria-busy", "true");
});
on("htmx:afterRequest", ({ detail }) => {
  detail.target?.removeAttribute("aria-busy");
  if (detail.successful && !detail.elt.matches("[data-while-seen]")) alerts.replaceChildren();
});
on("htmx:responseError", ({ detail }) => tell(explain(detail.xhr)));
on("htmx:sendError", () => tell("Not connected. Nothing was saved; try again later."));
on("htmx:timeout", () => tell(`No answer within 15 seconds. ${UNSURE}`));
on("click", ({ target }) => target.closest("[data-dismiss]")?.closest(".banner").remove());
