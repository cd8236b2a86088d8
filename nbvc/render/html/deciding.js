"use strict";
(() => {
  const form = document.querySelector("main");
  const said = document.querySelector("#said");
  const save = document.querySelector("#save");
  const hunks = () => [...document.querySelectorAll("fieldset.decide")];
  const chosen = (hunk) => hunk.querySelector("input:checked")?.value ?? null;
  let saved = true;

  const count = () => {
    const all = hunks();
    const left = all.filter((hunk) => chosen(hunk) === null).length;
    said.textContent = left ? `${left} of ${all.length} unresolved` : "No conflicts left";
    save.textContent = left ? "Save progress" : "Save";
    save.disabled = left === all.length;
  };

  form.addEventListener("change", (event) => {
    const hunk = event.target instanceof HTMLInputElement ? event.target.closest("fieldset.decide") : null;
    if (!hunk) return;
    saved = false;
    hunk.classList.add("done");
    count();
  });

  save.addEventListener("click", async () => {
    save.disabled = true;
    said.textContent = "Saving…";
    const takes = hunks()
      .filter((hunk) => chosen(hunk) !== null)
      .map((hunk) => ({ cell: Number(hunk.dataset.cell), hunk: Number(hunk.dataset.hunk), take: chosen(hunk) }));
    try {
      const answer = await ask({ takes, digest: save.dataset.digest });
      if (answer.error) {
        said.textContent = answer.error;
        save.disabled = false;
        return;
      }
      saved = true;
      if (answer.left) location.reload();
      else said.textContent = answer.text;
    } catch {
      said.textContent = "nbvc has ended: nothing was saved. Start nbvc resolve again.";
    }
  });

  window.addEventListener("beforeunload", (event) => {
    if (!saved) event.preventDefault();
  });
  count();
})();
