// Counts down in words and waits while somebody is at it. The undo itself never expires.
setInterval(() => {
  for (const toast of document.querySelectorAll("[data-toast]")) {
    if (document.hidden || toast.matches(":hover, :focus-within")) continue;
    const left = Number(toast.dataset.seconds) - 1;
    toast.dataset.seconds = left;
    const words = toast.querySelector("[data-left]");
    if (words) words.textContent = `${Math.max(left, 0)} s`;
    if (left <= 0) toast.remove();
  }
}, 1000);
