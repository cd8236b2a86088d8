
"use strict";
(() => {
  const changes = () => [...document.querySelectorAll(".change")];
  const typing = (at) => at instanceof HTMLElement && at.matches("input:not([type=radio]), textarea, select");
  let current = null;

  // Folds around a change open, so that it can be seen.
  const show = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement) {
      if (at instanceof HTMLDetailsElement) at.open = true;
    }
    current?.classList.remove("current");
    current = element;
    element.classList.add("current");
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "start" });
  };

  const step = (direction) => {
    const all = changes();
    if (!all.length) return;
    let at = all.indexOf(current);
    if (at < 0) {
      const below = all.findIndex((each) => each.getBoundingClientRect().top > 90);
      at = direction > 0 ? (below < 0 ? all.length : below) - 1 : below < 0 ? all.length : below;
    }
    const next = Math.min(Math.max(at + direction, 0), all.length - 1);
    show(all[next]);
  };

  const otherLayout = () => {
    const off = document.querySelector('input[name="layout"]:not(:checked)');
    if (off instanceof HTMLInputElement) off.click();
  };

  // A class, since a selector that asks for the button slows the reading of a long page by half.
  document.addEventListener("change", (event) => {
    const choice = event.target;
    if (!(choice instanceof HTMLInputElement)) return;
    const { classList } = document.documentElement;
    if (choice.name === "layout") classList.toggle("unified", choice.value === "unified");
    if (choice.name === "outputs") classList.toggle("without-outputs", !choice.checked);
  });

  const unfold = () => {
    const folds = [...document.querySelectorAll("main details:not(.rich)")];
    const open = folds.some((fold) => !fold.open);
    for (const fold of folds) fold.open = open;
  };

  const keys = { n: () => step(1), p: () => step(-1), j: () => step(1), k: () => step(-1), u: otherLayout, o: unfold };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const action = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
    if (!action) return;
    event.preventDefault();
    action();
  });

  // A frame is made when its fold is opened: a report may hold hundreds.
  document.addEventListener("toggle", (event) => {
    const fold = event.target;
    if (!(fold instanceof HTMLDetailsElement) || !fold.open || !fold.matches(".rich")) return;
    const inert = fold.querySelector("template");
    if (!inert) return;
    fold.append(inert.content.cloneNode(true));
    inert.remove();
  }, true);

  document.addEventListener("input", (event) => {
    const slider = event.target;
    if (!(slider instanceof HTMLInputElement) || !slider.matches(".slider")) return;
    slider.closest(".images")?.style.setProperty("--at", `${slider.value}%`);
  });

  // On paper everything that is kept is there.
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("details.fold")) fold.open = true;
  });

  const follow = () => {
    const place = document.getElementById(location.hash.slice(1));
    if (place?.matches(".change")) show(place);
  };
  addEventListener("hashchange", follow);
  follow();
})();
