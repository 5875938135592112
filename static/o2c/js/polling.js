// A window that nobody looks at asks nothing by itself; it looks again with the next beat once it is seen.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.matches("[hx-trigger^=every]")) event.preventDefault();
});
