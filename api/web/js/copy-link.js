// A page that answers a form with a link or a secret to be handed on: copied at a tap.

const button = document.querySelector("[data-copy]");
if (navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    document.querySelector("[data-copied]").textContent = button.dataset.done;
  });
}

// Loading it again must not send the form again.
history.replaceState(null, "", document.querySelector("[data-instead]").dataset.instead);
