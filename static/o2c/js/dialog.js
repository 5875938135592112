// Dialogs: `data-open="id"` opens one, `data-close` closes the one around it.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  // A click on the backdrop hits the dialog itself.
  if (event.target.matches("dialog[open]")) event.target.close();
});
