// Counts down unless somebody is at it.
setInterval(() => {
  for (const toast of document.querySelectorAll("[data-toast]")) {
    if (document.hidden || toast.matches(":hover, :focus-within")) continue;
    const left = --toast.dataset.seconds;
    toast.querySelector("[data-left]")?.replaceChildren(`${left} s`);
    if (left <= 0) toast.remove();
  }
}, 1000);
