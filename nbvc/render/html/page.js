
"use strict";
(() => {
  const changes = () => [...document.querySelectorAll(".change")].filter((each) => each.getClientRects().length || each.closest("details:not([open])"));
  const typing = (at) => at instanceof HTMLElement && at.matches("input:not([type=radio]), textarea, select");
  let current = null;

  // The header may take several lines: what sticks below it begins where it ends.
  const header = document.querySelector("header");
  if (header) {
    const measure = () => document.documentElement.style.setProperty("--head", `${header.offsetHeight}px`);
    new ResizeObserver(measure).observe(header);
  }

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

  // Which kinds of changes are shown.
  document.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLSelectElement) || target.name !== "parts") return;
    for (const each of document.querySelectorAll("[data-parts]")) {
      each.hidden = target.value !== "" && !each.dataset.parts.split(" ").includes(target.value);
    }
    for (const each of document.querySelectorAll("details.same, .ghost")) each.hidden = target.value !== "";
  });

  // What was viewed is kept in the browser by its text: a cell that changes again is new.
  const VIEWED = "nbvc-viewed";
  const read = () => { try { return new Set(JSON.parse(localStorage.getItem(VIEWED) ?? "[]")); } catch { return new Set(); } };
  const write = (known) => { try { localStorage.setItem(VIEWED, JSON.stringify([...known].slice(-5000))); } catch { /* Without a store it holds for now. */ } };
  const digest = (text) => {
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (let i = 0; i < text.length; i += 1) {
      const sign = text.charCodeAt(i);
      a = Math.imul(a ^ sign, 2654435761);
      b = Math.imul(b ^ sign, 1597334677);
    }
    return (a >>> 0).toString(36) + (b >>> 0).toString(36);
  };
  const known = read();
  const entry = (cell) => document.querySelector(`nav a[href="#${CSS.escape(cell.id)}"]`)?.parentElement;
  const setViewed = (cell, key, on) => {
    cell.classList.toggle("viewed", on);
    if (cell.id) entry(cell)?.classList.toggle("viewed", on);
    if (on) known.add(key); else known.delete(key);
  };
  for (const cell of document.querySelectorAll("main section.change")) {
    const head = cell.querySelector("h3");
    if (!head || document.querySelector(".decide")) continue;
    const name = cell.closest("article")?.querySelector("h2")?.textContent ?? document.title;
    const key = digest(`${name}\n${cell.textContent}`);
    const label = document.createElement("label");
    const box = document.createElement("input");
    label.className = "seen";
    box.type = "checkbox";
    box.checked = known.has(key);
    box.addEventListener("change", () => { setViewed(cell, key, box.checked); write(known); });
    label.append(box, " Viewed");
    head.append(label);
    if (box.checked) setViewed(cell, key, true);
  }

  const unfold = () => {
    const folds = [...document.querySelectorAll("main details:not(.rich, .whole)")];
    const open = folds.some((fold) => !fold.open);
    for (const fold of folds) fold.open = open;
  };

  const seen = () => current?.querySelector(".seen input")?.click();
  const keys = { v: seen, n: () => step(1), p: () => step(-1), j: () => step(1), k: () => step(-1), u: otherLayout, o: unfold };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const action = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
    if (!action) return;
    event.preventDefault();
    action();
  });

  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("button[data-key]") : null;
    if (button) keys[button.dataset.key]();
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
    for (const fold of document.querySelectorAll("details:is(.fold, .whole)")) fold.open = true;
  });

  const follow = () => {
    const place = document.getElementById(location.hash.slice(1));
    if (place?.matches(".change")) show(place);
  };
  addEventListener("hashchange", follow);
  follow();
})();
