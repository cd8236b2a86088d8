"use strict";
// Put single cells of a notebook back. Each answer is a new page: what was put back is no change any more.
document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("button.back") : null;
  if (!button) return;
  const said = document.querySelector("#said");
  for (const each of document.querySelectorAll("button.back")) each.disabled = true;
  said.textContent = "Putting it back…";
  try {
    const answer = await ask({
      key: button.closest("article").dataset.key,
      cells: button.dataset.cells.split(" ").map(Number),
      gone: "gone" in button.dataset
    });
    if (!answer.error) return location.reload();
    said.textContent = answer.error;
  } catch {
    said.textContent = "nbvc has ended: nothing was put back. Start nbvc diff --web again.";
  }
  for (const each of document.querySelectorAll("button.back")) each.disabled = false;
});
