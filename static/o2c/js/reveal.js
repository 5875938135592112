// A page that is left before it has faded in (two clicks, a form sent at once) ends its transition: no fault.
// No module: a module may come too late for the first frame.
window.addEventListener("pagereveal", ({ viewTransition }) => {
  viewTransition?.ready.catch(() => {});
  viewTransition?.finished.catch(() => {});
});
